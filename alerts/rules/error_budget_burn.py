"""An objective whose budget is spent too fast."""

import math
from collections.abc import Iterator, Sequence
from functools import partial

from tailboard.alerts import example_series, significance
from tailboard.alerts.objective_recording import find_required_history, is_recorded_window
from tailboard.alerts.rule import IMMEDIATE, AlertRule, Example, InputSeries, Note
from tailboard.alerts.template import (
    VALUE_TEMPLATE,
    escape_template,
    format_percentage,
    format_seconds,
)
from tailboard.panels import promql, slo
from tailboard.panels.descriptions import join_sentences
from tailboard.panels.duration import format_duration
from tailboard.panels.objective import (
    BURN_RATE_ALERTS,
    OUTAGE_DURATION,
    BurnRateAlert,
    Objective,
    build_burn_rate,
    check_objective_metrics,
    find_slow_bound,
    list_objectives,
    resolve_objective_concept,
    select_objective_duration,
    select_recording,
)
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "ErrorBudgetBurn"


def error_budget_burn(service: Service) -> Iterator[AlertRule | Note]:
    """Requests break an objective so fast that its budget will not last.

    A burn rate of 1 spends the budget exactly in the objective's window. The page: 14.4 times too
    fast over an hour, 6 times over six hours, or most requests are bad for five minutes. The
    ticket: 3 times over a day, or too fast over three days. Each long window has to agree with a
    twelfth of it, which says that it still goes on, and the bad requests have to be more than
    chance brings. Look at the SLO dashboard which routes spend the budget, then at what changed
    when the burn began.
    """
    for objective in list_objectives(service):
        check_objective_metrics(service, objective)
        if objective.seconds is not None:
            slow_bound = find_slow_bound(
                select_objective_duration(service, objective, NAME), objective
            )
            if slow_bound > objective.seconds * (1 + 1e-9):
                yield Note(_describe_leniency(objective, slow_bound))
        for burn_alert in BURN_RATE_ALERTS:
            if not _is_possible(objective, burn_alert):
                yield Note(
                    f"{objective.title} leaves a budget of {format_percentage(objective.budget)}: "
                    f"it cannot burn {burn_alert.factor:g} times as fast as allowed, and has no "
                    "such alert."
                )
        for is_paging in (True, False):
            burn_alerts = [
                burn_alert
                for burn_alert in BURN_RATE_ALERTS
                if burn_alert.is_paging == is_paging and _is_possible(objective, burn_alert)
            ]
            yield _build_rule(service, objective, burn_alerts, is_paging=is_paging)


def _is_possible(objective: Objective, burn_alert: BurnRateAlert) -> bool:
    return burn_alert.factor * objective.budget < 1


def _build_rule(
    service: Service,
    objective: Objective,
    burn_alerts: Sequence[BurnRateAlert],
    *,
    is_paging: bool,
) -> AlertRule:
    conditions = [_build_condition(service, objective, burn_alert) for burn_alert in burn_alerts]
    limits = [burn_alert.factor for burn_alert in burn_alerts]
    if is_paging:
        conditions.append(_build_outage_condition(service, objective))
        limits.append(objective.outage_burn_rate)
    promise = f"{objective.title} over {format_duration(service.objectives.window)}"
    return AlertRule(
        name=NAME,
        expression=promql.union(*conditions),
        severity="critical" if is_paging else "warning",
        signal="errors" if objective.seconds is None else "latency",
        lasting=IMMEDIATE,
        labels={"objective": objective.name},
        summary=f"{escape_template(service.name)} spends the budget of {objective.title} "
        f"{VALUE_TEMPLATE} times too fast",
        description=join_sentences(
            f"{promise} is promised. Requests break it {VALUE_TEMPLATE} times faster than the "
            f"budget of {format_percentage(objective.budget)} allows, which is too fast "
            f"{_describe_limits(burn_alerts, is_paging=is_paging)}. Look first which "
            f"{'models' if objective.concept else 'routes'} spend it, then what changed when the "
            "burn began.",
            "" if is_paging else _describe_history(burn_alerts),
        ),
        panel=partial(slo.burn_rate, objective=objective),
        limit=tuple(limits),
        series_labels=service.by,
        time_range="6h" if is_paging else "7d",
        examples=tuple(_build_examples(service, objective, burn_alerts, is_paging=is_paging)),
    )


def _build_condition(service: Service, objective: Objective, burn_alert: BurnRateAlert) -> str:
    """Both windows burn too fast, and by more bad requests than chance brings."""
    burn_rates = [
        promql.filter_above(build_burn_rate(service, objective, NAME, window), burn_alert.factor)
        for window in (burn_alert.long_window, burn_alert.short_window)
    ]
    if burn_alert.is_paging:
        guard = promql.union(
            _build_chance_guard(service, objective, burn_alert.long_window),
            _build_chance_guard(service, objective, burn_alert.short_window),
        )
    else:
        window = burn_alert.short_window
        bad_rate = select_recording(service, objective, f"bad_requests:rate{window}")
        guard = promql.filter_above(
            promql.select_series(bad_rate),
            significance.compute_repeated_rate(window),
        )
    return promql.filter_by_guards(*burn_rates, guard, by=service.by)


