"""Tasks that fail."""

from collections.abc import Iterator

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import (
    PERCENTAGE_TEMPLATE,
    escape_template,
    format_label_template,
    format_percentage,
)
from tailboard.panels import promql, workers
from tailboard.panels.concept import TASK_FAILURES, TASKS
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "TasksFailing"


def tasks_failing(service: Service) -> Iterator[AlertRule]:
    """Many tasks of one kind fail, and more than chance brings.

    Look at the worker's log for the exception, then at what was deployed last, then at what the
    task leans on. What failed may have to be queued again.
    """
    task_failures = service.select_concept(TASK_FAILURES, NAME)
    by, _ = workers.resolve_task_grouping(service, task_failures)
    task_name = (
        " ".join(
            format_label_template(label_name) for label_name in by if label_name not in service.by
        )
        or "tasks"
    )
    limit = workers.FAILURE_RATIO_CRITICAL
    yield AlertRule(
        name=NAME,
        expression=promql.filter_by_guards(
            promql.filter_above(workers.build_failure_ratio(service, NAME, WINDOW), limit),
            significance.filter_beyond_chance(
                promql.rate(task_failures, by, WINDOW),
                promql.rate(service.select_concept(TASKS, NAME), by, WINDOW),
                limit,
            ),
            by=by,
        ),
        severity="warning",
        signal="queue",
        lasting="10m",
        keep_firing="5m",
        summary=f"{PERCENTAGE_TEMPLATE} of {task_name} of {escape_template(service.name)} fail",
        description=f"{PERCENTAGE_TEMPLATE} of {task_name} fail, more than "
        f"{format_percentage(limit)}: their work is not done. Look first at the exception in the "
        "worker's log.",
        panel=workers.failure_ratio,
        limit=limit,
        series_labels=by,
        examples=(
            Example("half of them", _build_task_series(service, 0.5), is_firing=True),
            Example("none", _build_task_series(service, 0), is_firing=False),
        ),
    )


def _build_task_series(service: Service, share: float) -> InputSeries:
    """Tasks, of which some fail."""
    failure_series = example_series.build_counter_series(service, TASK_FAILURES, share)
    return {**example_series.build_counter_series(service, TASKS, 1), **failure_series}
