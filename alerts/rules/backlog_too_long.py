"""Tasks that wait because the workers do not keep up."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import VALUE, label, literal
from tailboard.panels import promql, workers
from tailboard.panels.concept import BACKLOG
from tailboard.panels.metric import Role
from tailboard.panels.service import Service

NAME = "BacklogTooLong"


def backlog_too_long(service: Service) -> Iterator[AlertRule]:
    """More tasks wait in a queue than its objective allows, and have for a while.

    Look whether the workers are up and busy: idle ones do not listen to this queue, busy ones are
    too few or wait for something. Then at what was put into the queue.
    """
    waiting = service.select(BACKLOG, NAME)
    queue = waiting.label(Role.QUEUE, NAME)
    limit = service.objectives.backlog
    yield AlertRule(
        name=NAME,
        expression=promql.above(promql.value(waiting, (*service.by, queue)), limit),
        severity="warning",
        signal="queue",
        lasting="15m",
        summary=f"{VALUE} tasks wait in {label(queue)} of {literal(service.name)}",
        description=f"{VALUE} tasks have waited in {label(queue)} for a quarter of an hour, more "
        f"than {promql.number(limit)}: whoever waits for their result waits longer. Look first "
        "whether the workers are up and busy.",
        panel=workers.backlog,
        limit=limit,
        told_by=(*service.by, queue),
        examples=(
            Example("too many", _tasks(service, 2 * limit + 1), fires=True),
            Example("as many as may be", _tasks(service, limit), fires=False),
        ),
    )


def _tasks(service: Service, waiting: float) -> Series:
    return scene.gauged(service, BACKLOG, scene.constant(waiting))