def _build_outage_condition(service: Service, objective: Objective) -> str:
    """Most requests of the last minutes were bad all the time."""
    ratio = select_recording(service, objective, f"bad_requests:ratio_rate{WINDOW}")
    lowest_ratio = promql.aggregate_over_time("min", ratio, OUTAGE_DURATION)
    burn_rate = f"({lowest_ratio} / {promql.format_number(objective.budget)})"
    return promql.filter_by_guards(
        promql.filter_above(burn_rate, objective.outage_burn_rate),
        _build_chance_guard(service, objective, WINDOW),
        by=service.by,
    )


def _build_chance_guard(service: Service, objective: Objective, window: str) -> str:
    chance = promql.select_series(
        select_recording(service, objective, f"bad_requests:chance{window}")
    )
    return promql.filter_below(chance, significance.MAX_CHANCE)


def _describe_limits(burn_alerts: Sequence[BurnRateAlert], *, is_paging: bool) -> str:
    limits = [
        f"above {burn_alert.factor:g} over {burn_alert.long_window} (and still in the last "
        f"{burn_alert.short_window})"
        for burn_alert in burn_alerts
    ]
    if is_paging:
        limits.append(f"where most requests are bad for {OUTAGE_DURATION}")
    return " or ".join(limits)


def _describe_history(burn_alerts: Sequence[BurnRateAlert]) -> str:
    """When the conditions over days begin to count."""
    conditions = " and ".join(
        f"that over {burn_alert.long_window} after {find_required_history(burn_alert.long_window)}"
        for burn_alert in burn_alerts
        if is_recorded_window(burn_alert.long_window)
    )
    return f"New rules know nothing yet: {conditions} of recording." if conditions else ""


def _describe_leniency(objective: Objective, slow_bound: float) -> str:
    return (
        f"no bucket ends at {promql.format_number(objective.seconds or 0)} s: {objective.title} "
        f"counts a request as slow beyond {format_seconds(slow_bound)}, the next bound, and its "
        "burn rate is too low by those between."
    )


def _build_examples(
    service: Service,
    objective: Objective,
    burn_alerts: Sequence[BurnRateAlert],
    *,
    is_paging: bool,
) -> Iterator[Example]:
    build_series = partial(_build_request_series, service, objective)
    few_failures = {
        "one failure of few": (1, 0.02),
        "two failures of twenty requests": (2, 0.07),
    }
    failure_examples = [
        Example(
            title,
            example_series.build_few_failures(service, count, good_rate),
            is_firing=False,
            delay="8m",
        )
        for title, (count, good_rate) in few_failures.items()
        if objective.seconds is None
    ]
    if is_paging:
        yield Example("all requests are bad", build_series(1), is_firing=True)
        factors = sorted(burn_alert.factor for burn_alert in burn_alerts)
        if len(factors) > 1:
            share = math.prod(factors) ** 0.5 * objective.budget
            yield Example("too fast for six hours only", build_series(share), is_firing=True)
        yield Example(
            "half as fast as the slowest page",
            build_series(min([*factors, 0.9 / objective.budget]) / 2 * objective.budget),
            is_firing=False,
        )
        yield from failure_examples
        return
    windows = [burn_alert.long_window for burn_alert in burn_alerts]
    history = find_required_history(windows[0])
    share = min(1.0, 2 * max(burn_alert.factor for burn_alert in burn_alerts) * objective.budget)
    yield Example("all are bad, of new rules", build_series(1), is_firing=False)
    yield Example("twice as fast", build_series(share), is_firing=True, delay=history)
    yield Example(
        "half as fast", build_series(0.5 * objective.budget), is_firing=False, delay=history
    )
    yield from failure_examples


def _build_request_series(service: Service, objective: Objective, share: float) -> InputSeries:
    """Requests of which a share is bad, several bad ones a minute."""
    rate = max(1.0, float(f"{0.1 / share:.2g}"))
    if objective.seconds is None:
        return example_series.build_status_series(service, rate * (1 - share), rate * share)
    duration = select_objective_duration(service, objective, NAME)
    fast_duration = duration.metric.buckets[0] / duration.metric.unit.scale / 2
    slow_duration = 2 * max(
        find_slow_bound(duration, each)
        for each in list_objectives(service)
        if each.seconds and each.concept == objective.concept
    )
    return example_series.build_histogram_series(
        service,
        resolve_objective_concept(service, objective),
        {fast_duration: rate * (1 - share), slow_duration: rate * share},
    )
