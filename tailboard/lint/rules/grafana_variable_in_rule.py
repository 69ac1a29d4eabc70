"""A variable of Grafana where nothing fills it in: in a rule of Prometheus, which does not know it.

`$__rate_interval` is filled in where panels and annotations ask. In the query that fills a variable
it stays as it is written, and the variable has no values.

Bad: `rate(requests_total[$__rate_interval]) > 1`
Good: `rate(requests_total[5m]) > 1`
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule, Said
from tailboard.queries.promql_reading import variables
from tailboard.queries.subject import Query, Subject
from tailboard.queries.variable_queries import variable_queries

OF_PANELS = "__rate_interval"


def _of_query(query: Query) -> Said:
    if query.in_rule:
        for name in sorted(it for it in variables(query.text) if not it.isdigit()):
            yield f"${name} is a variable of Grafana", "write what it stands for."


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for query in variable_queries(subject):
        if OF_PANELS in variables(query.text):
            yield (
                f"${OF_PANELS} is not filled in where a variable asks",
                "write $__range, and let the variable refresh when the time range changes.",
                query.place,
            )


RULE = LintRule(
    "grafana-variable-in-rule",
    "error",
    "a variable of Grafana where nothing fills it in",
    __doc__,
    of_query=_of_query,
    of_document=_of_document,
)
