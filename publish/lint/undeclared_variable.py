"""A variable that the dashboard does not declare: the query asks for the dollar sign.

Bad: `up{job="$job"}` without a variable `job`
"""

from collections.abc import Iterator

from publish.finding import Place
from publish.linting import LintRule
from publish.promql_reading import variables
from publish.subject import Subject, listed

BUILT_IN = {"timeFilter", "interval", "__interval"}


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    declared = {str(it.get("name")) for it in listed(subject.plain, "templating")}
    for panel in subject.panels:
        repeated = {*declared, *(panel.plain.get("scopedVars") or {})}
        for query in panel.queries:
            for name in sorted(variables(query.text) - repeated - BUILT_IN):
                if not name.startswith("__") and not name.isdigit():
                    yield f"${name} is not declared", "declare the variable.", query.place


RULE = LintRule(
    "undeclared-variable",
    "error",
    "a variable that is not declared",
    __doc__,
    of_document=_of_document,
)
