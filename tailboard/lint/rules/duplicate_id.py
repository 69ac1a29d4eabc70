"""Two panels of one id: links, alerts and annotations of one end at the other.

`--fix` leaves the first its id, and with it what links to it.

Bad: `"id": 1`, on a panel beside another one of the id 1
Good: `"id": 2`, on that panel
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.subject import Subject, top_level, with_panels


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    ids = Counter(it.plain.get("id") for it in subject.panels if it.plain.get("id"))
    for number, several in ids.items():
        if several > 1:
            yield f"{several} panels have the id {number}", "give each its own.", subject.place


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    """The first keeps its id, and with it what links to it."""
    taken = {it.get("id") for it in _with_rows(document)}
    free = (it for it in count(1) if it not in taken)
    seen = set()

    def numbered(panel: dict[str, Any]) -> dict[str, Any]:
        number = panel.get("id")
        if number and number in seen:
            return {**panel, "id": next(free)}
        seen.add(number)
        return panel

    return with_panels(document, numbered)


def _with_rows(document: dict[str, Any]) -> Iterator[Any]:
    for panel in top_level(document):
        yield panel
        yield from panel.get("panels") or []


RULE = LintRule(
    "duplicate-id",
    "error",
    "two panels of one id",
    __doc__,
    of_document=_of_document,
    fix=_fix,
)
