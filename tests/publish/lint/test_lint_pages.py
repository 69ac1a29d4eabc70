"""The page of every lint rule: why, a bad and a good example, and that they are what they say."""

import json
import re
from collections.abc import Callable

import pytest

from tailboard.lint.rules import LINT_RULES
from tests.publish.lint.test_lint_rules import (
    Json,
    Judged,
    alert,
    all_findings,
    asking,
    dashboard,
    panel,
)

PAGES = {rule.name: str(rule.page) for rule in LINT_RULES}
EXAMPLE = re.compile(r"`([^`]*)`")

OF_RULES = {"grafana-variable-in-rule", "silent-alert"}
IN_WORDS = {"threshold-mismatch", "too-many-panels"}
"""Rules whose examples are more than one expression or field."""


def examples(name: str, which: str) -> list[str]:
    """What stands in backticks in the line of the page that begins so."""
    (line,) = [it for it in PAGES[name].splitlines() if it.startswith(f"{which}: ")]
    return EXAMPLE.findall(line)


def judged(name: str, example: str) -> Judged:
    """A run in which an example stands where its rule looks."""
    if not example.startswith('"'):
        return alert(example) if name in OF_RULES else asking(example)
    fields = json.loads(f"{{{example}}}")
    return PLACES[name](fields) if name in PLACES else asking("a", **fields)


def beside(fields: Json) -> Json:
    """A dashboard on which one panel stands beside another one."""
    given = {"id": 1, "title": "Errors", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}}
    apart = {"id": 2, "title": "Other", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8}}
    return dashboard(panel("a", **given), panel("a", **{**apart, **fields}))


def with_job(fields: Json) -> Json:
    """A dashboard with a variable."""
    declared = {"list": [{"name": "job", "type": "custom"}]}
    return dashboard(panel("up", **fields), templating=declared)


A = {"expr": "a", "refId": "A"}
PLACES: dict[str, Callable[[Json], Judged]] = {
    "duplicate-id": beside,
    "duplicate-refid": lambda fields: asking(targets=[A, {"expr": "b", **fields}]),
    "duplicate-title": beside,
    "duplicate-uid": lambda fields: [dashboard(**fields), dashboard(uid="orders")],
    "missing-legend": lambda fields: asking(targets=[{**A, **fields}]),
    "outside-grid": beside,
    "refused-uid": lambda fields: dashboard(**fields),
    "short-refresh": lambda fields: dashboard(**fields),
    "silent-alert": lambda fields: alert(**fields),
    "unused-variable": with_job,
}
"""Where an example of fields stands, if not on a panel."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_why_with_a_bad_and_a_good_example(name: str) -> None:
    assert len(PAGES[name].partition("\nBad: ")[0].split()) > 7, "why"
    assert examples(name, "Bad"), "an example in backticks"
    assert examples(name, "Good"), "an example in backticks"


@pytest.mark.parametrize("name", sorted({*PAGES} - IN_WORDS))
def test_the_bad_example_is_found_and_the_good_one_is_not(name: str) -> None:
    for bad in examples(name, "Bad"):
        assert all_findings(judged(name, bad), name), bad
    for good in examples(name, "Good"):
        assert all_findings(judged(name, good), name) == [], good
