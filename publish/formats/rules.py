"""Prometheus' rule files, their unit tests for promtool, and a runbook of each service.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.alerts import RuleSet
from tailboard.alerts.groups import groups
from tailboard.alerts.runbook import runbook
from tailboard.alerts.unit_tests import unit_tests
from tailboard.publish.formats.format import File, Format, Surroundings
from tailboard.publish.formats.yaml_text import yaml_text

ROOT = PurePosixPath("rules")
NOT_IMAGINABLE = (
    "No unit tests: tailboard cannot invent labels that the service's selector matches."
)


def _files(rules: RuleSet, surroundings: Surroundings) -> Iterator[File]:
    name = f"{rules.slug}.rules.yaml"
    tests = unit_tests(rules, name)
    notes = [*rules.notes, *([] if tests else [NOT_IMAGINABLE])]
    content = {"groups": groups(rules, surroundings.addresses)}
    yield File(ROOT / name, yaml_text(content, notes=notes))
    if tests:
        asked = f"promtool test rules {rules.slug}.rules.test.yaml"
        yield File(ROOT / f"{rules.slug}.rules.test.yaml", yaml_text(tests, notes=[asked]))
    page = runbook(rules, surroundings.addresses)
    yield File(PurePosixPath("runbooks", f"{rules.slug}.md"), page.encode())


FORMAT = Format(
    "rules", "Prometheus' rule files, unit tests for promtool, runbooks", per_rules=_files
)
