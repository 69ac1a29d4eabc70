"""An alert on a percentile that is above its objective, as more than one rule raises it."""

from collections.abc import Callable, Iterator
from typing import Any

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Note
from tailboard.alerts.template import DURATION_TEMPLATE, escape_template, format_seconds
from tailboard.panels import promql
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.descriptions import join_sentences
from tailboard.panels.metric import Histogram
from tailboard.panels.objective import (
    Objective,
    resolve_objective_concept,
    select_objective_duration,
    select_recording,
)
from tailboard.panels.objectives import format_percentile
from tailboard.panels.recording import WINDOW
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

CHANCE_WINDOWS = (WINDOW, "30m")
"""The windows of which one has to show more slow requests than chance brings.

Of a hundred requests in five minutes, five slow ones prove nothing; after half an hour they do.
"""

QUIET_RATE = 0.07
"""Requests per second: about twenty in five minutes."""


def build_percentile_rules(
    service: Service,
    objective: Objective,
    name: str,
    *,
    panel: Callable[..., Any],
    summary: str,
    complaint: str,
    advice: str,
) -> Iterator[AlertRule | Note]:
    """The rule named `name` for one objective of seconds, and what is inexact about it.

    The description is the share of the objective's requests, the `complaint`, what is promised and
    the `advice`.
    """
    duration = select_objective_duration(service, objective, name)
    fraction, limit = objective.target, objective.seconds or 0
    percentile = format_percentile(fraction)
    if not duration.metric.exact and duration.histograms != "native":
        yield Note(
            f"the buckets of {duration.metric.name} are too coarse for {percentile}: no alert "
            "compares it with its objective, only its budget is watched."
        )
        return
    imprecision = _describe_imprecision(duration, objective)
    if imprecision:
        yield Note(imprecision)
    yield AlertRule(
        name=name,
        expression=promql.filter_by_guards(
            promql.filter_above(promql.quantile(fraction, duration, service.by, WINDOW), limit),
            _build_guard(service, objective, name, is_exact=not imprecision),
            *_list_up_guards(service, name),
            by=service.by,
        ),
        severity="warning",
        signal="latency",
        lasting="2m",
        keep_firing="5m",
        labels={"percentile": percentile},
        summary=summary,
        description=join_sentences(
            f"{_format_slow_share(fraction)} to {escape_template(service.name)} {complaint} "
            f"{DURATION_TEMPLATE}, and {format_seconds(limit)} is promised. {advice}",
            imprecision,
        ),
        panel=panel,
        limit=limit,
        series_labels=service.by,
        examples=tuple(_build_examples(service, objective, duration)),
    )


def _list_up_guards(service: Service, name: str) -> Iterator[str]:
    """Whether some instance is up; what is pushed has no such series."""
    if not service.is_pushed:
        up = promql.aggregate_gauge(service.select_up(name), service.by, "max")
        yield promql.filter_above(up, 0)


def _build_guard(service: Service, objective: Objective, name: str, *, is_exact: bool) -> str:
    """Whether the percentile is above its objective by more requests than chance brings.

    Without a bucket that ends at the objective it is unknown how many are slower.
    """
    if is_exact:
        chances = (
            select_recording(service, objective, f"bad_requests:chance{window}")
            for window in CHANCE_WINDOWS
        )
        return promql.union(
            *(
                promql.filter_below(promql.select_series(chance), significance.MAX_CHANCE)
                for chance in chances
            )
        )
    minimum_rate = max(
        service.objectives.minimum_rate, significance.compute_minimum_rate(objective.target)
    )
    duration = select_objective_duration(service, objective, name)
    return promql.filter_at_least(promql.rate(duration, service.by, WINDOW), minimum_rate)


def _format_slow_share(fraction: float) -> str:
    """How people say it: one request in 100."""
    return f"1 request in {round(1 / (1 - fraction), 1):g}"


def _describe_imprecision(duration: Selection[Histogram], objective: Objective) -> str:
    """What the buckets cannot tell about the promise; nothing where one of them ends at it."""
    metric, promise, limit = duration.metric, objective.title, objective.seconds or 0
    bounds = [bound / metric.unit.scale for bound in metric.buckets]
    if duration.histograms == "native" or not bounds:
        return ""
    if limit >= bounds[-1] * (1 - 1e-9):
        last_bound = promql.format_number(bounds[-1])
        raise DefinitionError(
            f"the alert of {promise} would never fire: the largest bucket of {metric.name} ends "
            f"at {last_bound} s, and no percentile shows above it",
            tip=f"promise less than {last_bound} s, or give {metric.name} larger buckets.",
        )
    lower_bound = max([0.0, *(bound for bound in bounds if bound <= limit * (1 + 1e-9))])
    if lower_bound and abs(lower_bound - limit) < 1e-9 * limit:
        return ""
    upper_bound = min(bound for bound in bounds if bound > limit)
    return (
        f"{promise} lies between the buckets {promql.format_number(lower_bound)} and "
        f"{promql.format_number(upper_bound)} of {metric.name}: the true value may be anywhere "
        "between them when the alert fires."
    )


def _build_examples(
    service: Service, objective: Objective, duration: Selection[Histogram]
) -> Iterator[Example]:
    """Slow and fast requests, and slow ones that are too few for the percentile."""
    fraction, limit = objective.target, objective.seconds or 0
    bounds = [bound / duration.metric.unit.scale for bound in duration.metric.buckets] or [limit]
    is_exact = any(abs(bound - limit) < 1e-9 * limit for bound in bounds)
    slowest_duration = 2 * bounds[-1]
    slow_duration = (
        min([bound for bound in bounds if bound > limit], default=2 * limit)
        if is_exact
        else slowest_duration
    )
    fast_duration = max(
        [bound for bound in bounds if bound <= limit * (1 + 1e-9)], default=bounds[0] / 2
    )

    def build_series(rate: float, slow_share: float, slow: float, fast: float) -> InputSeries:
        return {
            **example_series.build_histogram_series(
                service,
                resolve_objective_concept(service, objective),
                {fast: rate * (1 - slow_share), slow: rate * slow_share},
            ),
            **example_series.build_target_series(service, "up", "1+0"),
        }

    busy = max(10.0, 10 * service.objectives.minimum_rate)
    for title, share, is_firing in (
        ("half of them a bucket too slow", 0.5, True),
        ("all within the limit", 0, False),
        ("fewer slow than the percentile allows", (1 - fraction) / 2, False),
    ):
        series = build_series(busy, share, slow_duration, fast_duration)
        yield Example(title, series, is_firing=is_firing)
    if not is_exact:
        rate = significance.compute_minimum_rate(fraction) / 3
        series = build_series(rate, 0.5, slowest_duration, bounds[0] / 2)
        yield Example("slow but few", series, is_firing=False)
        return
    for title, share, is_firing in (
        ("most of few requests slow", 0.9, True),
        ("two slow of twenty", 0.1, False),
    ):
        series = build_series(QUIET_RATE, share, slowest_duration, bounds[0] / 2)
        yield Example(title, series, is_firing=is_firing, delay="4m")
