"""`tailboard lint`: what is wrong or misleading in dashboards and rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tailboard.cli.lint_findings import find_lint_findings, read_lint_exclusions
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.reports.findings_text import count_severities, render_findings
from tailboard.cli.reports.terminal import (
    escape_controls,
    print_json,
    print_json_report,
    print_lines,
    print_message,
    print_workflow_commands,
)
from tailboard.findings.exclusion import Exclusion
from tailboard.findings.finding import SEVERITIES, Finding
from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.rules import LINT_RULES
from tailboard.lint.subjects import LintResult
from tailboard.publish.plural import format_count

if TYPE_CHECKING:
    from tailboard.lint.fix import FileFix

MAX_NAMES = 3
GITHUB_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
GITHUB_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
GITHUB_PROPERTY_ESCAPES = {**GITHUB_ESCAPES, ":": "%3A", ",": "%2C"}

EXAMPLE = """\b
Example:
  tailboard lint orders.py --fail-on error --github
"""


@click.command("lint", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=Choice([*SEVERITIES, "nothing"]),
    default="warning",
    show_default=True,
    help="From which severity on to exit 1.",
)
@click.option("--json", is_flag=True, help="Findings as JSON.")
@click.option("--sarif", is_flag=True, help="Findings as SARIF 2.1.0.")
@click.option("--github", is_flag=True, help="Findings as GitHub's annotations.")
@click.option("--fix", is_flag=True, help="Mend dashboards' JSON in its files where that is safe.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.pass_context
def command(
    context: click.Context,
    /,
    definitions: tuple[Path, ...],
    fail_on: str,
    *,
    fix: bool,
    diff: bool,
    **reports: bool,
) -> int:
    """Find what is wrong or misleading in dashboards and rules.

    Judges the documents and rules of definitions, dashboards' JSON unchanged, and rule files of
    Prometheus, its operator (PrometheusRule) and Grafana (.yaml, .yml, .rules). A folder means all
    of these in it; other files are counted. `tailboard explain RULE` says why, with a bad and a
    good example.

    With --fix, what is left is judged. Python and rule files are never changed: theirs is to be
    mended by hand.
    """
    if not definitions:
        raise click.UsageError(
            "nothing to lint. Name a definition, a JSON document or a rule file."
        )
    report_name = _select_report(reports)
    exclusions = read_lint_exclusions(context)
    if diff:
        return _print_diff(definitions, exclusions, report_name)
    if fix:
        _fix_files(definitions, exclusions)
    lint_result, findings = find_lint_findings(context, definitions, exclusions)
    REPORTS[report_name or "text"](findings)
    _print_other_files(lint_result.other_paths)
    _print_summary(lint_result, findings)
    failing_severities = (
        SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    )
    return int(any(finding.severity in failing_severities for finding in findings))


def _select_report(report_flags: Mapping[str, bool]) -> str | None:
    """The report that the options select; None for text."""
    report_names = [name for name in REPORTS if report_flags.get(name)]
    if len(report_names) > 1:
        option_text = " and ".join(f"--{name}" for name in report_names)
        raise click.UsageError(
            f"{option_text} are several reports, and stdout is one; leave one out."
        )
    return report_names[0] if report_names else None


def _print_summary(lint_result: LintResult, findings: Sequence[Finding]) -> None:
    subject_text = format_count(lint_result.dashboard_count, "dashboard")
    if lint_result.rule_set_count:
        subject_text += f", {format_count(lint_result.rule_set_count, 'rule set')}"
    print_message(f"{subject_text}: {count_severities(findings)}")


def _print_other_files(paths: Sequence[Path]) -> None:
    """Print which files of a folder are neither dashboards nor rules, and were left out."""
    if paths:
        names = ", ".join(path.as_posix() for path in paths[:MAX_NAMES])
        suffix = f" and {len(paths) - MAX_NAMES} more" if len(paths) > MAX_NAMES else ""
        count = format_count(len(paths), "file")
        print_message(f"{count} passed over, neither dashboards nor rules: {names}{suffix}")


def _fix_files(definitions: tuple[Path, ...], exclusions: Sequence[Exclusion]) -> None:
    """Mend every file or, where one cannot be read, none."""
    from tailboard.lint.fix import find_fixes

    file_fixes = _select_exact_fixes(find_fixes(definitions, exclusions))
    for file_fix in file_fixes:
        file_fix.write()
        for finding in file_fix.fixed_findings:
            print_message(f"fixed {finding.place}: {finding.rule}: {finding.problem}")
        if file_fix.is_reformatted:
            print_message(
                f"{file_fix.path} was not laid out as JSON is written here: all its lines are new"
            )
    for path in definitions:
        if path.suffix in RULE_FILE_SUFFIXES:
            print_message(
                f"{path} is left unchanged: mended by a program, it would lose its comments"
            )
    finding_text = format_count(
        sum(len(file_fix.fixed_findings) for file_fix in file_fixes), "finding"
    )
    print_message(f"{finding_text} fixed in {format_count(len(file_fixes), 'file')}")


def _select_exact_fixes(file_fixes: "Iterable[FileFix]") -> "list[FileFix]":
    """Those of files that can be written back exactly; of the others, why not."""
    exact_fixes = []
    for file_fix in file_fixes:
        if file_fix.refusal:
            print_message(
                f"{file_fix.path} is not fixed, since it cannot be written back exactly: "
                f"{file_fix.refusal}"
            )
        else:
            exact_fixes.append(file_fix)
    return exact_fixes


def _print_diff(
    definitions: tuple[Path, ...], exclusions: Sequence[Exclusion], report_name: str | None
) -> int:
    if report_name:
        raise click.UsageError(f"--diff shows changes and --{report_name} findings; leave one out.")
    from tailboard.lint.fix import find_fixes

    file_fixes = _select_exact_fixes(find_fixes(definitions, exclusions))
    for file_fix in file_fixes:
        print_lines(file_fix.render_diff().removesuffix("\n").split("\n"))
    finding_count = sum(len(file_fix.fixed_findings) for file_fix in file_fixes)
    finding_text = format_count(finding_count, "finding")
    print_message(f"{finding_text} would be fixed in {format_count(len(file_fixes), 'file')}")
    return int(finding_count > 0)


def _print_text(findings: Sequence[Finding]) -> None:
    print_lines(render_findings(findings))


def _print_json(findings: Sequence[Finding]) -> None:
    print_json_report({"findings": [asdict(finding) for finding in findings]})


def _print_sarif(findings: Sequence[Finding]) -> None:
    from tailboard.lint.sarif import build_sarif

    print_json(build_sarif(findings, LINT_RULES))


def _print_github(findings: Sequence[Finding]) -> None:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions."""
    from tailboard.lint.lines import find_lines

    line_numbers = find_lines(finding.place for finding in findings)
    print_workflow_commands(
        f"::{GITHUB_LEVELS[finding.severity]} "
        f"file={_escape_text(finding.place.source, GITHUB_PROPERTY_ESCAPES)},"
        f"line={line_numbers[finding.place]},title={finding.rule}::"
        f"{_escape_text(f'{finding.place}: {finding.problem}. {finding.tip}', GITHUB_ESCAPES)}"
        for finding in findings
    )


def _escape_text(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(char, char) for char in escape_controls(text))


REPORTS = {
    "json": _print_json,
    "sarif": _print_sarif,
    "github": _print_github,
    "text": _print_text,
}
