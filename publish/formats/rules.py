"""Prometheus' rule files, their unit tests for promtool, and a runbook of each service.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tailboard.publish.formats.format import File, Format, FormatOptions
from tailboard.publish.formats.yaml_text import render_yaml

if TYPE_CHECKING:
    from tailboard.alerts import RuleSet

ROOT = PurePosixPath("rules")
MISSING_TESTS_NOTE = (
    "No unit tests: tailboard cannot invent labels that the service's selector matches."
)


def _build_files(rules: "RuleSet", options: FormatOptions) -> Iterator[File]:
    from tailboard.alerts.groups import build_groups
    from tailboard.alerts.runbook import render_runbook
    from tailboard.alerts.unit_tests import build_unit_tests

    name = f"{rules.slug}.rules.yaml"
    tests_by_suffix = {
        "rules.test": build_unit_tests(rules, name),
        "rules.long.test": build_unit_tests(rules, name, is_long=True),
    }
    notes = [*rules.notes, *([] if any(tests_by_suffix.values()) else [MISSING_TESTS_NOTE])]
    content = {"groups": build_groups(rules, options.addresses)}
    yield File(ROOT / name, render_yaml(content, notes=notes))
    for suffix, tests in tests_by_suffix.items():
        if tests:
            test_name = f"{rules.slug}.{suffix}.yaml"
            test_command = f"promtool test rules {test_name}"
            yield File(ROOT / test_name, render_yaml(tests, notes=[test_command]))
    page = render_runbook(rules, options.addresses)
    yield File(PurePosixPath("runbooks", f"{rules.slug}.md"), page.encode())


FORMAT = Format(
    "rules",
    "Prometheus' rule files, unit tests for promtool, runbooks",
    rule_files=_build_files,
    has_alerts=True,
)
