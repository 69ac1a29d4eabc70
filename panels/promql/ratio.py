"""Ratios and sums that have a value while one of their operands has no series."""

from collections.abc import Sequence

from tailboard.panels.metric import Gauge
from tailboard.panels.promql.expression import aggregate, selector
from tailboard.panels.selection import Selection


def ratio(part: str, whole: str, fallback: str = "") -> str:
    """A ratio that is 0 where the part has no series yet, and where the whole is 0.

    Prometheus returns no series for the former and NaN for the latter. `fallback` is the expression
    to use while the whole has no series either.
    """
    alternatives = [f"{part} / ({whole} > 0)", f"0 * {whole}", *([fallback] if fallback else [])]
    return f"({' or '.join(alternatives)})"


def add(left: str, right: str) -> str:
    """The sum of two expressions; one without a series, as before its first event, counts as 0."""
    return f"(({left} or 0 * {right}) + ({right} or 0 * {left}))"


def build_zero_while_up(up: Selection[Gauge], by: Sequence[str] = ()) -> str:
    """0 for a service that is up, as a `fallback` of `ratio`; no series for one that is down."""
    return f"0 * {aggregate('sum', f'{selector(up.metric.name, up.matchers)} == 1', by)}"
