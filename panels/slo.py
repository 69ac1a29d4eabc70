"""Whether promises are kept: the budget of each objective, and how fast it is spent."""

from grafanalib import formatunits as units
from grafanalib.core import BarGauge, Stat, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.duration import spoken
from tailboard.panels.errors import SERVER_ERRORS
from tailboard.panels.honesty import described
from tailboard.panels.house import BAD, CALM, GOOD, WARNING, WORST
from tailboard.panels.kinds.bar_gauge import bar_gauge
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Role
from tailboard.panels.objective import (
    BURNS,
    Objective,
    bad_ratio,
    counted,
    judged_at,
    objectives_of,
)
from tailboard.panels.objective import burn_rate as burn_rate_over
from tailboard.panels.query import Query
from tailboard.panels.service import Service

PATIENCE = {14.4: WORST, 6: BAD, 3: WARNING, 1: CALM}
"""The colour of each alert's line."""

LITTLE_LEFT = 0.25
"""From how little budget on releases should wait."""


def compliance(service: Service, *, objective: Objective | None = None) -> Stat:
    """The share of good requests over the objective's window, green while the promise is kept."""
    chosen = objective or first(service, "slo.compliance")
    window = service.objectives.window
    return stat(
        f"Kept: {chosen.title}",
        [
            Query(
                f"1 - {bad_ratio(service, chosen, 'slo.compliance', window)}",
                service.legend,
            )
        ],
        description=described(
            f"The share of good requests in {spoken(window)}, as far back as Prometheus remembers: "
            f"{chosen.target * 100:.10g} % is promised.",
            _judgement(service, chosen),
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(chosen.target, GOOD)],
        base=BAD,
        decimals=3,
        no_value="no traffic",
    )


def budget_left(service: Service, *, objective: Objective | None = None) -> Stat:
    """How much of the error budget is left; below zero the promise is broken."""
    chosen = objective or first(service, "slo.budget_left")
    window = service.objectives.window
    return stat(
        f"Budget left: {chosen.title}",
        [Query(_left(service, chosen, "slo.budget_left"), service.legend)],
        description=f"Of what may go wrong in {spoken(window)}, how much has not. Orange: let "
        "releases wait. Below zero the promise is broken.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0, WARNING), (LITTLE_LEFT, GOOD)],
        base=BAD,
        decimals=1,
        no_value="no traffic",
    )


def budget_over_time(service: Service, *, objective: Objective | None = None) -> TimeSeries:
    """The error budget that was left at each moment; needs the recording rules."""
    chosen = objective or first(service, "slo.budget_over_time")
    if not service.recorded or service.chosen:
        raise MissingMetricError(
            f"a line of {service.objectives.window} at each point is too much to compute from raw "
            "metrics, which the panel 'slo.budget_over_time' would show",
            tip="load the service's recording rules into Prometheus, and say recorded=True.",
        )
    return timeseries(
        f"Budget left over time: {chosen.title}",
        [Query(_left(service, chosen, "slo.budget_over_time"), service.legend)],
        description="What was left of the error budget of the "
        f"{spoken(service.objectives.window)} before each point. It comes back when what spent it "
        "leaves the window.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0, WARNING), (LITTLE_LEFT, GOOD)],
        base=BAD,
        maximum=1,
    )


def burn_rate(service: Service, *, objective: Objective | None = None) -> TimeSeries:
    """How fast the budget is spent over each alert's long window, with the alerts' thresholds."""
    chosen = objective or first(service, "slo.burn_rate")
    return timeseries(
        f"Burn rate: {chosen.title}",
        [
            Query(
                burn_rate_over(service, chosen, "slo.burn_rate", burn.long),
                f"{service.legend} {burn.long}",
            )
            for burn in BURNS
        ],
        description=described(
            "At 1 the budget lasts exactly as long as the objective's window. The lines are where "
            "the alerts of "
            + ", ".join(f"{it.long} ({it.factor:g})" for it in BURNS)
            + " begin, if the last twelfth of that time agrees.",
            _judgement(service, chosen),
        ),
        unit=units.SHORT,
        thresholds=[(it.factor, PATIENCE[it.factor]) for it in BURNS],
        colors={it.long: PATIENCE[it.factor] for it in BURNS},
    )


def budget_by_route(
    service: Service, *, objective: Objective | None = None, limit: int = 10
) -> BarGauge:
    """Which routes spent the budget, each as a share of all that may be spent."""
    panel = "slo.budget_by_route"
    chosen = objective or first(service, panel)
    window = service.objectives.window
    bad, route = _bad_by_route(service, chosen, panel, window)
    total = counted(service, chosen, panel, window)
    spent = f"{bad} / on ({', '.join(service.by)}) group_left () "
    spent += f"({promql.number(chosen.budget)} * {total} > 0)"
    return bar_gauge(
        f"Budget spent by route: {chosen.title}",
        [Query(promql.top(limit, spent), service.line(route))],
        description=f"The {limit} routes that spent most of the budget of {spoken(window)}: at "
        "100 % a route spent all of it alone.",
        unit=units.PERCENT_UNIT,
    )


def first(service: Service, panel: str) -> Objective:
    """The objective that is meant where none is named: the first one promised."""
    for objective in objectives_of(service):
        return objective
    raise MissingMetricError(
        f"the service {service.name!r} promises nothing that the panel {panel!r} could show",
        tip="give it objectives=Objectives(availability=0.999, latency={0.99: 1.0}).",
    )


def _left(service: Service, objective: Objective, panel: str) -> str:
    return f"1 - {burn_rate_over(service, objective, panel, service.objectives.window)}"


def _bad_by_route(
    service: Service, objective: Objective, panel: str, window: str
) -> tuple[str, str]:
    """The bad requests per second by route, from the metrics themselves."""
    if objective.seconds is None:
        failed = service.select(REQUESTS, panel, {Role.STATUS: SERVER_ERRORS})
        route = failed.label(Role.ROUTE, panel)
        by = (*service.by, route)
        none = f"0 * {promql.rate(service.select(REQUESTS, panel), by, window)}"
        return promql.either(promql.rate(failed, by, window), none), route
    duration = service.select(DURATION, panel)
    route = duration.label(Role.ROUTE, panel)
    judged = judged_at(duration, objective)
    return promql.slower(duration, judged, (*service.by, route), window), route


def _judgement(service: Service, objective: Objective) -> str:
    """What makes a request bad."""
    if objective.seconds is None:
        return "Bad is what is answered with 5xx."
    return f"Bad is what takes longer than {promql.number(objective.seconds)} s."
