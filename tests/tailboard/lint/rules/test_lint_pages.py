"""The page of every lint rule: why, a bad and a good example, and that they are what they say."""

import json
import re
from collections.abc import Callable

import pytest

from tailboard.lint.engine import LintRule, render_page
from tailboard.lint.rules import LINT_RULES
from tests.tailboard.lint.rules.test_lint_rules import (
    Json,
    LintInput,
    build_alert,
    build_dashboard,
    build_panel,
    build_panel_dashboard,
    build_variable_dashboard,
    list_findings,
)

PAGES = {rule.name: str(rule.page) for rule in LINT_RULES}
EXAMPLE = re.compile(r"`([^`]*)`")

RULE_FILE_RULES = {
    "external-label",
    "long-offset",
    "always-firing",
    "grafana-variable-in-rule",
    "never-true",
    "silent-alert",
}
PROSE_ONLY_RULES = {
    "duplicate-rule",
    "late-recording",
    "recording-level",
    "empty-template",
    "ignored-document",
    "missing-element",
    "unplaced-panel",
    "threshold-mismatch",
    "too-many-panels",
}
"""Rules whose examples are more than one expression or field."""


def list_examples(name: str, which: str) -> list[str]:
    """What stands in backticks in the line of the page that begins so."""
    (line,) = [line for line in PAGES[name].splitlines() if line.startswith(f"{which}: ")]
    return EXAMPLE.findall(line)


def build_subject(name: str, example: str) -> LintInput:
    """A run in which an example stands where its rule looks."""
    if not example.startswith('"'):
        return build_alert(example) if name in RULE_FILE_RULES else build_panel_dashboard(example)
    fields = json.loads(f"{{{example}}}")
    return (
        EXAMPLE_BUILDERS[name](fields)
        if name in EXAMPLE_BUILDERS
        else build_panel_dashboard("a", **fields)
    )


def build_neighbours(fields: Json) -> Json:
    """A dashboard on which one panel stands beside another one."""
    left_panel = {"id": 1, "title": "Errors", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}}
    apart = {"id": 2, "title": "Other", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8}}
    return build_dashboard(build_panel("a", **left_panel), build_panel("a", **{**apart, **fields}))


def build_dashboard_with_job(fields: Json) -> Json:
    """A dashboard with a variable."""
    templating = {"list": [{"name": "job", "type": "custom"}]}
    return build_dashboard(build_panel("up", **fields), templating=templating)


TARGET_A = {"expr": "a", "refId": "A"}
EXAMPLE_BUILDERS: dict[str, Callable[[Json], LintInput]] = {
    "duplicate-id": build_neighbours,
    "duplicate-refid": lambda fields: build_panel_dashboard(
        targets=[TARGET_A, {"expr": "b", **fields}]
    ),
    "duplicate-title": build_neighbours,
    "duplicate-uid": lambda fields: [build_dashboard(**fields), build_dashboard(uid="orders")],
    "missing-runbook": lambda fields: build_alert(**fields),
    "missing-legend": lambda fields: build_panel_dashboard(targets=[{**TARGET_A, **fields}]),
    "outside-grid": build_neighbours,
    "panels-in-open-row": lambda fields: build_dashboard(
        {"type": "row", "title": "Row", "panels": [build_panel("a")], **fields}
    ),
    "refused-rule-file": lambda fields: build_alert(**fields),
    "refused-uid": lambda fields: build_dashboard(**fields),
    "short-for": lambda fields: build_alert(**fields),
    "stale-variable": lambda fields: build_variable_dashboard("label_values(up, job)", **fields),
    "uneditable-dashboard": lambda fields: build_dashboard(**fields),
    "short-refresh": lambda fields: build_dashboard(**fields),
    "silent-alert": lambda fields: build_alert(**fields),
    "template-error": lambda fields: build_alert(**fields),
    "unused-variable": build_dashboard_with_job,
    "utf8-name": lambda fields: build_alert(**fields),
    "value-in-label": lambda fields: build_alert(**fields),
}
"""Where an example of fields stands, if not on a panel."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_why_with_a_bad_and_a_good_example(name: str) -> None:
    assert len(PAGES[name].partition("\nBad: ")[0].split()) > 7, "why"
    assert list_examples(name, "Bad"), "an example in backticks"
    assert list_examples(name, "Good"), "an example in backticks"


@pytest.mark.parametrize("name", sorted({*PAGES} - PROSE_ONLY_RULES))
def test_the_bad_example_is_found_and_the_good_one_is_not(name: str) -> None:
    for bad in list_examples(name, "Bad"):
        assert list_findings(build_subject(name, bad), name), bad
    for good in list_examples(name, "Good"):
        assert list_findings(build_subject(name, good), name) == [], good


@pytest.mark.parametrize("rule", LINT_RULES, ids=lambda rule: rule.name)
def test_a_page_says_when_to_exclude_the_rule_and_who_can_mend_it(rule: LintRule) -> None:
    page = render_page(rule)
    assert re.search(r"\b[Ee]xclude (it|the|this)\b", page)
    assert ("`tailboard lint --fix` mends it" in page) == (rule.fix is not None)
