"""Requests that wait for a model because the instances do not keep up."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import VALUE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import llm, promql
from tailboard.panels.concept import RUNNING_REQUESTS, WAITING_REQUESTS
from tailboard.panels.service import Service

NAME = "RequestQueueTooLong"

LASTING = "5m"


def request_queue_too_long(service: Service) -> Iterator[AlertRule]:
    """More requests wait for a model in one instance than its objective allows, for some minutes.

    Look whether all instances have a queue: then there are too few of them, or somebody sends much
    more than usual. If only one has, the balancing is uneven or the instance is slow. A key-value
    cache that is full makes requests wait too: fewer or shorter ones at once, or more memory.
    """
    limit = service.objectives.waiting_requests
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(llm.build_waiting_requests(service, NAME), limit),
        severity="warning",
        signal="queue",
        lasting=LASTING,
        keep_firing="5m",
        summary=f"{VALUE_TEMPLATE} requests wait for a model in "
        f"{format_label_template('instance')} of {escape_template(service.name)}",
        description=f"{VALUE_TEMPLATE} requests wait in {format_label_template('instance')}, and "
        f"more than {promql.format_number(limit)} have for five minutes: their first tokens come "
        "late. Look first whether the other instances have a queue too, then at the key-value "
        "cache.",
        panel=llm.queue,
        limit=limit,
        series_labels=("instance", *service.by),
        examples=(
            Example("too many", _build_queue_series(service, 2 * limit + 1), is_firing=True),
            Example("as many as may be", _build_queue_series(service, limit), is_firing=False),
        ),
    )


def _build_queue_series(service: Service, waiting: float) -> InputSeries:
    return {
        **example_series.build_gauge_series(
            service, RUNNING_REQUESTS, example_series.format_constant(10)
        ),
        **example_series.build_gauge_series(
            service, WAITING_REQUESTS, example_series.format_constant(waiting)
        ),
    }
