"""A panel that does not say what it shows: at three in the morning nobody remembers.

Bad: `"description": ""`
Good: `"description": "Requests answered with 5xx, of all requests."`
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel


def _check_panel(panel: Panel) -> Problems:
    if panel.queries and not str(panel.json.get("description") or "").strip():
        yield "it has no description", "say what it shows, and what it cannot."


RULE = LintRule(
    "missing-description",
    "warning",
    "a panel without description",
    __doc__,
    check_panel=_check_panel,
)
