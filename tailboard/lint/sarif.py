"""Findings as SARIF, which code hosts show beside the lines of a pull request.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from tailboard import __version__
from tailboard.findings.exclusion import UNUSED_EXCLUSION
from tailboard.findings.finding import Finding
from tailboard.lint.engine import LintRule, render_page
from tailboard.lint.lines import find_lines

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def build_sarif(findings: Sequence[Finding], rules: Iterable[LintRule]) -> dict[str, Any]:
    """One run with its rules and results."""
    driver = {
        "name": "tailboard",
        "version": __version__,
        "rules": [
            *(_build_rule(rule) for rule in rules),
            _build_descriptor(UNUSED_EXCLUSION, "an exclusion of nothing"),
        ],
    }
    lines = find_lines(finding.place for finding in findings)
    results = [_build_result(finding, lines[finding.place]) for finding in findings]
    run = {"tool": {"driver": driver}, "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _build_rule(rule: LintRule) -> dict[str, Any]:
    return {
        **_build_descriptor(rule.name, rule.summary),
        "defaultConfiguration": {"level": rule.severity},
        "help": {"text": render_page(rule)},
    }


def _build_descriptor(name: str, summary: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": summary}}


def _build_result(finding: Finding, line: int) -> dict[str, Any]:
    location = finding.place.location
    address = quote(PurePath(finding.place.source).as_posix())
    file = {"artifactLocation": {"uri": address}, "region": {"startLine": line}}
    return {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {
            "text": f"{location + ': ' if location else ''}{finding.problem}. {finding.tip}"
        },
        "locations": [
            {
                "physicalLocation": file,
                "logicalLocations": [{"fullyQualifiedName": location}],
            }
        ],
    }
