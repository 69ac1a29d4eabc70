"""A variable whose values are not those of the time range: what was there last week is missing.

Its query is run once, when the dashboard is loaded, or never again. With `"refresh": 2` it is run
whenever the time range changes.

Bad: `"refresh": 1`, on a variable that is filled by a query
Good: `"refresh": 2`, on the same

`--fix` sets it. Exclude it where the query is slow and its values never change.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.data_sources import is_prometheus_source, list_source_kinds
from tailboard.queries.subject import Subject, list_entries

ON_TIME_RANGE_CHANGE = 2


def _is_stale(variable: Any, kinds: dict[str, str]) -> bool:
    return (
        isinstance(variable, dict)
        and variable.get("type") == "query"
        and bool(variable.get("query"))
        and variable.get("refresh") != ON_TIME_RANGE_CHANGE
        and is_prometheus_source(variable.get("datasource"), kinds)
    )


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    kinds = list_source_kinds(subject.json)
    names = [
        repr(variable.get("name"))
        for variable in list_entries(subject.json, "templating")
        if _is_stale(variable, kinds)
    ]
    if names:
        subject_text = f"variable {names[0]} does" if len(names) == 1 else f"{len(names)} variables"
        detail = "" if len(names) == 1 else f" ({', '.join(names)}) do"
        yield (
            f"the {subject_text}{detail} not follow the time range",
            'write "refresh": 2.',
            subject.place,
        )


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    kinds = list_source_kinds(document)
    templating = document.get("templating")
    variables = templating.get("list") if isinstance(templating, dict) else None
    if not isinstance(templating, dict) or not isinstance(variables, list):
        return document
    fixed = [
        {**variable, "refresh": ON_TIME_RANGE_CHANGE} if _is_stale(variable, kinds) else variable
        for variable in variables
    ]
    return {**document, "templating": {**templating, "list": fixed}}


RULE = LintRule(
    "stale-variable",
    "warning",
    "a variable that does not follow the time range",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
