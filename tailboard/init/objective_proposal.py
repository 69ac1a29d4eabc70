"""Objectives to begin with: what the program does today, and never more than it was seen to keep.

The latency is the bound of a bucket of the histogram that the panels and the alerts of the whole
service read. Where that cannot carry a promise, none is made, and a sentence says why.
"""

from dataclasses import dataclass, replace
from math import inf, isinf
from typing import Any

from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import Catalogue, LabelValues
from tailboard.metrics.distribution import Distribution, build_distribution
from tailboard.panels.concept import (
    BACKLOG,
    DB_DURATION,
    DURATION,
    DURATION_SUMMARY,
    FIRST_TOKEN,
    OVERALL_DURATION,
    REQUESTS,
    WAITING_REQUESTS,
    Concept,
)
from tailboard.panels.metric import Histogram, Metric, Role, Summary
from tailboard.panels.objectives import Objectives
from tailboard.panels.promql import format_number

PERCENTILE = 0.99
CAUTIOUS_PERCENTILE = 0.9975
"""What is promised of the 99th: the bound within which all but a quarter of its budget stay."""

AVAILABILITIES = (0.999, 0.995, 0.99, 0.95, 0.9)
"""What is proposed: the highest one that was kept."""

MIN_LATENCY = 0.1
"""Seconds: the lowest latency objective that is proposed."""

DEFAULT_LATENCY = 1.0
"""Seconds, where too little was observed yet."""

DEFAULT_QUERY_SECONDS = Objectives().queries[PERCENTILE]

MIN_REQUESTS = 100
"""How many requests have to be observed before they say anything of one in a hundred."""

NO_PROMISE_YET = "is no promise yet"


@dataclass(frozen=True)
class ObjectiveProposal:
    """The arguments of `Objectives`, None where nothing is promised or the usual limit was kept.

    Of a percentile they are the seconds of the 99th. `omissions` say why something is not promised,
    `remarks` where a promise comes from.
    """

    latency: float | None = None
    availability: float | None = None
    first_token: float | None = None
    queries: float | None = None
    """Infinite where the buckets end below what was seen, so that nothing is promised."""

    backlog: float | None = None
    waiting_requests: float | None = None
    omissions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def propose_objectives(catalogue: Catalogue, recognition: Recognition) -> ObjectiveProposal:
    """Objectives that the program's metrics can measure."""
    proposal = ObjectiveProposal()
    if recognition.is_pushed:
        return proposal
    if REQUESTS in recognition.convention.metrics:
        proposal = _propose_availability(catalogue, recognition)
        proposal = _add_latency(proposal, catalogue, recognition)
    for add_promise in (_add_first_token, _add_queries, _add_queue_lengths):
        proposal = add_promise(proposal, catalogue, recognition)
    return proposal


def find_latency_histogram(recognition: Recognition) -> Histogram | None:
    """The histogram of which a latency is promised, if there is one: the one that alerts read."""
    metrics = recognition.convention.metrics
    duration = metrics.get(OVERALL_DURATION) or metrics.get(DURATION)
    return duration if isinstance(duration, Histogram) else None


def find_status_series(recognition: Recognition) -> str:
    """The series whose status says which requests fail; empty if there is none."""
    requests = recognition.convention.metrics.get(REQUESTS)
    if requests is None or Role.STATUS not in requests.labels:
        return ""
    return f"{requests.name}_count" if isinstance(requests, Histogram | Summary) else requests.name


def _propose_availability(catalogue: Catalogue, recognition: Recognition) -> ObjectiveProposal:
    """The highest availability that was kept; the usual one while too little was observed."""
    series = find_status_series(recognition)
    if not series:
        return ObjectiveProposal()
    requests = recognition.convention.metrics[REQUESTS]
    totals = _find_totals(catalogue, series, requests.labels[Role.STATUS])
    failures = requests.statuses.failures
    failed = sum(total for status, total in totals.items() if failures.has_value(status))
    observed = sum(totals.values()) - _count_excluded(catalogue, requests, recognition)
    if observed < MIN_REQUESTS:
        return ObjectiveProposal(availability=AVAILABILITIES[0])
    share = min(1.0, failed / observed)
    kept_targets = [target for target in AVAILABILITIES if share <= 1 - target + 1e-9]
    if not kept_targets:
        return ObjectiveProposal(
            omissions=(
                f"No availability is promised: {_format_share(share)} of the requests fail.",
            )
        )
    if kept_targets[0] == AVAILABILITIES[0]:
        return ObjectiveProposal(availability=kept_targets[0])
    remark = f"The availability {NO_PROMISE_YET}: {_format_share(share)} of the requests failed."
    return ObjectiveProposal(
        availability=kept_targets[0], remarks=(f"{remark} Write what you promise.",)
    )


