"""Two panels of one title on a dashboard, or in a tab of it: nobody knows which one is meant.

Whoever hears "look at Errors" looks at one of them, and an exclusion of lint is about both.

Bad: `"title": "Errors"`, on a panel beside another one called Errors
Good: `"title": "Errors by endpoint"`, on that panel

Exclude it where the panels stand in rows whose titles distinguish them.
"""

from collections import Counter
from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject, list_placed_panels


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    titles = Counter(
        (item.tab.title if item and item.tab else "", title)
        for panel, item in list_placed_panels(subject)
        if (title := str(panel.json.get("title") or "").strip())
    )
    for (_, title), count in titles.items():
        if count > 1:
            place = Place(subject.place.source, subject.place.dashboard, title)
            yield f"{count} panels are called {title!r}", "say what distinguishes them.", place


RULE = LintRule(
    "duplicate-title",
    "note",
    "two panels of one title",
    __doc__,
    check_document=_check_document,
)
