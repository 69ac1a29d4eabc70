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
from typing import TYPE_CHECKING, Any

import orjson

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject, list_entries

if TYPE_CHECKING:
    from tailboard.dashboards.schema_v2.layout import LayoutItem, Section

SEARCHED_FIELDS = ("panels", "rows", "annotations", "links")


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    variables = list_entries(subject.json, "templating")
    if not variables:
        return
    text = _encode_json([subject.json.get(field) for field in SEARCHED_FIELDS])
    compared_names = _list_compared_names(subject)
    for variable in variables:
        name = str(variable.get("name"))
        if variable.get("type") == "adhoc" or name in compared_names or _is_named(name, text):
            continue
        others = _encode_json([other for other in variables if other is not variable])
        if not _is_named(name, others):
            yield f"the variable {name!r} is not used", "take it away, or use it.", subject.place


def _encode_json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # numbers beyond 64 bits, half a character
        return json.dumps(value, separators=(",", ":")).encode()


def _is_named(name: str, text: bytes) -> bool:
    """Whether a JSON text refers to a variable of this name."""
    escaped_name = re.escape(name.encode("utf-8", "surrogatepass"))
    return bool(
        re.search(
            rb'\$\{?%(name)b\b|\[\[%(name)b\b|"repeat":"%(name)b"' % {b"name": escaped_name}, text
        )
    )


def _list_compared_names(subject: Subject) -> set[str]:
    """The variables that conditions of rows, tabs and panels compare."""
    if subject.schema_v2 is None:
        return set()
    from tailboard.dashboards.schema_v2.layout import list_items, list_sections
    from tailboard.dashboards.schema_v2.values import read_spec

    layout = subject.schema_v2.get("layout")
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
