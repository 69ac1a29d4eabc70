"""A refresh faster than servers allow (min_refresh_interval, 5 s) or scrapes bring news.

Each viewer's browser runs every query again each time, and sees the same numbers. Where the server
does not allow it, Grafana refuses to save the dashboard.

Bad: `"refresh": "1s"`
Good: `"refresh": "30s"`

Exclude it where the server allows it, and the scrapes are as frequent.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.queries.subject import Subject

MIN_SECONDS = 5.0
"""Seconds: what Grafana allows, where nobody set min_refresh_interval."""

DEFAULT_REFRESH = "30s"


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    refresh = subject.json.get("refresh")
    if is_duration(refresh) and parse_duration(str(refresh)) < MIN_SECONDS:
        yield (
            f"it refreshes every {refresh}",
            f"write {DEFAULT_REFRESH}: that is enough for scrapes every 15 seconds.",
            subject.place,
        )


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "refresh": DEFAULT_REFRESH}


RULE = LintRule(
    "short-refresh",
    "warning",
    "a refresh below what servers allow",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
