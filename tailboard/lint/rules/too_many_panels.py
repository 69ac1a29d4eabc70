"""More than a person can read and Prometheus likes to answer at once.

More than 40 panels or 100 queries that load with the dashboard are reported. Those in a closed row
are run when somebody opens it, and do not count.

Bad: 50 panels under each other, rows with `"collapsed": false`
Good: the ten that matter first, and the others in rows with `"collapsed": true`

Exclude it for dashboards that nobody opens often.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject, list_top_level_panels

MAX_PANELS = 40
MAX_QUERIES = 100


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    open_ids = {id(panel) for panel in list_top_level_panels(subject.json)}
    visible_panels = [panel for panel in subject.panels if id(panel.json) in open_ids]
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


RULE = LintRule(
    "too-many-panels",
    "warning",
    "too many panels or queries at once",
    __doc__,
    check_document=_check_document,
)
