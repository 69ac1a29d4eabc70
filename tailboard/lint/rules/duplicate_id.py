"""Two panels of one id: links, alerts and annotations of one end at the other.

`--fix` leaves the first its id, and with it what links to it.

Bad: `"id": 1`, on a panel beside another one of the id 1
Good: `"id": 2`, on that panel

There is no reason to exclude it.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject, convert_panels, list_top_level_panels


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    ids = Counter(panel.json.get("id") for panel in subject.panels if panel.json.get("id"))
    for number, panel_count in ids.items():
        if panel_count > 1:
            yield f"{panel_count} panels have the id {number}", "give each its own.", subject.place


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    """The first keeps its id, and with it what links to it."""
    used_ids = {panel.get("id") for panel in _list_panels_and_rows(document)}
    free_ids = (candidate for candidate in count(1) if candidate not in used_ids)
    seen_ids = set()

    def renumber_panel(panel: dict[str, Any]) -> dict[str, Any]:
        number = panel.get("id")
        if number and number in seen_ids:
            return {**panel, "id": next(free_ids)}
        seen_ids.add(number)
        return panel

    return convert_panels(document, renumber_panel)


def _list_panels_and_rows(document: dict[str, Any]) -> Iterator[Any]:
    for panel in list_top_level_panels(document):
        yield panel
        yield from panel.get("panels") or []


RULE = LintRule(
    "duplicate-id",
    "error",
    "two panels of one id",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
