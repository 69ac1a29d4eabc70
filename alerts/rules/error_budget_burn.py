"""An objective whose budget is spent too fast."""

from collections.abc import Iterator
from functools import partial

from tailboard.alerts import example_series, significance
from tailboard.alerts.recording import RATIO_INTERVAL
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Note
from tailboard.alerts.template import (
    VALUE_TEMPLATE,
    escape_template,
    format_percentage,
    format_seconds,
)
from tailboard.panels import latency, promql, slo
from tailboard.panels.concept import REQUESTS
from tailboard.panels.duration import format_duration
from tailboard.panels.duration import parse_duration as seconds_of
from tailboard.panels.metric import Role
from tailboard.panels.objective import (
    BURN_RATE_ALERTS,
    BurnRateAlert,
    Objective,
    build_burn_rate,
    check_objective_metrics,
    find_slow_bound,
    list_objectives,
    select_recording,
)
from tailboard.panels.service import Service

NAME = "ErrorBudgetBurn"

MINIMUM_RATE_SUM = significance.round_up(
    significance.MINIMUM_EVENT_COUNT / seconds_of(RATIO_INTERVAL)
)
"""Of rates recorded so often, the sum that more than one bad request makes."""


def error_budget_burn(service: Service) -> Iterator[AlertRule | Note]:
    """Requests break an objective so fast that its budget will not last.

    Two windows have to agree: the long one says that it matters, the short one that it still goes
    on. A burn rate of 1 spends the budget exactly in the objective's window. Look at the SLO
    dashboard which routes spend it, then at what changed when the burn began.
    """
    for objective in list_objectives(service):
        check_objective_metrics(service, objective)
        if objective.seconds is not None:
            slow_bound = find_slow_bound(latency.select_overall_duration(service, NAME), objective)
            if slow_bound > objective.seconds * (1 + 1e-9):
                yield Note(_describe_leniency(objective, slow_bound))
        for burn_alert in BURN_RATE_ALERTS:
            if burn_alert.factor * objective.budget >= 1:
                yield Note(
                    f"{objective.title} leaves a budget of {format_percentage(objective.budget)}: it "
                    f"cannot burn {burn_alert.factor:g} times as fast as allowed, and has no such alert."
                )
                continue
            yield _build_rule(service, objective, burn_alert)


def _build_rule(service: Service, objective: Objective, burn_alert: BurnRateAlert) -> AlertRule:
    all_requests = select_recording(service, objective, "requests:rate5m")
    bad_requests = select_recording(service, objective, "bad_requests:rate5m")
    promise = f"{objective.title} over {format_duration(service.objectives.window)}"
    period = f"in {burn_alert.long_window} and still in the last {burn_alert.short_window}"
    return AlertRule(
        name=NAME,
        expression=promql.filter_by_guards(
            promql.filter_above(
                build_burn_rate(service, objective, NAME, burn_alert.long_window), burn_alert.factor
            ),
            promql.filter_above(
                build_burn_rate(service, objective, NAME, burn_alert.short_window),
                burn_alert.factor,
            ),
            promql.filter_at_least(
                promql.aggregate_over_time("avg", all_requests, burn_alert.long_window),
                service.objectives.minimum_rate,
            ),
            promql.filter_above(
                promql.aggregate_over_time("sum", bad_requests, burn_alert.long_window),
                MINIMUM_RATE_SUM,
            ),
            by=service.by,
        ),
        severity="critical" if burn_alert.is_paging else "warning",
        signal="errors" if objective.seconds is None else "latency",
        lasting=burn_alert.pending_duration,
        labels={
            "objective": objective.name,
            "burn_rate": f"{burn_alert.factor:g}",
            "window": burn_alert.long_window,
        },
        summary=f"{escape_template(service.name)} spends the budget of {objective.title} {VALUE_TEMPLATE} times too "
        "fast",
        description=f"{promise} is promised. Requests break it {VALUE_TEMPLATE} times faster than the "
        f"budget of {format_percentage(objective.budget)} allows, {period}. Look first which routes "
        "spend it, then what changed when the burn began.",
        panel=partial(slo.burn_rate, objective=objective),
        limit=burn_alert.factor,
        series_labels=service.by,
        time_range="6h" if burn_alert.is_paging else "7d",
        examples=_build_examples(service, objective, burn_alert),
    )


def _describe_leniency(objective: Objective, slow_bound: float) -> str:
    return (
        f"no bucket ends at {promql.format_number(objective.seconds or 0)} s: {objective.title} counts a "
        f"request as slow beyond {format_seconds(slow_bound)}, the next bound, and its burn rate is too low "
        "by those between."
    )


def _build_examples(
    service: Service, objective: Objective, burn_alert: BurnRateAlert
) -> tuple[Example, ...]:
    bad_share = min(1.0, 2 * burn_alert.factor * objective.budget)
    good_share = 0.5 * burn_alert.factor * objective.budget
    rate = max(10 * service.objectives.minimum_rate, 0.05 / bad_share)
    return (
        Example(
            "twice as fast",
            _build_request_series(service, objective, rate, bad_share),
            is_firing=True,
        ),
        Example(
            "half as fast",
            _build_request_series(service, objective, rate, good_share),
            is_firing=False,
        ),
        *_build_single_failure(service, objective),
    )


def _build_request_series(
    service: Service, objective: Objective, rate: float, share: float
) -> InputSeries:
    if objective.seconds is None:
        return {
            **example_series.build_counter_series(
                service, REQUESTS, rate * (1 - share), {Role.STATUS: "200"}
            ),
            **example_series.build_counter_series(
                service, REQUESTS, rate * share, {Role.STATUS: "500"}
            ),
        }
    duration = latency.select_overall_duration(service, NAME)
    fast_duration = duration.metric.buckets[0] / duration.metric.unit.scale / 2
    slow_duration = 2 * find_slow_bound(duration, objective)
    rates_by_duration = {fast_duration: rate * (1 - share), slow_duration: rate * share}
    return example_series.build_histogram_series(
        service, latency.resolve_duration_concept(service), rates_by_duration
    )


def _build_single_failure(service: Service, objective: Objective) -> Iterator[Example]:
    """One failure, of a series that was there before, among a few good requests."""
    if objective.seconds is None:
        failure_series = example_series.build_counter_series(
            service, REQUESTS, 0, {Role.STATUS: "500"}
        )
        series = {
            **_build_request_series(service, objective, 0.06, 0),
            **dict.fromkeys(failure_series, "0x20 1+0"),
        }
        yield Example("one failure of few", series, is_firing=False, delay="15m")
