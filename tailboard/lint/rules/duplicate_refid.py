"""Two queries of one name on a panel: transformations and overrides mean only one of them.

`--fix` leaves the first its name.

Bad: `"refId": "A"`, on a query beside another one called A
Good: `"refId": "B"`, on that query

There is no reason to exclude it.
"""

from collections import Counter
from itertools import count
from typing import Any

from tailboard.dashboards.passes.number import format_ref_id
from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel, convert_panels


def _check_panel(panel: Panel) -> Problems:
    names = [_get_ref_id(target) for target in panel.json.get("targets") or []]
    if len({*names}) == len(names):
        return
    for name, query_count in Counter(names).items():
        if query_count > 1:
            description = f"are called {name!r}" if name else "have no name"
            yield f"{query_count} queries {description}", "name them A, B, C."


def _get_ref_id(target: Any) -> str:
    return str(target.get("refId") or "")


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return convert_panels(document, _rename_queries)


def _rename_queries(panel: dict[str, Any]) -> dict[str, Any]:
    """The first query of a name keeps it: that is the one which transformations find."""
    targets = panel.get("targets") or []
    names = {_get_ref_id(target) for target in targets}
    if len(names) == len(targets):
        return panel
    free_names = (name for index in count() if (name := format_ref_id(index)) not in names)
    used_names = {""}
    new_targets = []
    for target in targets:
        is_used = _get_ref_id(target) in used_names
        used_names.add(_get_ref_id(target))
        new_targets.append({**target, "refId": next(free_names)} if is_used else target)
    return {**panel, "targets": new_targets}


RULE = LintRule(
    "duplicate-refid",
    "error",
    "two queries of one name",
    __doc__,
    check_panel=_check_panel,
    fix=_fix_document,
)
