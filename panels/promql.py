"""The only place that composes PromQL.

Every function returns an expression that may stand as an operand of the others: what binds weaker
than a function call is in parentheses. Durations come out in seconds, whatever the metric's unit.
"""

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from panels.definition_error import DefinitionError
from panels.matcher import Matcher, Matchers, equals, literal, matches, quoted
from panels.metric import Counter, Difference, Gauge, Histogram, Metric, Total
from panels.objectives import checked_percentile
from panels.selection import Selection

_OPAQUE = re.compile(
    r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*` | \#[^\n]* """, re.VERBOSE
)
"""What may hold parentheses that mean nothing: a string in any of PromQL's quotes, a comment."""

WINDOW = "$__rate_interval"
"""The range of a rate on a dashboard; Grafana makes it at least four scrapes long."""

LONG_NUMBER = 1e6
"""From here on clients write a bucket's bound with an exponent."""


def number(value: float) -> str:
    """A number as PromQL and people write it: 1, 0.25."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def selector(name: str, matchers: Matchers = (), window: str = "") -> str:
    """`name{label="value"}[window]`."""
    inside = ",".join(f"{label}{it.op}{quoted(it.value)}" for label, it in matchers)
    return name + (f"{{{inside}}}" if inside else "") + (f"[{window}]" if window else "")


def bare(expression: str) -> str:
    """The expression without the parentheses that it needs as an operand only."""
    depth = 0
    for index, char in enumerate(_OPAQUE.sub(lambda found: " " * len(found[0]), expression)):
        depth += (char == "(") - (char == ")")
        if depth == 0 and index < len(expression) - 1:
            return expression
    return expression[1:-1] if expression.startswith("(") else expression


def series(selection: Selection[Metric]) -> str:
    """The series as they are."""
    return selector(selection.metric.name, selection.matchers)


def existing(selection: Selection[Metric]) -> str:
    """A selector of one series for each combination of labels, whatever the metric's type."""
    name = selection.metric.name
    if not isinstance(selection.metric, Histogram) or selection.histograms == "native":
        return selector(name, selection.matchers)
    if selection.histograms == "both":
        return selector("", (("__name__", matches(f"{name}(_count)?")), *selection.matchers))
    return selector(f"{name}_count", selection.matchers)


def changes(selection: Selection[Gauge], window: str) -> str:
    """How often a value changed in the window."""
    return f"changes({selector(selection.metric.name, selection.matchers, window)})"


def value_count(selection: Selection[Metric], labels: Sequence[str], by: Sequence[str] = ()) -> str:
    """How many combinations of values the labels have."""
    return aggregated("count", aggregated("count", existing(selection), labels), by)


def age(moment: str) -> str:
    """Seconds since a moment given as Unix time."""
    return f"(time() - {moment})"


def aggregated(operator: str, expression: str, by: Sequence[str] = ()) -> str:
    """`sum by (label) (expression)`."""
    return f"{operator} by ({', '.join(by)}) ({expression})" if by else f"{operator}({expression})"


def rate(
    selection: Selection[Counter | Histogram | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events per second; of a histogram, its observations."""
    return _counted("rate", selection, by, window)


def increase(
    selection: Selection[Counter | Histogram | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events in the window, as Prometheus extrapolates them."""
    return _counted("increase", selection, by, window)


def value(
    selection: Selection[Gauge | Difference], by: Sequence[str] = (), operator: str = "sum"
) -> str:
    """The current value, aggregated over everything but `by`."""
    metric = selection.metric
    total = aggregated(operator, series(selection), by)
    if isinstance(metric, Difference):
        left = aggregated(operator, selector(metric.minus, selection.matchers), by)
        return f"({total} - {left})"
    return total


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
        f"histogram_quantile({share}, {_summed(selection, f'{name}_bucket', ('le', *by), window)})"
    )
    native = f"histogram_quantile({share}, {_summed(selection, name, by, window)})"
    return f"({_in_seconds(_stored(selection, classic, native), selection)} >= 0)"


def mean(selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW) -> str:
    """The average in seconds; nothing where nothing was observed."""
    name = selection.metric.name
    observed = _summed(selection, f"{name}_count", by, window)
    classic = f"{_summed(selection, f'{name}_sum', by, window)} / ({observed} > 0)"
    summed = _summed(selection, name, by, window)
    native = f"histogram_sum({summed}) / (histogram_count({summed}) > 0)"
    return _operand(_in_seconds(_stored(selection, classic, native), selection))


def time_spent(
    selection: Selection[Histogram], by: Sequence[str] = (), window: str = WINDOW
) -> str:
    """Seconds spent per second: how many of the observed things ran at once on average."""
    name = selection.metric.name
    classic = _summed(selection, f"{name}_sum", by, window)
    native = f"histogram_sum({_summed(selection, name, by, window)})"
    return _operand(_in_seconds(_stored(selection, classic, native), selection))


def last_mean(selection: Selection[Histogram], by: Sequence[str] = ()) -> str:
    """The average in seconds of all that was ever observed: of a pushed job, its last run."""
    name = selection.metric.name
    total = aggregated("sum", selector(f"{name}_sum", selection.matchers), by)
    count = aggregated("sum", selector(f"{name}_count", selection.matchers), by)
    summed = aggregated("sum", selector(name, selection.matchers), by)
    native = f"histogram_sum({summed}) / (histogram_count({summed}) > 0)"
    stored = _stored(selection, f"{total} / ({count} > 0)", native)
    return _operand(_in_seconds(stored, selection))


def buckets(selection: Selection[Histogram], window: str = WINDOW) -> str:
    """Observations per bucket, for a heatmap."""
    name = selection.metric.name
    classic = _summed(selection, f"{name}_bucket", ("le",), window, "increase")
    native = _summed(selection, name, (), window, "increase")
    if selection.histograms == "both":
        return f"({native} or ({classic} unless on () {native}))"
    return native if selection.histograms == "native" else classic


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


def within(
    selection: Selection[Histogram],
    seconds: float,
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """The fraction of observations that took at most so long; nothing where there were none."""
    metric = selection.metric
    bound = _bucket_bound(metric, seconds)
    below = (*selection.matchers, ("le", bound_matcher(bound)))
    fast = aggregated("sum", f"rate({selector(f'{metric.name}_bucket', below, window)})", by)
    observed = _summed(selection, f"{metric.name}_count", by, window)
    classic = f"{fast} / ({observed} > 0)"
    summed = _summed(selection, metric.name, by, window)
    native = f"histogram_fraction(0, {number(bound)}, {summed}) >= 0"
    return _operand(_stored(selection, classic, native))


def ratio(part: str, whole: str, otherwise: str = "") -> str:
    """A fraction that is 0 where nothing of the part happened, and where nothing happened at all.

    Prometheus answers nothing where a part's series does not exist yet, and NaN for 0 / 0.
    `otherwise` is what to say while not even the whole's series exists.
    """
    alternatives = [f"{part} / ({whole} > 0)", f"0 * {whole}", *([otherwise] if otherwise else [])]
    return f"({' or '.join(alternatives)})"


def added(left: str, right: str) -> str:
    """The sum of two expressions; where one has no series, as before its first event, it is 0."""
    return f"(({left} or 0 * {right}) + ({right} or 0 * {left}))"


def zero_while_up(up: Selection[Gauge], by: Sequence[str] = ()) -> str:
    """0 for a service that is up: what `ratio` answers before the first event. Nothing if down."""
    return f"0 * {aggregated('sum', f'{series(up)} == 1', by)}"


def top(count: int, expression: str) -> str:
    """The largest series."""
    return f"topk({count}, {expression})"


def labelled(expression: str, label: str, value: str) -> str:
    """The same series with one more label."""
    return (
        f'label_replace({expression}, {quoted(label)}, {quoted(value.replace("$", "$$"))}, "", "")'
    )


def copied_label(expression: str, label: str, source: str) -> str:
    """The same series with the value of one label also under another name."""
    return f'label_replace({expression}, {quoted(label)}, "$1", {quoted(source)}, "(.*)")'


def either(*expressions: str) -> str:
    """The first, and what the others have besides it."""
    return f"({' or '.join(expressions)})" if len(expressions) > 1 else expressions[0]


def bound_matcher(bound: float) -> Matcher:
    """A bucket's bound in every spelling: Prometheus 2 keeps `1`, Prometheus 3 writes `1.0`.

    From a million on clients write `1e+06`.
    """
    text = number(bound)
    if bound < LONG_NUMBER:
        return equals(text) if "." in text else matches(f"{text}([.]0)?")
    mantissa, exponent = f"{Decimal(text).normalize():e}".split("e+")
    return matches(f"{literal(text)}([.]0)?|{literal(mantissa)}e[+]{int(exponent):02}")


def _counted(function: str, selection: Selection[Metric], by: Sequence[str], window: str) -> str:
    metric = selection.metric
    if isinstance(metric, Histogram):
        classic = _summed(selection, f"{metric.name}_count", by, window, function)
        native = f"histogram_count({_summed(selection, metric.name, by, window, function)})"
        return _stored(selection, classic, native)
    summed = _summed(selection, metric.name, by, window, function)
    if isinstance(metric, Total):
        return added(summed, _summed(selection, metric.plus, by, window, function))
    return summed


def _summed(
    selection: Selection[Metric],
    name: str,
    by: Sequence[str],
    window: str,
    function: str = "rate",
) -> str:
    return aggregated("sum", f"{function}({selector(name, selection.matchers, window)})", by)


def _stored(selection: Selection[Metric], classic: str, native: str) -> str:
    """The expression for how the histogram is stored; with both, native wins series by series."""
    choices = {"classic": classic, "native": native, "both": f"({native} or {classic})"}
    return choices[selection.histograms]


def _operand(expression: str) -> str:
    """The expression in one pair of parentheses."""
    return f"({bare(expression)})"


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
