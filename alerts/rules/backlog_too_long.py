"""Tasks that wait because the workers do not keep up."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import VALUE_TEMPLATE, escape_template, format_label_template
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
    backlog = service.select_concept(BACKLOG, NAME)
    queue = backlog.resolve_label(Role.QUEUE, NAME)
    limit = service.objectives.backlog
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(
            promql.aggregate_gauge(backlog, (*service.by, queue)), limit
        ),
        severity="warning",
        signal="queue",
        lasting="15m",
        summary=f"{VALUE_TEMPLATE} tasks wait in {format_label_template(queue)} of "
        f"{escape_template(service.name)}",
        description=f"{VALUE_TEMPLATE} tasks have waited in {format_label_template(queue)} for a "
        f"quarter of an hour, more than {promql.format_number(limit)}: whoever waits for their "
        "result waits longer. Look first whether the workers are up and busy.",
        panel=workers.backlog,
        limit=limit,
        series_labels=(*service.by, queue),
        examples=(
            Example("too many", _build_backlog_series(service, 2 * limit + 1), is_firing=True),
            Example("as many as may be", _build_backlog_series(service, limit), is_firing=False),
        ),
    )


def _build_backlog_series(service: Service, backlog: float) -> InputSeries:
    return example_series.build_gauge_series(
        service, BACKLOG, example_series.format_constant(backlog)
    )
