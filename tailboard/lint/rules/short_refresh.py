"""A refresh faster than servers allow (min_refresh_interval, 5 s) or scrapes bring news.

Each viewer's browser asks every query again each time, and sees the same numbers. Where the server
does not allow it, Grafana refuses to save the dashboard.

Bad: `"refresh": "1s"`
Good: `"refresh": "30s"`
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.panels.duration import is_duration, seconds
from tailboard.queries.subject import Subject

SHORTEST = 5.0
"""Seconds: what Grafana allows, where nobody set min_refresh_interval."""

ENOUGH = "30s"


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    refresh = subject.plain.get("refresh")
    if is_duration(refresh) and seconds(str(refresh)) < SHORTEST:
        yield (
            f"it refreshes every {refresh}",
            f"write {ENOUGH}: that is enough for scrapes every 15 seconds.",
            subject.place,
        )


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "refresh": ENOUGH}


RULE = LintRule(
    "short-refresh",
    "warning",
    "a refresh below what servers allow",
    __doc__,
    of_document=_of_document,
    fix=_fix,
)
