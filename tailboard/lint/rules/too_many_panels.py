"""More than a person can read and Prometheus likes to answer at once.

More than 40 panels or 100 queries that load with the dashboard are reported. Those in a closed row
are run when somebody opens it, and do not count; of the tabs of schema v2, the one with most does.

Bad: 50 panels under each other, rows with `"collapsed": false`
Good: the ten that matter first, and the others in rows with `"collapsed": true`, or in tabs

Exclude it for dashboards that nobody opens often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import (
    Panel,
    Subject,
    list_placed_panels,
    list_top_level_panels,
)

if TYPE_CHECKING:
    from tailboard.dashboards.schema_v2.layout import Section

MAX_PANELS = 40
MAX_QUERIES = 100


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    visible_panels = _list_visible_panels(subject)
    query_count = sum(len(panel.queries) for panel in visible_panels)
    if len(visible_panels) > MAX_PANELS:
        yield (
            f"{len(visible_panels)} panels load at once",
            "split it, or collapse rows.",
            subject.place,
        )
    if query_count > MAX_QUERIES:
        yield (
            f"{query_count} queries are run at once",
            "split it, or collapse rows.",
            subject.place,
        )


def _list_visible_panels(subject: Subject) -> Sequence[Panel]:
    """The panels that load with the dashboard, or with the tab that has most of them."""
    if subject.schema_v2 is None:
        open_ids = {id(panel) for panel in list_top_level_panels(subject.json)}
        return [panel for panel in subject.panels if id(panel.json) in open_ids]
    panels_by_tab: defaultdict[Section | None, list[Panel]] = defaultdict(list)
    for panel, item in list_placed_panels(subject):
        if item is not None and not any(section.is_closed for section in item.path):
            panels_by_tab[item.tab].append(panel)
    untabbed_panels = panels_by_tab.pop(None, [])
    return untabbed_panels + max(panels_by_tab.values(), key=len, default=[])


RULE = LintRule(
    "too-many-panels",
    "warning",
    "too many panels or queries at once",
    __doc__,
    check_document=_check_document,
)
