"""A dashboard that nobody may edit: nobody can change a query to try it.

`"editable": false` hides the editor from all, and protects nothing: who may save is decided by
permissions, and what is published from code is written again anyway.

Bad: `"editable": false`
Good: `"editable": true`

`--fix` takes the lock away. Exclude it where a wall or the public looks at the dashboard.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    if subject.json.get("editable") is False:
        problem = "nobody may edit it, not even to try a query"
        yield problem, 'write "editable": true.', subject.place


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "editable": True}


RULE = LintRule(
    "uneditable-dashboard",
    "note",
    "a dashboard that nobody may edit",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
