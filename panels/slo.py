"""Whether promises are kept: the budget of each objective, and how fast it is spent."""

from grafanalib import formatunits as units
from grafanalib.core import BarGauge, Stat, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, FIRST_TOKEN, REQUESTS
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.descriptions import join_sentences
from tailboard.panels.duration import format_duration
from tailboard.panels.kinds.bar_gauge import bar_gauge
from tailboard.panels.kinds.size import grid_size
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Role
from tailboard.panels.objective import (
    BURN_RATE_ALERTS,
    OUTAGE_DURATION,
    Objective,
    build_bad_ratio,
    build_request_rate,
    find_slow_bound,
    has_sufficient_buckets,
    list_objectives,
)
from tailboard.panels.objective import build_burn_rate as burn_rate_over
from tailboard.panels.query import Query
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, NEUTRAL, SECONDARY, WARNING, WORST

BURN_RATE_COLORS = {14.4: WORST, 6: BAD, 3: WARNING, 1: NEUTRAL}
"""The colour of each alert's line."""

STAT_SIZE = grid_size(6, 4)
"""Wide enough for the title of any objective."""

LOW_BUDGET = 0.25
"""From how little budget on releases should wait."""


def compliance(service: Service, *, objective: Objective | None = None) -> Stat:
    """The share of good requests over the objective's window, green while the promise is kept."""
    selected_objective = objective or select_first_objective(service, "slo.compliance")
    window = service.objectives.window
    return stat(
        f"Kept: {selected_objective.title}",
        [
            Query(
                f"1 - {build_bad_ratio(service, selected_objective, 'slo.compliance', window)}",
                service.legend,
            )
        ],
        description=join_sentences(
            f"The share of good requests in {format_duration(window)}, as far back as Prometheus "
            f"remembers: {selected_objective.target * 100:.10g} % is promised.",
            _describe_bad_request(service, selected_objective),
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(selected_objective.target, GOOD)],
        base=BAD,
        decimals=3,
        no_value="no traffic",
        size=STAT_SIZE,
    )


def budget_left(service: Service, *, objective: Objective | None = None) -> Stat:
    """How much of the error budget is left; below zero the promise is broken."""
    selected_objective = objective or select_first_objective(service, "slo.budget_left")
    window = service.objectives.window
    return stat(
        f"Budget left: {selected_objective.title}",
        [Query(_build_budget_left(service, selected_objective, "slo.budget_left"), service.legend)],
        description=f"Of what may go wrong in {format_duration(window)}, how much has not. "
        "Orange: let releases wait. Below zero the promise is broken.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0, WARNING), (LOW_BUDGET, GOOD)],
        base=BAD,
        decimals=1,
        no_value="no traffic",
        size=STAT_SIZE,
    )


def budget_over_time(service: Service, *, objective: Objective | None = None) -> TimeSeries:
    """The error budget that was left at each moment; needs the recording rules."""
    selected_objective = objective or select_first_objective(service, "slo.budget_over_time")
    if not service.recorded or service.chosen:
        raise MissingMetricError(
            f"a line of {service.objectives.window} at each point is too much to compute from raw "
            "metrics, which the panel 'slo.budget_over_time' would show",
            tip="load the service's recording rules into Prometheus, and say recorded=True.",
        )
    return timeseries(
        f"Budget left over time: {selected_objective.title}",
        [
            Query(
                _build_budget_left(service, selected_objective, "slo.budget_over_time"),
                service.legend,
            )
        ],
        description="What was left of the error budget of the "
        f"{format_duration(service.objectives.window)} before each point. It comes back when what "
        "spent it leaves the window.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0, WARNING), (LOW_BUDGET, GOOD)],
        base=BAD,
        maximum=1,
    )


def burn_rate(service: Service, *, objective: Objective | None = None) -> TimeSeries:
    """How fast the budget is spent over the alerts' long windows, with the alerts' thresholds."""
    panel = "slo.burn_rate"
    selected_objective = objective or select_first_objective(service, panel)
    outage_burn_rate = selected_objective.outage_burn_rate
    is_recorded = service.recorded and not service.chosen
    windows = {
        **({WINDOW: SECONDARY} if is_recorded else {}),
        **{alert.long_window: BURN_RATE_COLORS[alert.factor] for alert in BURN_RATE_ALERTS},
    }
    alert_windows = ", ".join(
        f"{alert.long_window} ({alert.factor:g})" for alert in BURN_RATE_ALERTS
    )
    return timeseries(
        f"Burn rate: {selected_objective.title}",
        [
            Query(
                burn_rate_over(service, selected_objective, panel, window),
                f"{service.legend} {window}",
            )
            for window in windows
        ],
        description=join_sentences(
            "At 1 the budget lasts exactly as long as the objective's window. The lines are where "
            f"the alerts of {alert_windows} begin, if the last twelfth of that time agrees; at "
            f"{outage_burn_rate:g} most requests are bad, which pages after "
            f"{format_duration(OUTAGE_DURATION)}.",
            "Rates over days begin when half of their window is recorded." if is_recorded else "",
            _describe_bad_request(service, selected_objective),
        ),
        unit=units.SHORT,
        thresholds=[
            *((alert.factor, BURN_RATE_COLORS[alert.factor]) for alert in BURN_RATE_ALERTS),
            (outage_burn_rate, WORST),
        ],
        colors=windows,
        size=grid_size(12, 9),
    )


