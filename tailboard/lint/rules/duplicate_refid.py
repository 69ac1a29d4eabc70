"""Two queries of one name on a panel: transformations and overrides mean only one of them.

`--fix` leaves the first its name.

Bad: `"refId": "A"`, on a query beside another one called A
Good: `"refId": "B"`, on that query
"""

from collections import Counter
from itertools import count
from typing import Any

from tailboard.dashboards.passes.numbering import letters
from tailboard.lint.linting import LintRule, Said
from tailboard.queries.subject import Panel, with_panels


def _of_panel(panel: Panel) -> Said:
    names = Counter(_name(it) for it in panel.plain.get("targets") or [])
    for name, several in names.items():
        if several > 1:
            called = f"are called {name!r}" if name else "have no name"
            yield f"{several} queries {called}", "name them A, B, C."


def _name(target: Any) -> str:
    return str(target.get("refId") or "")


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return with_panels(document, _renamed)


def _renamed(panel: dict[str, Any]) -> dict[str, Any]:
    """The first query of a name keeps it: that is the one which transformations find."""
    targets = panel.get("targets") or []
    names = {_name(it) for it in targets}
    if len(names) == len(targets):
        return panel
    free = (name for index in count() if (name := letters(index)) not in names)
    kept = {""}
    made = []
    for it in targets:
        taken = _name(it) in kept
        kept.add(_name(it))
        made.append({**it, "refId": next(free)} if taken else it)
    return {**panel, "targets": made}


RULE = LintRule(
    "duplicate-refid",
    "error",
    "two queries of one name",
    __doc__,
    of_panel=_of_panel,
    fix=_fix,
)
