"""Which functions of a range queries use, and of which series."""

from collections.abc import Iterable
from dataclasses import dataclass

from tailboard.findings.finding import Place
from tailboard.queries.parser.promql import RATE_FUNCTIONS, Selector
from tailboard.queries.subject import Query

DELTA_FUNCTIONS = {"delta", "idelta", "deriv", "predict_linear"}
"""Functions that count a fall as a fall."""


@dataclass(frozen=True)
class RangeFunction:
    """A function over the range that a selector reads."""

    function: str
    selector: Selector
    place: Place

    @property
    def metric(self) -> str:
        """The name of the series."""
        return self.selector.name


def find_range_functions(queries: Iterable[Query]) -> list[RangeFunction]:
    """Those whose meaning depends on the metric's type; not of what may be native histograms."""
    return [
        RangeFunction(selector.operations[0], selector, query.place)
        for query in queries
        for selector in query.selectors
        if selector.is_range
        and selector.operations
        and selector.operations[0] in RATE_FUNCTIONS | DELTA_FUNCTIONS
        and not any(name.startswith("histogram_") for name in selector.operations)
    ]
