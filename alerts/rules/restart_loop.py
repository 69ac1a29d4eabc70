"""A process that starts again and again."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import VALUE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import health, promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.service import Service

NAME = "RestartLoop"


def restart_loop(service: Service) -> Iterator[AlertRule]:
    """An instance restarted more often within an hour than a deployment explains.

    Look at the end of the log before each start: an exception, or nothing, which is memory that
    ran out. Then whether a health check is too strict for a slow start.
    """
    start_time = service.select_concept(START_TIME, NAME)
    yield AlertRule(
        name=NAME,
        expression=promql.filter_at_least(promql.changes(start_time, "1h"), health.RESTART_LIMIT),
        severity="warning",
        signal="up",
        lasting="1m",
        summary=f"{format_label_template('instance')} of {escape_template(service.name)} "
        f"restarted {VALUE_TEMPLATE} times in an hour",
        description=f"{format_label_template('instance')} does not stay up, and what it was doing "
        "is lost each time. Look first at the end of its log before each start, then at its "
        "memory.",
        panel=health.restarts,
        limit=health.RESTART_LIMIT,
        series_labels=("instance", *service.by),
        examples=(
            Example(
                "a loop",
                _build_start_series(service, "1x7 100x7 200x7 300x7 400+0"),
                is_firing=True,
                delay="6m",
            ),
            Example("a deployment", _build_start_series(service, "1x7 100+0"), is_firing=False),
        ),
    )


def _build_start_series(service: Service, values: str) -> InputSeries:
    return example_series.build_gauge_series(service, START_TIME, values)
