"""A variable that nothing uses: choosing a value changes nothing.

It is used where a panel, a row, a link, an annotation or another variable names it, or repeats by
it, and where a condition of schema v2 compares it. A data source's variable for ad hoc filters
works without being named.

Bad: `"title": "Errors"`, on a dashboard with a variable called job that no query names either
Good: `"title": "Errors of $job"`, or a query that chooses by it

Exclude it where links from other dashboards set the variable.
"""

import json
import re
from collections.abc import Iterator

from tailboard.dashboards.schema_v2.layout import (
    LayoutItem,
    Section,
    list_items,
    list_sections,
)
from tailboard.dashboards.schema_v2.values import read_spec
from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject, list_entries


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    variables = list_entries(subject.json, "templating")
    text = json.dumps(
        [subject.json.get(field) for field in ("panels", "rows", "annotations", "links")]
    )
    compared_names = _list_compared_names(subject)
    for variable in variables:
        name = str(variable.get("name"))
        escaped_name = re.escape(name)
        reference = re.compile(
            rf'\$\{{?{escaped_name}\b|\[\[{escaped_name}\b|"repeat": "{escaped_name}"'
        )
        if variable.get("type") == "adhoc" or name in compared_names or reference.search(text):
            continue
        others = json.dumps([other for other in variables if other is not variable])
        if not reference.search(others):
            yield f"the variable {name!r} is not used", "take it away, or use it.", subject.place


def _list_compared_names(subject: Subject) -> set[str]:
    """The variables that conditions of rows, tabs and panels compare."""
    layout = (subject.schema_v2 or {}).get("layout")
    holders: list[Section | LayoutItem] = [*list_sections(layout), *list_items(layout)]
    conditions = [condition for holder in holders for condition in holder.conditions]
    return {str(read_spec(condition).get("variable")) for condition in conditions}


RULE = LintRule(
    "unused-variable",
    "note",
    "a variable that nothing uses",
    __doc__,
    check_document=_check_document,
)
