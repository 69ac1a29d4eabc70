"""A variable that the dashboard does not declare: the query contains the dollar sign itself.

What fills variables and annotations is read too, and what a document's `__inputs` ask for is
declared.

Bad: `up{job="$job"}`, where no variable is called so
Good: `up{job="orders"}`, or the same with a variable of that name

Exclude it where something fills in the variable before Grafana reads the dashboard.
"""

from collections.abc import Iterator, Mapping

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.annotations import list_annotation_queries
from tailboard.queries.parser.promql import find_variables
from tailboard.queries.subject import JsonMapping, Query, Subject, list_entries
from tailboard.queries.variables import list_variable_queries

BUILT_IN = {"timeFilter", "interval", "__interval"}


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    dashboard_variables = (
        {str(variable.get("name")) for variable in list_entries(subject.json, "templating")}
        | _list_input_names(subject.json)
        | BUILT_IN
    )
    for panel in subject.panels:
        scoped_variables = panel.json.get("scopedVars")
        panel_variables = (
            {*dashboard_variables, *scoped_variables} if scoped_variables else dashboard_variables
        )
        for query in panel.queries:
            yield from _find_undeclared(query, panel_variables)
    for query in (*list_variable_queries(subject), *list_annotation_queries(subject)):
        yield from _find_undeclared(query, dashboard_variables)


def _list_input_names(document: JsonMapping) -> set[str]:
    """What an import of the document has to fill in: `VAR_THRESHOLD`, `DS_PROMETHEUS`."""
    inputs = document.get("__inputs")
    entries = inputs if isinstance(inputs, list) else []
    return {str(entry.get("name")) for entry in entries if isinstance(entry, Mapping)}


def _find_undeclared(query: Query, variable_names: set[str]) -> Iterator[tuple[str, str, Place]]:
    for name in sorted(find_variables(query.text) - variable_names):
        if not name.startswith("__") and not name.isdigit():
            yield f"${name} is not declared", "declare the variable.", query.place


RULE = LintRule(
    "undeclared-variable",
    "error",
    "a variable that is not declared",
    __doc__,
    check_document=_check_document,
)
