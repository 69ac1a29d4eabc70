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
from tailboard.panels.descriptions import describe_percentile, describe_value
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Metric, Role
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import PERCENTILES, build_percentile_panel
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING

GROUPING_ROLES = (Role.TASK, Role.QUEUE, Role.WORKER)

FAILURE_RATIO_WARNING, FAILURE_RATIO_CRITICAL = 0.01, 0.05
"""Shares of failed tasks: thresholds of the warning and the critical alert."""


def throughput(service: Service, *, limit: int = 10) -> TimeSeries:
    """Finished tasks per second by name."""
    tasks = service.select_concept(TASKS, "workers.throughput")
    by, legend = resolve_task_grouping(service, tasks)
    return timeseries(
        "Tasks",
        [Query(promql.topk(limit, promql.rate(tasks, by)), legend)],
        description=describe_value(tasks, "Tasks per second: does the work get done?"),
        unit=units.OPS_PER_SEC,
    )


def failure_ratio(service: Service, *, limit: int = 10) -> TimeSeries:
    """The fraction of tasks that fail, by name."""
    task_failures = service.select_concept(TASK_FAILURES, "workers.failure_ratio")
    _, legend = resolve_task_grouping(service, task_failures)
    expression = build_failure_ratio(service, "workers.failure_ratio")
    return timeseries(
        "Task failure ratio",
        [Query(promql.topk(limit, expression), legend)],
        description=describe_value(
            task_failures, "Tasks that failed, of all: 0 while none fails or none runs."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(FAILURE_RATIO_WARNING, WARNING), (FAILURE_RATIO_CRITICAL, BAD)],
    )


def build_failure_ratio(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The fraction of tasks that fail, by task, or by queue where tasks have no name."""
    tasks, task_failures = (
        service.select_concept(TASKS, panel),
        service.select_concept(TASK_FAILURES, panel),
    )
    by, _ = resolve_task_grouping(service, task_failures)
    return promql.ratio(promql.rate(task_failures, by, window), promql.rate(tasks, by, window))


def runtime(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all tasks' run time."""
    return build_percentile_panel(
        "Task run time",
        service,
        service.select_concept(TASK_DURATION, "workers.runtime"),
        fractions,
        "How long tasks run, once a worker took them.",
    )


def runtime_by_task(service: Service, *, fraction: float = 0.95, limit: int = 10) -> TimeSeries:
    """One percentile of the run time by task."""
    duration = service.select_concept(TASK_DURATION, "workers.runtime_by_task")
    by, legend = resolve_task_grouping(service, duration)
    name = format_percentile(fraction)
    return timeseries(
        f"{name} run time by task",
        [Query(promql.topk(limit, promql.quantile(fraction, duration, by)), legend)],
        description=describe_percentile(
            duration, f"The {name} run time of the {limit} slowest tasks."
        ),
        unit=units.SECONDS,
    )


def mean_runtime(service: Service) -> TimeSeries:
    """The mean run time, for libraries that only count the seconds spent."""
    task_time = service.select_concept(TASK_TIME, "workers.mean_runtime")
    tasks = service.select_concept(TASKS, "workers.mean_runtime")
    expression = f"{promql.rate(task_time, service.by)} / ({promql.rate(tasks, service.by)} > 0)"
    return timeseries(
        "Mean run time",
        [Query(expression, service.legend)],
        description=describe_value(
            task_time,
            "The average, which hides the slow tasks: this library exposes nothing better.",
        ),
        unit=units.SECONDS,
    )


def wait(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the time that tasks wait in the queue."""
    return build_percentile_panel(
        "Task wait",
        service,
        service.select_concept(TASK_WAIT, "workers.wait"),
        fractions,
        "How long tasks wait before a worker takes them: what users feel when workers are few.",
    )


def backlog(service: Service) -> TimeSeries:
    """Tasks waiting by queue: a line that only rises means too few workers."""
    queue_length = service.select_concept(BACKLOG, "workers.backlog")
    queue = queue_length.resolve_label(Role.QUEUE, "workers.backlog")
    return timeseries(
        "Backlog",
        [
            Query(
                promql.aggregate_gauge(queue_length, (*service.by, queue)),
                service.format_legend(queue),
            )
        ],
        description=describe_value(queue_length, "Tasks that wait in each queue now."),
        unit=units.SHORT,
        thresholds=[(service.objectives.backlog, WARNING)],
    )


def running(service: Service) -> TimeSeries:
    """Tasks that run now."""
    running_tasks = service.select_concept(TASKS_RUNNING, "workers.running")
    by, legend = resolve_task_grouping(service, running_tasks)
    return timeseries(
        "Tasks running",
        [Query(promql.aggregate_gauge(running_tasks, by), legend)],
        description=describe_value(running_tasks, "Tasks that run at this moment."),
        unit=units.SHORT,
    )


def resolve_task_grouping(
    service: Service, selection: Selection[Metric]
) -> tuple[tuple[str, ...], str]:
    """The labels to group by and the legend: the task's name if there is one, else the queue."""
    label = next(
        (selection.metric.labels[role] for role in GROUPING_ROLES if selection.has_labels(role)),
        None,
    )
    if label is None:
        return service.by, service.legend
    return (*service.by, label), service.format_legend(label)
