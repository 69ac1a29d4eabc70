"""An expression that is not PromQL: the panel is an error, the rule file is refused as a whole.

What fills variables and annotations is read too.

Bad: `sum(rate(requests_total[5m])`
Good: `sum(rate(requests_total[5m]))`

Exclude it where a newer Prometheus reads what is not known here yet.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.annotations import list_annotation_queries
from tailboard.queries.subject import Query, Subject
from tailboard.queries.variables import list_variable_queries


def _check_query(query: Query) -> Problems:
    if query.expression.problem:
        yield f"it is not PromQL: {query.expression.problem}", "try the query in Grafana's Explore."


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for query in (*list_variable_queries(subject), *list_annotation_queries(subject)):
        for problem, tip in _check_query(query):
            yield problem, tip, query.place


RULE = LintRule(
    "parse-error",
    "error",
    "an expression that is not PromQL",
    __doc__,
    check_query=_check_query,
    check_document=_check_document,
)
