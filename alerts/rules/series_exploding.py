"""A label that multiplies series."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import VALUE, label, literal
from tailboard.panels import hygiene, promql
from tailboard.panels.service import Service

NAME = "SeriesExploding"


def series_exploding(service: Service) -> Iterator[AlertRule]:
    """A job exposes half more series than a day before.

    Prometheus' memory grows with them. Look at the table of the largest metrics, then at the values
    of their labels: ids, raw paths, e-mail addresses. Use the route's template as the label.
    """
    line = hygiene.too_many_series(service, NAME)
    many = 3 * hygiene.FEW_SERIES
    yield AlertRule(
        name=NAME,
        expression=promql.above(hygiene.of_scrapes(service, hygiene.SERIES, NAME), line),
        severity="warning",
        signal="metrics",
        lasting="30m",
        summary=f"{literal(service.name)} exposes {VALUE} series, half more than a day ago",
        description=f"{VALUE} series of {label('job')} cost Prometheus memory for as long as it "
        "keeps them. Look first at the largest metrics, then which label of them carries ids, "
        "paths or addresses.",
        panel=hygiene.series_by_job,
        limit=line,
        told_by=("job",),
        time_range="2d",
        examples=(
            Example("from few to many", _series(service, f"100x5700 {many}+0"), True, after="1d"),
            Example("as many as ever", _series(service, f"{many}+0"), False),
        ),
    )


def _series(service: Service, values: str) -> Series:
    return scene.of_target(service, hygiene.SERIES, values)
