"""Workers behind a queue: throughput, failures, how long tasks take and how long they wait."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import (
    BACKLOG,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_TIME,
    TASK_WAIT,
    TASKS,
    TASKS_RUNNING,
)
from tailboard.panels.honesty import cautioned, estimated
from tailboard.panels.house import BAD, WARNING
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Metric, Role
from tailboard.panels.objectives import percentile_name
from tailboard.panels.percentiles import PERCENTILES, percentile_lines
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

TELLING = (Role.TASK, Role.QUEUE, Role.WORKER)

SOME_FAIL, MANY_FAIL = 0.01, 0.05
"""From which share of failed tasks on a worker's code, or what it leans on, needs a look."""


def throughput(service: Service, *, limit: int = 10) -> TimeSeries:
    """Finished tasks per second by name."""
    tasks = service.select(TASKS, "workers.throughput")
    by, legend = told_apart(service, tasks)
    return timeseries(
        "Tasks",
        [Query(promql.top(limit, promql.rate(tasks, by)), legend)],
        description=cautioned(tasks, "Tasks per second: does the work get done?"),
        unit=units.OPS_PER_SEC,
    )


def failure_ratio(service: Service, *, limit: int = 10) -> TimeSeries:
    """The fraction of tasks that fail, by name."""
    failed = service.select(TASK_FAILURES, "workers.failure_ratio")
    _, legend = told_apart(service, failed)
    expression = failing(service, "workers.failure_ratio")
    return timeseries(
        "Task failure ratio",
        [Query(promql.top(limit, expression), legend)],
        description=cautioned(
            failed, "Tasks that failed, of all: 0 while none fails or none runs."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(SOME_FAIL, WARNING), (MANY_FAIL, BAD)],
    )


def failing(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The fraction of tasks that fail, by what tells tasks apart."""
    tasks, failed = service.select(TASKS, panel), service.select(TASK_FAILURES, panel)
    by, _ = told_apart(service, failed)
    return promql.ratio(promql.rate(failed, by, window), promql.rate(tasks, by, window))


def runtime(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all tasks' run time."""
    return percentile_lines(
        "Task run time",
        service,
        service.select(TASK_DURATION, "workers.runtime"),
        fractions,
        "How long tasks run, once a worker took them.",
    )


def runtime_by_task(service: Service, *, fraction: float = 0.95, limit: int = 10) -> TimeSeries:
    """One percentile of the run time by task."""
    duration = service.select(TASK_DURATION, "workers.runtime_by_task")
    by, legend = told_apart(service, duration)
    name = percentile_name(fraction)
    return timeseries(
        f"{name} run time by task",
        [Query(promql.top(limit, promql.quantile(fraction, duration, by)), legend)],
        description=estimated(duration, f"The {name} run time of the {limit} slowest tasks."),
        unit=units.SECONDS,
    )


def mean_runtime(service: Service) -> TimeSeries:
    """The mean run time, for libraries that only count the seconds spent."""
    spent = service.select(TASK_TIME, "workers.mean_runtime")
    tasks = service.select(TASKS, "workers.mean_runtime")
    expression = f"{promql.rate(spent, service.by)} / ({promql.rate(tasks, service.by)} > 0)"
    return timeseries(
        "Mean run time",
        [Query(expression, service.legend)],
        description=cautioned(
            spent, "The average, which hides the slow tasks: this library exposes nothing better."
        ),
        unit=units.SECONDS,
    )


def wait(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the time that tasks wait in the queue."""
    return percentile_lines(
        "Task wait",
        service,
        service.select(TASK_WAIT, "workers.wait"),
        fractions,
        "How long tasks wait before a worker takes them: what users feel when workers are few.",
    )


def backlog(service: Service) -> TimeSeries:
    """Tasks waiting by queue: a line that only rises means too few workers."""
    waiting = service.select(BACKLOG, "workers.backlog")
    queue = waiting.label(Role.QUEUE, "workers.backlog")
    return timeseries(
        "Backlog",
        [Query(promql.value(waiting, (*service.by, queue)), service.line(queue))],
        description=cautioned(waiting, "Tasks that wait in each queue now."),
        unit=units.SHORT,
        thresholds=[(service.objectives.backlog, WARNING)],
    )


def running(service: Service) -> TimeSeries:
    """Tasks that run now."""
    active = service.select(TASKS_RUNNING, "workers.running")
    by, legend = told_apart(service, active)
    return timeseries(
        "Tasks running",
        [Query(promql.value(active, by), legend)],
        description=cautioned(active, "Tasks that run at this moment."),
        unit=units.SHORT,
    )


def told_apart(service: Service, selection: Selection[Metric]) -> tuple[tuple[str, ...], str]:
    """The labels to group by and the legend: the task's name if there is one, else the queue."""
    label = next((selection.metric.labels[r] for r in TELLING if selection.has(r)), None)
    if label is None:
        return service.by, service.legend
    return (*service.by, label), service.line(label)
