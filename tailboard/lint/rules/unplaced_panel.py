"""A panel that no layout places: it is stored, and nobody ever sees it.

Only a dashboard of schema v2 can have one: its panels are in `elements`, and its `layout` says
where they are drawn.

Bad: `"elements": {"panel-7": ...}`, and a layout that does not name `panel-7`
Good: the same, and `{"kind": "ElementReference", "name": "panel-7"}` in an item of the layout

Exclude it where a panel is kept for later.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    if subject.schema_v2 is None:
        return
    from tailboard.dashboards.schema_v2.layout import list_unplaced_elements
    from tailboard.dashboards.schema_v2.panel import find_panel_title

    document = subject.schema_v2
    for name in list_unplaced_elements(document):
        place = Place(
            subject.place.source, subject.place.dashboard, find_panel_title(document, name)
        )
        yield (
            f"no layout places the element {name!r}",
            "give it a place, or take it out of elements.",
            place,
        )


RULE = LintRule(
    "unplaced-panel",
    "warning",
    "a panel that no layout places",
    __doc__,
    check_document=_check_document,
)
