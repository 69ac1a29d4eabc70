"""A variable of Grafana where nothing fills it in: in a rule of Prometheus, which does not know it.

`$__rate_interval` is filled in where panels and annotations ask. In the query that fills a variable
it stays unchanged, and the variable has no values.

Bad: `rate(requests_total[$__rate_interval]) > 1`
Good: `rate(requests_total[5m]) > 1`

Exclude it where something fills in the variable before Prometheus reads the file.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.parser.promql import find_variables
from tailboard.queries.subject import Subject
from tailboard.queries.variables import list_variable_queries

RATE_INTERVAL = "__rate_interval"


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for query, _ in subject.rules:
        names = find_variables(query.text) if query.is_in_rule else ()
        for name in sorted(name for name in names if not name.isdigit()):
            yield f"${name} is a variable of Grafana", "write what it stands for.", query.place
    for query in list_variable_queries(subject):
        if RATE_INTERVAL in find_variables(query.text):
            yield (
                f"${RATE_INTERVAL} is not filled in in the query of a variable",
                "write $__range, and let the variable refresh when the time range changes.",
                query.place,
            )


RULE = LintRule(
    "grafana-variable-in-rule",
    "error",
    "a variable of Grafana where nothing fills it in",
    __doc__,
    check_document=_check_document,
)
