"""An objective whose budget is spent too fast."""

from collections.abc import Iterator
from functools import partial

from tailboard.alerts import guards, scene
from tailboard.alerts.recording import RATIO_INTERVAL
from tailboard.alerts.rule import AlertRule, Example, Note, Series
from tailboard.alerts.template import VALUE, literal, percentage, seconds
from tailboard.panels import latency, promql, slo
from tailboard.panels.concept import REQUESTS
from tailboard.panels.duration import seconds as seconds_of
from tailboard.panels.duration import spoken
from tailboard.panels.metric import Role
from tailboard.panels.objective import (
    BURNS,
    Burn,
    Objective,
    burn_rate,
    check_measured,
    judged_at,
    objectives_of,
    recorded,
)
from tailboard.panels.service import Service

NAME = "ErrorBudgetBurn"

MORE_THAN_ONE = guards.rounded_up(guards.MORE_THAN_ONE / seconds_of(RATIO_INTERVAL))
"""Of rates recorded so often, the sum that more than one bad request makes."""


def error_budget_burn(service: Service) -> Iterator[AlertRule | Note]:
    """Requests break an objective so fast that its budget will not last.

    Two windows have to agree: the long one says that it matters, the short one that it still goes
    on. A burn rate of 1 spends the budget exactly in the objective's window. Look at the SLO
    dashboard which routes spend it, then at what changed when the burn began.
    """
    for objective in objectives_of(service):
        check_measured(service, objective)
        if objective.seconds is not None:
            judged = judged_at(latency.whole(service, NAME), objective)
            if judged > objective.seconds * (1 + 1e-9):
                yield Note(_lenient(objective, judged))
        for burn in BURNS:
            if burn.factor * objective.budget >= 1:
                yield Note(
                    f"{objective.title} leaves a budget of {percentage(objective.budget)}: it "
                    f"cannot burn {burn.factor:g} times as fast as allowed, and has no such alert."
                )
                continue
            yield _rule(service, objective, burn)


def _rule(service: Service, objective: Objective, burn: Burn) -> AlertRule:
    everything = recorded(service, objective, "requests:rate5m")
    failures = recorded(service, objective, "bad_requests:rate5m")
    promised = f"{objective.title} over {spoken(service.objectives.window)}"
    within = f"in {burn.long} and still in the last {burn.short}"
    return AlertRule(
        name=NAME,
        expression=promql.provided(
            promql.above(burn_rate(service, objective, NAME, burn.long), burn.factor),
            promql.above(burn_rate(service, objective, NAME, burn.short), burn.factor),
            promql.reaches(
                promql.over_time("avg", everything, burn.long), service.objectives.minimum_rate
            ),
            promql.above(promql.over_time("sum", failures, burn.long), MORE_THAN_ONE),
            by=service.by,
        ),
        severity="critical" if burn.pages else "warning",
        signal="errors" if objective.seconds is None else "latency",
        lasting=burn.lasting,
        labels={"objective": objective.name, "burn_rate": f"{burn.factor:g}", "window": burn.long},
        summary=f"{literal(service.name)} spends the budget of {objective.title} {VALUE} times too "
        "fast",
        description=f"{promised} is promised. Requests break it {VALUE} times faster than the "
        f"budget of {percentage(objective.budget)} allows, {within}. Look first which routes "
        "spend it, then what changed when the burn began.",
        panel=partial(slo.burn_rate, objective=objective),
        limit=burn.factor,
        told_by=service.by,
        time_range="6h" if burn.pages else "7d",
        examples=_examples(service, objective, burn),
    )


def _lenient(objective: Objective, judged: float) -> str:
    return (
        f"no bucket ends at {promql.number(objective.seconds or 0)} s: {objective.title} counts a "
        f"request as slow beyond {seconds(judged)}, the next bound, and its burn rate is too low "
        "by those between."
    )


def _examples(service: Service, objective: Objective, burn: Burn) -> tuple[Example, ...]:
    broken = min(1.0, 2 * burn.factor * objective.budget)
    fine = 0.5 * burn.factor * objective.budget
    rate = max(10 * service.objectives.minimum_rate, 0.05 / broken)
    return (
        Example("twice as fast", _requests(service, objective, rate, broken), fires=True),
        Example("half as fast", _requests(service, objective, rate, fine), fires=False),
        *_single(service, objective),
    )


def _requests(service: Service, objective: Objective, rate: float, share: float) -> Series:
    if objective.seconds is None:
        return {
            **scene.counted(service, REQUESTS, rate * (1 - share), {Role.STATUS: "200"}),
            **scene.counted(service, REQUESTS, rate * share, {Role.STATUS: "500"}),
        }
    duration = latency.whole(service, NAME)
    fast = duration.metric.buckets[0] / duration.metric.unit.per_base / 2
    slow = 2 * judged_at(duration, objective)
    taken = {fast: rate * (1 - share), slow: rate * share}
    return scene.observed(service, latency.whole_concept(service), taken)


def _single(service: Service, objective: Objective) -> Iterator[Example]:
    """One failure, of a series that was there before, among a few good requests."""
    if objective.seconds is None:
        failed = scene.counted(service, REQUESTS, 0, {Role.STATUS: "500"})
        series = {**_requests(service, objective, 0.06, 0), **dict.fromkeys(failed, "0x20 1+0")}
        yield Example("one failure of few", series, fires=False, after="15m")
