"""Fractions and sums that survive the absence of one of their parts."""

from collections.abc import Sequence

from tailboard.panels.metric import Gauge
from tailboard.panels.promql.expression import aggregate, selector
from tailboard.panels.selection import Selection


def ratio(part: str, whole: str, fallback: str = "") -> str:
    """A fraction that is 0 where nothing of the part happened, and where nothing happened at all.

    Prometheus answers nothing where a part's series does not exist yet, and NaN for 0 / 0.
    `otherwise` is what to say while not even the whole's series exists.
    """
    alternatives = [f"{part} / ({whole} > 0)", f"0 * {whole}", *([fallback] if fallback else [])]
    return f"({' or '.join(alternatives)})"


def add(left: str, right: str) -> str:
    """The sum of two expressions; where one has no series, as before its first event, it is 0."""
    return f"(({left} or 0 * {right}) + ({right} or 0 * {left}))"


def build_zero_while_up(up: Selection[Gauge], by: Sequence[str] = ()) -> str:
    """0 for a service that is up: what `ratio` answers before the first event. Nothing if down."""
    return f"0 * {aggregate('sum', f'{selector(up.metric.name, up.matchers)} == 1', by)}"
