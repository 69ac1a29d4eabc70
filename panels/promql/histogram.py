"""Percentiles, means and distributions: durations in seconds, whatever the metric's unit."""

import math
from collections.abc import Sequence
from decimal import Decimal

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher, equals, literal, matches
from tailboard.panels.metric import Histogram, Metric
from tailboard.panels.objectives import checked_percentile
from tailboard.panels.promql.expression import WINDOW, aggregated, number, operand, selector
from tailboard.panels.promql.series import stored, summed
from tailboard.panels.selection import Selection

LONG_NUMBER = 1e6
"""From here on clients write a bucket's bound with an exponent."""


def quantile(
    fraction: float,
    selection: Selection[Histogram],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """A percentile in seconds, estimated from the buckets.

    `>= 0` drops the NaN that Prometheus answers where nothing was observed.
    """
    share = number(checked_percentile(fraction))
    name = selection.metric.name
    classic = (
        f"histogram_quantile({share}, {summed(selection, f'{name}_bucket', ('le', *by), window)})"
    )
    native = f"histogram_quantile({share}, {summed(selection, name, by, window)})"
    return f"({_in_seconds(stored(selection, classic, native), selection)} >= 0)"


def mean(selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW) -> str:
    """The average in seconds; nothing where nothing was observed."""
    name = selection.metric.name
    observed = summed(selection, f"{name}_count", by, window)
    classic = f"{summed(selection, f'{name}_sum', by, window)} / ({observed} > 0)"
    whole = summed(selection, name, by, window)
    native = f"histogram_sum({whole}) / (histogram_count({whole}) > 0)"
    return operand(_in_seconds(stored(selection, classic, native), selection))


def time_spent(
    selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """Seconds spent per second: how many of the observed things ran at once on average."""
    name = selection.metric.name
    classic = summed(selection, f"{name}_sum", by, window)
    native = f"histogram_sum({summed(selection, name, by, window)})"
    return operand(_in_seconds(stored(selection, classic, native), selection))


def last_mean(selection: Selection[Histogram], by: Sequence[str] = ()) -> str:
    """The average in seconds of all that was ever observed: of a pushed job, its last run."""
    name = selection.metric.name
    total = aggregated("sum", selector(f"{name}_sum", selection.matchers), by)
    count = aggregated("sum", selector(f"{name}_count", selection.matchers), by)
    whole = aggregated("sum", selector(name, selection.matchers), by)
    native = f"histogram_sum({whole}) / (histogram_count({whole}) > 0)"
    last = stored(selection, f"{total} / ({count} > 0)", native)
    return operand(_in_seconds(last, selection))


def buckets(selection: Selection[Histogram], window: str = WINDOW) -> str:
    """Observations per second and bucket, for a heatmap."""
    name = selection.metric.name
    classic = summed(selection, f"{name}_bucket", ("le",), window)
    native = summed(selection, name, (), window)
    if selection.histograms == "both":
        return f"({native} or ({classic} unless on () {native}))"
    return native if selection.histograms == "native" else classic


def within(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """The fraction of observations that took at most so long; nothing where there were none."""
    bound = _bucket_bound(selection.metric, seconds)
    observed = summed(selection, f"{selection.metric.name}_count", by, window)
    classic = f"{_fast(selection, bound, by, window)} / ({observed} > 0)"
    whole = summed(selection, selection.metric.name, by, window)
    native = f"histogram_fraction(0, {number(bound)}, {whole}) >= 0"
    return operand(stored(selection, classic, native))


def slower(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Observations per second that took longer; of classic buckets, one has to end there."""
    metric = selection.metric
    native_only = selection.histograms == "native"
    bound = seconds * metric.unit.per_base if native_only else _bucket_bound(metric, seconds)
    observed = summed(selection, f"{metric.name}_count", by, window)
    classic = f"{observed} - {_fast(selection, bound, by, window)}"
    whole = summed(selection, metric.name, by, window)
    share = f"1 - histogram_fraction(0, {number(bound)}, {whole})"
    native = f"histogram_count({whole}) * ({share} >= 0)"
    return operand(stored(selection, classic, native))


def _fast(selection: Selection[Histogram], bound: float, by: Sequence[str], window: str) -> str:
    """Observations per second in the buckets up to a bound."""
    below = (("le", bound_matcher(bound)),)
    return summed(selection, f"{selection.metric.name}_bucket", by, window, also=below)


def apdex(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """The Apdex score, 0 to 1: satisfied requests plus half of the tolerated ones, of all.

    Both bounds, `seconds` and four times of it, have to be bounds of the histogram's buckets.
    """
    low, high = (within(selection, bound, by, window) for bound in (seconds, 4 * seconds))
    return f"(({low} + {high}) / 2)"


def bound_matcher(bound: float) -> Matcher:
    """A bucket's bound in every spelling: Prometheus 2 keeps `1`, Prometheus 3 writes `1.0`.

    From a million on clients write `1e+06`.
    """
    text = number(bound)
    if bound < LONG_NUMBER:
        return equals(text) if "." in text else matches(f"{text}([.]0)?")
    mantissa, exponent = f"{Decimal(text).normalize():e}".split("e+")
    return matches(f"{literal(text)}([.]0)?|{literal(mantissa)}e[+]{int(exponent):02}")


def _in_seconds(expression: str, selection: Selection[Metric]) -> str:
    scale = selection.metric.unit.per_base
    return expression if scale == 1 else f"{expression} / {scale}"


def _bucket_bound(metric: Histogram, seconds: float) -> float:
    """The threshold in the metric's own unit, if a bucket ends there."""
    for bound in metric.buckets:
        if math.isclose(bound, seconds * metric.unit.per_base):
            return bound
    known = ", ".join(number(bound / metric.unit.per_base) for bound in metric.buckets)
    raise DefinitionError(
        f"no bucket of {metric.name} ends at {number(seconds)} s",
        tip=f"choose a threshold from its bounds, in seconds: {known or 'none known'}.",
    )
