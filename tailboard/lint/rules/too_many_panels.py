"""More than a person can read and Prometheus likes to answer at once.

More than 40 panels or 100 queries are told that load when the dashboard opens. Those in a closed
row are asked when somebody opens it, and do not count.

Bad: 50 panels under each other, rows with `"collapsed": false`
Good: the ten that matter first, and the others in rows with `"collapsed": true`
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.subject import Subject, top_level

MOST_PANELS = 40
MOST_QUERIES = 100


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    open_ = {id(it) for it in top_level(subject.plain)}
    shown = [it for it in subject.panels if id(it.plain) in open_]
    asked = sum(len(it.queries) for it in shown)
    if len(shown) > MOST_PANELS:
        yield f"{len(shown)} panels load at once", "split it, or collapse rows.", subject.place
    if asked > MOST_QUERIES:
        yield f"{asked} queries are asked at once", "split it, or collapse rows.", subject.place


RULE = LintRule(
    "too-many-panels",
    "warning",
    "too many panels or queries at once",
    __doc__,
    of_document=_of_document,
)
