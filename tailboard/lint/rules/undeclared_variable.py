"""A variable that the dashboard does not declare: the query asks for the dollar sign.

What fills variables and annotations is read too.

Bad: `up{job="$job"}`, where no variable is called so
Good: `up{job="orders"}`, or the same with a variable of that name
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.annotation_queries import annotation_queries
from tailboard.queries.promql_reading import variables
from tailboard.queries.subject import Query, Subject, listed
from tailboard.queries.variable_queries import variable_queries

BUILT_IN = {"timeFilter", "interval", "__interval"}


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    declared = {str(it.get("name")) for it in listed(subject.plain, "templating")}
    for panel in subject.panels:
        repeated = {*declared, *(panel.plain.get("scopedVars") or {})}
        for query in panel.queries:
            yield from _undeclared(query, repeated)
    for query in (*variable_queries(subject), *annotation_queries(subject)):
        yield from _undeclared(query, declared)


def _undeclared(query: Query, declared: set[str]) -> Iterator[tuple[str, str, Place]]:
    for name in sorted(variables(query.text) - declared - BUILT_IN):
        if not name.startswith("__") and not name.isdigit():
            yield f"${name} is not declared", "declare the variable.", query.place


RULE = LintRule(
    "undeclared-variable",
    "error",
    "a variable that is not declared",
    __doc__,
    of_document=_of_document,
)
