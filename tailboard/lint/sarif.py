"""Findings as SARIF, which code hosts show beside the lines of a pull request.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from tailboard import __version__
from tailboard.findings.exclusion import UNUSED
from tailboard.findings.finding import Finding
from tailboard.lint.linting import LintRule
from tailboard.lint.place_lines import place_lines

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding], rules: Iterable[LintRule]) -> str:
    """One run with its rules and results."""
    driver = {
        "name": "tailboard",
        "version": __version__,
        "rules": [*(_rule(it) for it in rules), _described(UNUSED, "an exclusion of nothing")],
    }
    lines = place_lines(it.place for it in findings)
    results = [_result(it, lines[it.place]) for it in findings]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: LintRule) -> dict[str, Any]:
    return {
        **_described(rule.name, rule.summary),
        "defaultConfiguration": {"level": rule.severity},
        "help": {"text": (rule.page or rule.summary).strip()},
    }


def _described(name: str, summary: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": summary}}


def _result(finding: Finding, line: int) -> dict[str, Any]:
    within = finding.place.within
    address = quote(PurePath(finding.place.source).as_posix())
    file = {"artifactLocation": {"uri": address}, "region": {"startLine": line}}
    return {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": f"{within + ': ' if within else ''}{finding.problem}. {finding.tip}"},
        "locations": [
            {
                "physicalLocation": file,
                "logicalLocations": [{"fullyQualifiedName": within}],
            }
        ],
    }