def _add_latency(
    proposal: ObjectiveProposal, catalogue: Catalogue, recognition: Recognition
) -> ObjectiveProposal:
    duration = find_latency_histogram(recognition)
    if duration is None:
        summary = recognition.convention.metrics.get(DURATION_SUMMARY)
        reason = (
            f"{summary.name} is a summary, and its quantiles are those of single instances"
            if summary
            else "there are no durations of requests"
        )
        return _omit_latency(proposal, reason)
    seconds, statement = _find_promise(duration, catalogue, recognition)
    if seconds is None:
        return _omit_latency(proposal, statement)
    remarks = (
        f"The latency {NO_PROMISE_YET}: {statement}. Write what you promise.",
        *_describe_route_limit(seconds, duration, recognition),
        *proposal.remarks,
    )
    return replace(proposal, latency=seconds, remarks=remarks)


def _add_first_token(
    proposal: ObjectiveProposal, catalogue: Catalogue, recognition: Recognition
) -> ObjectiveProposal:
    """The time to the first token of a language model, where it is measured."""
    duration = recognition.convention.metrics.get(FIRST_TOKEN)
    if not isinstance(duration, Histogram):
        return proposal
    seconds, statement = _find_promise(duration, catalogue, recognition)
    if seconds is None:
        omission = f"No time to the first token is promised: {statement}."
        return replace(proposal, omissions=(*proposal.omissions, omission))
    remark = f"The time to the first token {NO_PROMISE_YET}: {statement}."
    return replace(proposal, first_token=seconds, remarks=(*proposal.remarks, remark))


def _find_promise(
    duration: Histogram, catalogue: Catalogue, recognition: Recognition
) -> tuple[float | None, str]:
    """The bound of a bucket that was kept and what was seen; or None and why there is none."""
    bounds = [bound / duration.unit.scale for bound in duration.buckets]
    usable_bounds = [bound for bound in bounds[:-1] if bound > 0]
    if not duration.exact or len(usable_bounds) < 2:
        return None, f"the buckets of {duration.name} are too coarse for a promise"
    distribution = _observe_durations(duration, catalogue, recognition)
    observed_latency = _find_bound(duration, distribution, PERCENTILE)
    max_latency = usable_bounds[-1]
    if observed_latency > max_latency * (1 + 1e-9):
        last_bound = format_number(bounds[-1])
        place = (
            f"above the last bucket of {duration.name}, which ends at {last_bound} s"
            if isinf(observed_latency)
            else f"in the last bucket of {duration.name}, up to {last_bound} s, above which no "
            "percentile shows"
        )
        return None, f"the observed P99 lies {place}; give the histogram larger buckets"
    is_enough = distribution is not None and distribution.total >= MIN_REQUESTS
    cautious_latency = _find_bound(duration, distribution, CAUTIOUS_PERCENTILE)
    minimum = max(MIN_LATENCY if is_enough else DEFAULT_LATENCY, cautious_latency)
    seconds = min(
        (bound for bound in usable_bounds if bound >= minimum * (1 - 1e-9)), default=max_latency
    )
    return seconds, _describe_observation(distribution, observed_latency, cautious_latency)


def _add_queries(
    proposal: ObjectiveProposal, catalogue: Catalogue, recognition: Recognition
) -> ObjectiveProposal:
    """What queries take where that is more than the usual limit, which alerts.

    The alert is by kind of query: slow ones may all be of the rarest kind of those that are known.
    """
    duration = recognition.convention.metrics.get(DB_DURATION)
    if not isinstance(duration, Histogram) or not duration.exact or not duration.buckets:
        return proposal
    distribution = _observe_durations(duration, catalogue, recognition)
    if distribution is None:
        return proposal
    totals = [
        total
        for label in duration.labels.values()
        for total in _find_totals(catalogue, f"{duration.name}_count", label).values()
        if total > 0
    ]
    allowed_count = (1 - CAUTIOUS_PERCENTILE) * min(totals, default=distribution.total)
    sufficient_bounds = (
        bound / duration.unit.scale
        for bound, count in zip(distribution.bounds, distribution.counts, strict=True)
        if distribution.total - count <= allowed_count
    )
    seconds = next(sufficient_bounds, inf)
    if seconds <= DEFAULT_QUERY_SECONDS:
        return proposal
    if seconds >= distribution.bounds[-1] / duration.unit.scale:
        omission = (
            f"No time of database queries is promised: {duration.name} has no bucket above what "
            "was observed; give it larger ones."
        )
        return replace(proposal, queries=inf, omissions=(*proposal.omissions, omission))
    remark = f"Some kind of query takes up to {format_number(seconds)} s: write what it may take."
    return replace(proposal, queries=seconds, remarks=(*proposal.remarks, remark))


