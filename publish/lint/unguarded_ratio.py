"""A ratio of rates that is empty or NaN where one of them has no series or is 0.

Bad: `sum(rate(failed[5m])) / sum(rate(all[5m]))`
Good: `(sum(rate(failed[5m])) or 0 * sum(rate(all[5m]))) / (sum(rate(all[5m])) > 0)`
"""

from publish.linting import LintRule, Said
from publish.promql_reading import RATES, kind, nodes, series
from publish.subject import Query


def _of_query(query: Query) -> Said:
    if query.reading.tree is None:
        return
    for node in nodes(query.reading.tree):
        if kind(node) == "BinaryExpr" and str(node.op) == "/" and _bare_rate(node.rhs):
            yield (
                "a ratio whose whole may be 0 or have no series",
                "write ... / (whole > 0), and (part or 0 * whole) where the part may be missing.",
            )


def _bare_rate(node: object) -> bool:
    """Whether it is a rate that nothing keeps above 0."""
    if any(kind(it) == "BinaryExpr" for it in nodes(node)):
        return False
    return any(RATES & {*it.within} for it in series(node))


RULE = LintRule(
    "unguarded-ratio",
    "warning",
    "a ratio that may divide by nothing",
    __doc__,
    of_query=_of_query,
)
