"""An expression that is not PromQL: the panel is an error, the rule file is refused as a whole.

What fills variables and annotations is read too.

Bad: `sum(rate(requests_total[5m])`
Good: `sum(rate(requests_total[5m]))`
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule, Said
from tailboard.queries.annotation_queries import annotation_queries
from tailboard.queries.subject import Query, Subject
from tailboard.queries.variable_queries import variable_queries


def _of_query(query: Query) -> Said:
    if query.reading.tree is None:
        yield f"it is not PromQL: {query.reading.problem}", "try the query in Grafana's Explore."


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for query in (*variable_queries(subject), *annotation_queries(subject)):
        for problem, tip in _of_query(query):
            yield problem, tip, query.place


RULE = LintRule(
    "parse-error",
    "error",
    "an expression that is not PromQL",
    __doc__,
    of_query=_of_query,
    of_document=_of_document,
)