def _add_queue_lengths(
    proposal: ObjectiveProposal, catalogue: Catalogue, recognition: Recognition
) -> ObjectiveProposal:
    """Twice the longest queues that were seen, where those are longer than the usual limits."""
    backlog = _find_length(BACKLOG, catalogue, recognition)
    if backlog > Objectives().backlog:
        remark = f"As many as {format_number(backlog)} tasks were seen waiting: write how many may."
        proposal = replace(proposal, backlog=2 * backlog, remarks=(*proposal.remarks, remark))
    waiting = _find_length(WAITING_REQUESTS, catalogue, recognition)
    if waiting > Objectives().waiting_requests:
        remark = (
            f"As many as {format_number(waiting)} requests were seen waiting for a model: write "
            "how many may."
        )
        proposal = replace(
            proposal, waiting_requests=2 * waiting, remarks=(*proposal.remarks, remark)
        )
    return proposal


def _find_length(concept: Concept[Any], catalogue: Catalogue, recognition: Recognition) -> float:
    """The largest value that a gauge was seen to have; 0 if none was."""
    gauge = recognition.convention.metrics.get(concept)
    metric_series = catalogue.metrics.get(gauge.name) if gauge else None
    return max(0.0, metric_series.highest) if metric_series else 0.0


def _omit_latency(proposal: ObjectiveProposal, reason: str) -> ObjectiveProposal:
    return replace(proposal, omissions=(f"No latency is promised: {reason}.", *proposal.omissions))


def _describe_observation(
    distribution: Distribution | None, observed_latency: float, cautious_latency: float
) -> str:
    if distribution is None:
        return "nothing was observed"
    observation = f"the observed P99 lies in the bucket up to {format_number(observed_latency)} s"
    if observed_latency < cautious_latency < inf:
        observation += f", 1 request in 400 in that up to {format_number(cautious_latency)} s"
    if distribution.total >= MIN_REQUESTS:
        return observation
    return f"{observation}, of only {distribution.total:.0f} requests"


def _describe_route_limit(
    latency: float, duration: Histogram, recognition: Recognition
) -> tuple[str, ...]:
    """That routes cannot be judged by the promise, where their histogram ends below it."""
    route_duration = recognition.convention.metrics.get(DURATION)
    if not isinstance(route_duration, Histogram) or route_duration.name == duration.name:
        return ()
    last_bound = max(route_duration.buckets, default=0) / route_duration.unit.scale
    if not last_bound or last_bound > latency * (1 + 1e-9):
        return ()
    return (
        f"It is that of {duration.name}. By route nothing above {format_number(last_bound)} s is "
        f"known, where the buckets of {route_duration.name} end.",
    )


def _observe_durations(
    duration: Histogram, catalogue: Catalogue, recognition: Recognition
) -> Distribution | None:
    """What was observed, without the routes that no panel shows; None without observations.

    Of those routes only the number of requests is known: they are taken to be the fastest ones, so
    that the percentile of the others is never too low.
    """
    metric_series = catalogue.metrics.get(f"{duration.name}_bucket")
    distribution = build_distribution(metric_series.buckets) if metric_series else None
    if distribution is None:
        return None
    excluded = _count_excluded(catalogue, duration, recognition)
    counts = tuple(max(0.0, count - excluded) for count in distribution.counts)
    total = distribution.total - excluded
    return replace(distribution, counts=counts, total=total) if total > 0 else None


def _find_bound(duration: Histogram, distribution: Distribution | None, percentile: float) -> float:
    """The upper bound, in seconds, of the bucket in which a percentile lies; 0 if nothing is."""
    if distribution is None:
        return 0
    return distribution.find_bucket(percentile).upper / duration.unit.scale


def _count_excluded(catalogue: Catalogue, metric: Metric, recognition: Recognition) -> float:
    """How many requests went to the routes that no panel shows: scrapes and health checks."""
    if Role.ROUTE not in metric.labels:
        return 0
    series = f"{metric.name}_count" if isinstance(metric, Histogram | Summary) else metric.name
    totals = _find_totals(catalogue, series, metric.labels[Role.ROUTE])
    return sum(totals.get(route, 0.0) for route in recognition.convention.excluded_routes)


def _find_totals(catalogue: Catalogue, series: str, label: str) -> dict[str, float]:
    metric_series = catalogue.metrics.get(series)
    return metric_series.labels.get(label, LabelValues()).totals if metric_series else {}


def _format_share(share: float) -> str:
    return f"{share * 100:.3g} %"
