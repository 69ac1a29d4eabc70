"""Another service that does not answer ours, or answers with errors."""

from collections.abc import Iterator
from functools import partial

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
from tailboard.panels.statuses import Statuses

NAME = "OutgoingCallsFailing"


def outgoing_calls_failing(service: Service) -> Iterator[AlertRule]:
    """Calls to one peer are answered with {outgoing_failures}, or not at all.

    Tell whoever runs the peer; look at its status page and at what stands between. Then whether the
    service could do without it for a while: a timeout, a fallback, a retry with patience.
    """
    calls = service.select_concept(OUTGOING_DURATION, NAME)
    peer = calls.resolve_label(Role.PEER, NAME)
    failed_calls = calls.filter_unanswered_failures(NAME)
    by = (*service.by, peer)
    limit = dependencies.FAILURE_RATIO_CRITICAL
    statuses = calls.metric.statuses
    failure_text = escape_template(statuses.failures.describe())
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
        f"with {failure_text} or not at all, more than {format_percentage(limit)}. Look first "
        "whether it is up, then what stands between.",
        panel=dependencies.outgoing_failures,
        limit=limit,
        series_labels=by,
        examples=tuple(_build_examples(service, statuses)),
    )


def _build_examples(service: Service, statuses: Statuses) -> Iterator[Example]:
    build_series = partial(_build_call_series, service)
    failure = statuses.failures.values[-1]
    yield Example("half of them", build_series(1, failure), is_firing=True)
    yield Example("no answer", build_series(1, ""), is_firing=True)
    if statuses.client_errors:
        refusal = statuses.client_errors.values[0]
        yield Example("refused", build_series(1, refusal), is_firing=False)
    yield Example("too few to say", build_series(0.01, failure), is_firing=False)


def _build_call_series(service: Service, rate: float, status: str) -> InputSeries:
    rate *= max(1.0, 20 * service.objectives.minimum_rate)
    return {
        **example_series.build_counter_series(service, OUTGOING_DURATION, rate / 2),
        **example_series.build_counter_series(
            service, OUTGOING_DURATION, rate / 2, {Role.STATUS: status}
        ),
    }
