"""A panel that does not say what it shows: at three in the morning nobody remembers.

Where no panel of a dashboard has one, it is reported once.

Bad: `"description": ""`
Good: `"description": "Requests answered with 5xx, of all requests."`

Exclude it for dashboards that others maintain.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, merge_common_problem
from tailboard.queries.subject import Subject

TIP = "say what it shows, and what it cannot."


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    panels = [panel for panel in subject.panels if panel.queries]
    places = [
        panel.place for panel in panels if not str(panel.json.get("description") or "").strip()
    ]
    problems = ("it has no description", "none of {count} panels has a description")
    yield from merge_common_problem(places, len(panels), problems, TIP)


RULE = LintRule(
    "missing-description",
    "note",
    "a panel without description",
    __doc__,
    check_document=_check_document,
)
