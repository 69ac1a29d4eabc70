"""A label that multiplies series."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import VALUE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import hygiene, promql
from tailboard.panels.service import Service

NAME = "SeriesExploding"


def series_exploding(service: Service) -> Iterator[AlertRule]:
    """A job exposes half more series than a day before.

    Prometheus' memory grows with them. Look at the table of the largest metrics, then at the values
    of their labels: ids, raw paths, e-mail addresses. Use the route's template as the label.
    """
    series_limit = hygiene.build_series_limit(service, NAME)
    series_count = 3 * hygiene.MINIMUM_SERIES_LIMIT
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(
            hygiene.build_scrape_metric(service, hygiene.SERIES_COUNT_METRIC, NAME), series_limit
        ),
        severity="warning",
        signal="metrics",
        lasting="30m",
        summary=f"{escape_template(service.name)} exposes {VALUE_TEMPLATE} series, half more than "
        "a day ago",
        description=f"{VALUE_TEMPLATE} series of {format_label_template('job')} cost Prometheus "
        "memory for as long as "
        "it keeps them. Look first at the largest metrics, then which label of them carries ids, "
        "paths or addresses.",
        panel=hygiene.series_by_job,
        limit=series_limit,
        series_labels=("job",),
        time_range="2d",
        examples=(
            Example(
                "from few to many",
                _build_count_series(service, f"100x5700 {series_count}+0"),
                True,
                delay="1d",
            ),
            Example(
                "as many as ever",
                _build_count_series(service, f"{series_count}+0"),
                False,
                delay="1h",
            ),
        ),
    )


def _build_count_series(service: Service, values: str) -> InputSeries:
    return example_series.build_target_series(service, hygiene.SERIES_COUNT_METRIC, values)
