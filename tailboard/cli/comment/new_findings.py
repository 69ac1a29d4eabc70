"""Which findings of lint are new since those of the base of a pull request."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tailboard.findings.finding import Finding
from tailboard.publish.errors import TailboardError

Identity = tuple[str, str, str, str, str, str]

BASE_TIP = "write it with: tailboard lint DEFINITIONS --json > FILE, on the base."


def select_new_findings(findings: Iterable[Finding], base: Counter[Identity]) -> list[Finding]:
    """The findings that the base has not; of equal ones those beyond the base's number."""
    remaining_counts = Counter(base)
    new_findings = []
    for finding in findings:
        identity = _identify_finding(
            finding.rule,
            finding.problem,
            {
                "source": finding.place.source,
                "dashboard": finding.place.dashboard,
                "panel": finding.place.panel,
                "query": finding.place.query,
            },
        )
        if remaining_counts[identity] > 0:
            remaining_counts[identity] -= 1
        else:
            new_findings.append(finding)
    return new_findings


def read_base_findings(path: Path) -> Counter[Identity]:
    """The findings of a report of `lint --json`."""
    try:
        report = json.loads(path.read_bytes())
        return Counter(
            _identify_finding(str(entry["rule"]), str(entry["problem"]), entry["place"])
            for entry in report["findings"]
        )
    except OSError as error:
        raise TailboardError(
            f"the findings of the base cannot be read: {path}: {error.strerror}", tip=BASE_TIP
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TailboardError(f"{path} is no report of lint in JSON", tip=BASE_TIP) from error


def _identify_finding(rule: str, problem: str, place: Mapping[str, Any]) -> Identity:
    """What stays the same of a finding while nothing is done about it.

    A definition may be renamed: of what is in a dashboard its file says nothing.
    """
    dashboard = str(place.get("dashboard", ""))
    source = "" if dashboard else str(place.get("source", ""))
    panel, query = str(place.get("panel", "")), str(place.get("query", ""))
    return rule, problem, source, dashboard, panel, query
