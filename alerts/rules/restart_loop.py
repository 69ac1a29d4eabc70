"""A process that starts again and again."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import VALUE, label, literal
from tailboard.panels import health, promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.service import Service

NAME = "RestartLoop"


def restart_loop(service: Service) -> Iterator[AlertRule]:
    """An instance restarted more often within an hour than a deployment explains.

    Look at the end of the log before each start: an exception, or nothing, which is memory that
    ran out. Then whether a health check is too strict for a slow start.
    """
    started = service.select(START_TIME, NAME)
    yield AlertRule(
        name=NAME,
        expression=promql.reaches(promql.changes(started, "1h"), health.MANY_RESTARTS),
        severity="warning",
        signal="up",
        lasting="1m",
        summary=f"{label('instance')} of {literal(service.name)} restarted {VALUE} times in an "
        "hour",
        description=f"{label('instance')} does not stay up, and what it was doing is lost each "
        "time. Look first at the end of its log before each start, then at its memory.",
        panel=health.restarts,
        limit=health.MANY_RESTARTS,
        told_by=("instance", *service.by),
        examples=(
            Example("a loop", _starts(service, "1x7 100x7 200x7 300x7 400+0"), fires=True),
            Example("a deployment", _starts(service, "1x7 100+0"), fires=False),
        ),
    )


def _starts(service: Service, values: str) -> Series:
    return scene.gauged(service, START_TIME, values)
