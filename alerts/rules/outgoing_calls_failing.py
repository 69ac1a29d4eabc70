"""Another service that does not answer ours, or answers with errors."""

from collections.abc import Iterator

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import (
    PERCENTAGE_TEMPLATE,
    escape_template,
    format_label_template,
    format_percentage,
)
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import OUTGOING_DURATION
from tailboard.panels.metric import Role
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "OutgoingCallsFailing"


def outgoing_calls_failing(service: Service) -> Iterator[AlertRule]:
    """Calls to one peer are answered with 5xx, or not at all.

    Tell whoever runs the peer; look at its status page and at what stands between. Then whether the
    service could do without it for a while: a timeout, a fallback, a retry with patience.
    """
    calls = service.select_concept(OUTGOING_DURATION, NAME)
    peer = calls.resolve_label(Role.PEER, NAME)
    failed_calls = calls.filter_labels({Role.STATUS: dependencies.FAILED_STATUS}, NAME)
    by = (*service.by, peer)
    limit = dependencies.FAILURE_RATIO_CRITICAL
    yield AlertRule(
        name=NAME,
        expression=promql.filter_by_guards(
            promql.filter_above(dependencies.build_failure_ratio(service, NAME, WINDOW), limit),
            significance.filter_beyond_chance(
                promql.rate(failed_calls, by, WINDOW), promql.rate(calls, by, WINDOW), limit
            ),
            by=by,
        ),
        severity="warning",
        signal="dependencies",
        lasting="5m",
        summary=f"{PERCENTAGE_TEMPLATE} of the calls of {escape_template(service.name)} to "
        f"{format_label_template(peer)} fail",
        description=f"{format_label_template(peer)} answers {PERCENTAGE_TEMPLATE} of the calls "
        f"with 5xx or not at all, more than {format_percentage(limit)}. Look first whether it is "
        "up, then what stands between.",
        panel=dependencies.outgoing_failures,
        limit=limit,
        series_labels=by,
        examples=(
            Example("half of them", _build_call_series(service, 1, "503"), is_firing=True),
            Example("no answer", _build_call_series(service, 1, ""), is_firing=True),
            Example("refused", _build_call_series(service, 1, "404"), is_firing=False),
            Example("too few to say", _build_call_series(service, 0.01, "503"), is_firing=False),
        ),
    )


def _build_call_series(service: Service, rate: float, status: str) -> InputSeries:
    rate *= max(1.0, 20 * service.objectives.minimum_rate)
    return {
        **example_series.build_counter_series(
            service, OUTGOING_DURATION, rate / 2, {Role.STATUS: "200"}
        ),
        **example_series.build_counter_series(
            service, OUTGOING_DURATION, rate / 2, {Role.STATUS: status}
        ),
    }
