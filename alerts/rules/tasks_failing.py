"""Tasks that fail."""

from collections.abc import Iterator

from tailboard.alerts import guards, scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import PERCENTAGE, label, literal, percentage
from tailboard.panels import promql, workers
from tailboard.panels.concept import TASK_FAILURES, TASKS
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "TasksFailing"


def tasks_failing(service: Service) -> Iterator[AlertRule]:
    """Many tasks of one kind fail, and more than one did.

    Look at the worker's log for the exception, then at what was deployed last, then at what the
    task leans on. What failed may have to be queued again.
    """
    failed = service.select(TASK_FAILURES, NAME)
    by, _ = workers.told_apart(service, failed)
    kind = " ".join(label(it) for it in by if it not in service.by) or "tasks"
    limit = workers.MANY_FAIL
    yield AlertRule(
        name=NAME,
        expression=promql.provided(
            promql.above(workers.failing(service, NAME, WINDOW), limit),
            guards.several(promql.rate(failed, by, WINDOW)),
            by=by,
        ),
        severity="warning",
        signal="queue",
        lasting="10m",
        keep_firing="5m",
        summary=f"{PERCENTAGE} of {kind} of {literal(service.name)} fail",
        description=f"{PERCENTAGE} of {kind} fail, more than {percentage(limit)}: their work is "
        "not done. Look first at the exception in the worker's log.",
        panel=workers.failure_ratio,
        limit=limit,
        told_by=by,
        examples=(
            Example("half of them", _tasks(service, 0.5), fires=True),
            Example("none", _tasks(service, 0), fires=False),
        ),
    )


def _tasks(service: Service, share: float) -> Series:
    """Tasks, of which some fail."""
    failed = scene.counted(service, TASK_FAILURES, share)
    return {**scene.counted(service, TASKS, 1), **failed}
