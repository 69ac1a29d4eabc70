"""Which functions of a range queries use, and of which series."""

from collections.abc import Iterable
from dataclasses import dataclass

from tailboard.findings.finding import Place
from tailboard.queries.promql import RATE_FUNCTIONS
from tailboard.queries.subject import Query

DELTA_FUNCTIONS = {"delta", "idelta", "deriv", "predict_linear"}
"""Functions that count a fall as a fall."""


@dataclass(frozen=True)
class RangeFunction:
    """A function over a range of one series."""

    function: str
    metric: str
    place: Place


def find_range_functions(queries: Iterable[Query]) -> list[RangeFunction]:
    """Those whose meaning depends on the metric's type; not of what may be native histograms."""
    return [
        RangeFunction(selector.operations[0], selector.name, query.place)
        for query in queries
        for selector in query.selectors
        if selector.is_range
        and selector.operations
        and selector.operations[0] in RATE_FUNCTIONS | DELTA_FUNCTIONS
        and not any(name.startswith("histogram_") for name in selector.operations)
    ]
