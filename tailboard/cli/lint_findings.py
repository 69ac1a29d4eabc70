"""What lint finds in definitions, but for what the settings exclude."""

from collections.abc import Sequence
from pathlib import Path

import click

from tailboard.alerts.addresses import Addresses
from tailboard.findings.exclusion import Exclusion, apply_exclusions, parse_exclusion
from tailboard.findings.finding import SEVERITIES, Finding
from tailboard.lint.rules import LINT_RULES
from tailboard.lint.subjects import LintResult, lint_paths

SETTINGS_SOURCE = "[tool.tailboard]"


def read_lint_exclusions(context: click.Context) -> list[Exclusion]:
    """What the settings exclude of the findings of lint."""
    names = [rule.name for rule in LINT_RULES]
    settings = (context.default_map or {}).get("lint_exclusions") or []
    return [parse_exclusion(setting, names, SETTINGS_SOURCE) for setting in settings]


def find_lint_findings(
    context: click.Context, definitions: Sequence[Path], exclusions: Sequence[Exclusion]
) -> tuple[LintResult, list[Finding]]:
    """What lint looked at, and what it finds and nothing excludes, place by place."""
    lint_result = lint_paths(definitions, _read_addresses(context))
    findings = apply_exclusions(lint_result.findings, exclusions, SETTINGS_SOURCE)
    findings.sort(
        key=lambda finding: (
            finding.place,
            SEVERITIES.index(finding.severity),
            finding.rule,
            finding.problem,
        )
    )
    return lint_result, findings


def _read_addresses(context: click.Context) -> Addresses:
    """Where the alerts that a build writes would link to."""
    settings = context.default_map or {}
    return Addresses(settings.get("grafana_url"), settings.get("runbook_url"))
