"""Findings as SARIF, which code hosts show beside the lines of a pull request.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from publish.finding import Finding
from publish.linting import LintRule
from publish.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding], rules: Iterable[LintRule]) -> str:
    """One run with its rules and results."""
    driver = {
        "name": "tailboard",
        "version": __version__,
        "rules": [{"id": rule.name, "shortDescription": {"text": rule.summary}} for rule in rules],
    }
    run = {"tool": {"driver": driver}, "results": [_result(it) for it in findings]}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Finding) -> dict[str, Any]:
    place = finding.place
    within = ": ".join(it for it in (place.dashboard, place.panel, place.query) if it)
    file = {"artifactLocation": {"uri": place.source}, "region": {"startLine": 1}}
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
