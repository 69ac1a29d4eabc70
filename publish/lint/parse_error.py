"""An expression that is not PromQL: the panel is an error, the rule file is refused as a whole.

Bad: `sum(rate(requests_total[5m])`
Good: `sum(rate(requests_total[5m]))`
"""

from publish.linting import LintRule, Said
from publish.subject import Query


def _of_query(query: Query) -> Said:
    if query.reading.tree is None:
        yield f"it is not PromQL: {query.reading.problem}", "try the query in Grafana's Explore."


RULE = LintRule(
    "parse-error",
    "error",
    "an expression that is not PromQL",
    __doc__,
    of_query=_of_query,
)
