"""Percentiles, means and distributions; durations are converted to seconds."""

import dataclasses
import math
from collections.abc import Sequence
from decimal import Decimal

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher, differs, equals, escape_regex, matches
from tailboard.panels.metric import Counter, Histogram, Metric, Summary
from tailboard.panels.objectives import validate_percentile
from tailboard.panels.promql.expression import (
    WINDOW,
    add_label,
    add_parentheses,
    aggregate,
    format_labels,
    format_number,
    selector,
    union,
)
from tailboard.panels.promql.series import select_histogram_expression, sum_rate
from tailboard.panels.selection import Selection, merge_matchers

EXPONENT_THRESHOLD = 1e6
"""From here on client libraries write a bucket's bound with an exponent."""


def quantile(
    fraction: float,
    selection: Selection[Histogram],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """A percentile in seconds, estimated from the buckets.

    `>= 0` drops the NaN that Prometheus returns where nothing was observed.
    """
    share = format_number(validate_percentile(fraction))
    name = selection.metric.name
    classic = (
        f"histogram_quantile({share}, {sum_rate(selection, f'{name}_bucket', ('le', *by), window)})"
    )
    native = f"histogram_quantile({share}, {sum_rate(selection, name, by, window)})"
    expression = select_histogram_expression(selection, classic, native)
    return f"({_convert_to_seconds(expression, selection)} >= 0)"


def select_quantile(fraction: float, selection: Selection[Summary], by: Sequence[str] = ()) -> str:
    """A quantile in seconds that each instance computed; of several series in `by` the largest.

    `>= 0` drops the NaN of an instance that observed nothing lately.
    """
    quantile_matcher = (("quantile", equals(format_number(validate_percentile(fraction)))),)
    matchers = merge_matchers(selection.matchers, quantile_matcher)
    return select_quantiles(dataclasses.replace(selection, matchers=matchers), by)


def select_quantiles(selection: Selection[Summary], by: Sequence[str] = ()) -> str:
    """The same of all quantiles; `by` has to tell them apart."""
    expression = f"({selector(selection.metric.name, selection.matchers)} >= 0)"
    return add_parentheses(_convert_to_seconds(aggregate("max", expression, by), selection))


def build_mean(
    selection: Selection[Histogram | Summary], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """The average in seconds; no series where nothing was observed."""
    name = selection.metric.name
    observation_rate = sum_rate(selection, f"{name}_count", by, window)
    classic = f"{sum_rate(selection, f'{name}_sum', by, window)} / ({observation_rate} > 0)"
    native_rate = sum_rate(selection, name, by, window)
    native = f"histogram_sum({native_rate}) / (histogram_count({native_rate}) > 0)"
    return add_parentheses(
        _convert_to_seconds(select_histogram_expression(selection, classic, native), selection)
    )


def build_time_spent(
    selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """Seconds spent per second: how many of the observed operations ran at once on average."""
    name = selection.metric.name
    classic = sum_rate(selection, f"{name}_sum", by, window)
    native = f"histogram_sum({sum_rate(selection, name, by, window)})"
    return add_parentheses(
        _convert_to_seconds(select_histogram_expression(selection, classic, native), selection)
    )


def sum_value_rate(
    selection: Selection[Counter | Histogram], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """What a counter counts per second; of a histogram, the sum of what was observed."""
    name = selection.metric.name
    if not isinstance(selection.metric, Histogram):
        return sum_rate(selection, name, by, window)
    classic = sum_rate(selection, f"{name}_sum", by, window)
    native = f"histogram_sum({sum_rate(selection, name, by, window)})"
    return select_histogram_expression(selection, classic, native)


def build_last_mean(selection: Selection[Histogram], by: Sequence[str] = ()) -> str:
    """The average in seconds of all observations: for a pushed job those of its last run."""
    name = selection.metric.name
    total = aggregate("sum", selector(f"{name}_sum", selection.matchers), by)
    count = aggregate("sum", selector(f"{name}_count", selection.matchers), by)
    native_sum = aggregate("sum", selector(name, selection.matchers), by)
    native = f"histogram_sum({native_sum}) / (histogram_count({native_sum}) > 0)"
    last_mean = select_histogram_expression(selection, f"{total} / ({count} > 0)", native)
    return add_parentheses(_convert_to_seconds(last_mean, selection))


def build_bucket_rates(selection: Selection[Histogram], window: str = WINDOW) -> str:
    """Observations per second and bucket, for a heatmap."""
    name = selection.metric.name
    classic = sum_rate(selection, f"{name}_bucket", ("le",), window)
    native = sum_rate(selection, name, (), window)
    if selection.histograms == "both":
        return f"({native} or ({classic} unless on () {native}))"
    return native if selection.histograms == "native" else classic


def build_fraction_within(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """The fraction of observations of at most these seconds; no series without observations."""
    bound = _find_bucket_bound(selection.metric, seconds)
    observation_rate = sum_rate(selection, f"{selection.metric.name}_count", by, window)
    classic = f"{_build_fast_rate(selection, bound, by, window)} / ({observation_rate} > 0)"
    native_rate = sum_rate(selection, selection.metric.name, by, window)
    native = f"histogram_fraction(0, {format_number(bound)}, {native_rate}) >= 0"
    return add_parentheses(select_histogram_expression(selection, classic, native))


def build_bucket_shares(
    selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """The fraction of observations up to each finite bound, which is the label `le`.

    Native histograms have no bounds of their own: theirs are those of the metric's `buckets`.
    """
    name = selection.metric.name
    finite_buckets = (("le", differs("+Inf")),)
    bucket_rates = sum_rate(
        selection, f"{name}_bucket", ("le", *by), window, extra_matchers=finite_buckets
    )
    observation_rate = sum_rate(selection, f"{name}_count", by, window)
    matching = f"on {format_labels(by)} group_left ()"
    classic = f"{bucket_rates} / {matching} ({observation_rate} > 0)"
    if selection.histograms == "classic":
        return add_parentheses(classic)
    native_rate = sum_rate(selection, name, by, window)
    shares = (
        f"histogram_fraction(0, {format_number(bound)}, {native_rate}) >= 0"
        for bound in selection.metric.buckets
    )
    labelled_shares = (
        add_label(share, "le", format_number(bound))
        for share, bound in zip(shares, selection.metric.buckets, strict=True)
    )
    native = union(*labelled_shares)
    if selection.histograms == "native":
        return native
    return f"({native} or ({classic} unless on {format_labels(by)} {native_rate}))"


def build_slow_rate(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Observations per second above a threshold; a classic bucket has to end there."""
    metric = selection.metric
    is_native = selection.histograms == "native"
    bound = seconds * metric.unit.scale if is_native else _find_bucket_bound(metric, seconds)
    observation_rate = sum_rate(selection, f"{metric.name}_count", by, window)
    classic = f"{observation_rate} - {_build_fast_rate(selection, bound, by, window)}"
    native_rate = sum_rate(selection, metric.name, by, window)
    share = f"1 - histogram_fraction(0, {format_number(bound)}, {native_rate})"
    native = f"histogram_count({native_rate}) * ({share} >= 0)"
    return add_parentheses(select_histogram_expression(selection, classic, native))


def _build_fast_rate(
    selection: Selection[Histogram], bound: float, by: Sequence[str], window: str
) -> str:
    """Observations per second in the buckets up to a bound."""
    bucket_matchers = (("le", build_bound_matcher(bound)),)
    return sum_rate(
        selection, f"{selection.metric.name}_bucket", by, window, extra_matchers=bucket_matchers
    )


def build_apdex(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """The Apdex score, 0 to 1: satisfied requests plus half of the tolerated ones, of all.

    Both bounds, `seconds` and four times of it, have to be bounds of the histogram's buckets.
    """
    satisfied_fraction, tolerated_fraction = (
        build_fraction_within(selection, bound, by, window) for bound in (seconds, 4 * seconds)
    )
    return f"(({satisfied_fraction} + {tolerated_fraction}) / 2)"


def build_bound_matcher(bound: float) -> Matcher:
    """A matcher of every spelling of a bucket's bound: `1` in Prometheus 2, `1.0` in Prometheus 3.

    From a million on client libraries write `1e+06`.
    """
    text = format_number(bound)
    if bound < EXPONENT_THRESHOLD:
        return equals(text) if "." in text else matches(f"{text}([.]0)?")
    mantissa, exponent = f"{Decimal(text).normalize():e}".split("e+")
    return matches(f"{escape_regex(text)}([.]0)?|{escape_regex(mantissa)}e[+]{int(exponent):02}")


def _convert_to_seconds(expression: str, selection: Selection[Metric]) -> str:
    scale = selection.metric.unit.scale
    return expression if scale == 1 else f"{expression} / {scale}"


def _find_bucket_bound(metric: Histogram, seconds: float) -> float:
    """The bucket bound at a threshold, in the metric's own unit; raise if no bucket ends there."""
    for bound in metric.buckets:
        if math.isclose(bound, seconds * metric.unit.scale):
            return bound
    bounds = ", ".join(format_number(bound / metric.unit.scale) for bound in metric.buckets)
    raise DefinitionError(
        f"no bucket of {metric.name} ends at {format_number(seconds)} s",
        tip=f"choose a threshold from its bounds, in seconds: {bounds or 'none known'}.",
    )
