"""A uid that Grafana refuses: nothing is published, not even what is right beside it.

A uid is 1 to 40 letters, digits, dashes and underscores. Where there is none, one is made of the
title. `--fix` leaves it: links and alerts name the dashboard by it, and only a person knows which.

Bad: `"uid": "orders of today!"`
Good: `"uid": "orders-of-today"`

There is no reason to exclude it.
"""

from collections.abc import Iterator

from tailboard.dashboards.uid import validate_uid
from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    uid = subject.json.get("uid")
    if not uid or "groups" in subject.json:
        return
    try:
        validate_uid(uid, str(subject.json.get("title")))
    except DefinitionError as error:
        yield error.problem, error.tip, subject.place


RULE = LintRule(
    "refused-uid",
    "error",
    "a uid that Grafana refuses",
    __doc__,
    check_document=_check_document,
)