def budget_by_route(
    service: Service, *, objective: Objective | None = None, limit: int = 10
) -> BarGauge:
    """Which routes spent the budget, each as a share of all that may be spent."""
    panel = "slo.budget_by_route"
    selected_objective = objective or select_first_objective(service, panel)
    window = service.objectives.window
    bad_rate, route = _build_route_bad_rate(service, selected_objective, panel, window)
    request_rate = build_request_rate(service, selected_objective, panel, window)
    budget_share = f"{bad_rate} / on {promql.format_labels(service.by)} group_left () "
    budget_share += f"({promql.format_number(selected_objective.budget)} * {request_rate} > 0)"
    return bar_gauge(
        f"Budget spent by route: {selected_objective.title}",
        [Query(promql.topk(limit, budget_share), service.format_legend(route))],
        description=join_sentences(
            f"The {limit} routes that spent most of the budget of "
            f"{format_duration(window)}: at 100 % a route spent all of it alone.",
            _describe_route_leniency(service, selected_objective, panel),
        ),
        unit=units.PERCENT_UNIT,
    )


def select_first_objective(service: Service, panel: str) -> Objective:
    """The objective that is meant where none is named: the first one promised."""
    for objective in list_objectives(service):
        return objective
    raise MissingMetricError(
        f"the service {service.name!r} promises nothing that the panel {panel!r} could show",
        tip="give it objectives=Objectives(availability=0.999, latency={0.99: 1.0}).",
    )


def _build_budget_left(service: Service, objective: Objective, panel: str) -> str:
    return f"1 - {burn_rate_over(service, objective, panel, service.objectives.window)}"


def _build_route_bad_rate(
    service: Service, objective: Objective, panel: str, window: str
) -> tuple[str, str]:
    """The bad requests per second by route, from the metrics themselves."""
    if objective.seconds is None:
        requests = service.select_concept(REQUESTS, panel)
        failed_requests = requests.filter_failures(panel)
        route = failed_requests.resolve_label(Role.ROUTE, panel)
        by = (*service.by, route)
        zero_rate = f"0 * {promql.rate(requests, by, window)}"
        return promql.union(promql.rate(failed_requests, by, window), zero_rate), route
    duration = service.select_concept(objective.concept or DURATION, panel)
    route = duration.resolve_label(Role.ROUTE, panel)
    if not has_sufficient_buckets(duration, objective):
        raise MissingMetricError(
            f"no bucket of {duration.metric.name} ends at {objective.title} or beyond, so that the "
            f"panel {panel!r} cannot tell which routes are slower",
            tip=f"give {duration.metric.name} larger buckets.",
        )
    slow_bound = find_slow_bound(duration, objective)
    return promql.build_slow_rate(duration, slow_bound, (*service.by, route), window), route


def _describe_route_leniency(service: Service, objective: Objective, panel: str) -> str:
    """What passes as good where no bucket of the histogram by route ends at the objective."""
    if objective.seconds is None:
        return ""
    duration = service.select_concept(objective.concept or DURATION, panel)
    slow_bound = find_slow_bound(duration, objective)
    if slow_bound <= objective.seconds * (1 + 1e-9):
        return ""
    return (
        f"No bucket of {duration.metric.name} ends at {promql.format_number(objective.seconds)} s: "
        f"by route only what takes longer than {promql.format_number(slow_bound)} s counts."
    )


def _describe_bad_request(service: Service, objective: Objective) -> str:
    """What makes a request bad."""
    if objective.seconds is None:
        requests = service.select_concept(REQUESTS, "slo")
        return f"Bad is what is answered with {requests.metric.statuses.failures.describe()}."
    seconds = promql.format_number(objective.seconds)
    if objective.concept is FIRST_TOKEN:
        return f"Bad is what waits longer than {seconds} s for its first token."
    return f"Bad is what takes longer than {seconds} s."
