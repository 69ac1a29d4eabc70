"""`tailboard lint`: what is wrong or misleading in dashboards and rules."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from tailboard.cli.choice import Choice
from tailboard.cli.findings_text import text
from tailboard.cli.terminal import tell
from tailboard.findings.exclusion import Exclusion, exclusion, without
from tailboard.findings.finding import SEVERITIES, Finding
from tailboard.lint.fixing import mended_at
from tailboard.lint.linted import RULE_FILES, Linted, linted_at
from tailboard.lint.place_lines import place_lines
from tailboard.lint.rules import LINT_RULES
from tailboard.lint.sarif import sarif
from tailboard.publish.counted import counted

SETTINGS = "[tool.tailboard]"
GITHUB = {"%": "%25", "\r": "%0D", "\n": "%0A"}
GITHUB_PROPERTY = {**GITHUB, ":": "%3A", ",": "%2C"}

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

    Judges the documents and rules of definitions, dashboards' JSON as it stands, and rule files of
    Prometheus (.yaml). `tailboard explain RULE` says why, with a bad and a good example.

    With --fix, what is left is judged. Python and rule files are never changed: theirs is to be
    mended by hand.
    """
    if not definitions:
        raise click.UsageError(
            "nothing to lint. Name a definition, a JSON document or a rule file."
        )
    report = _report(reports)
    exclusions = _exclusions(context)
    if diff:
        return _diff(definitions, exclusions, report)
    if fix:
        _fix(definitions, exclusions)
    linted = linted_at(definitions)
    kept = without(linted.findings, exclusions, SETTINGS)
    kept.sort(key=lambda it: (it.place, SEVERITIES.index(it.severity), it.rule, it.problem))
    if shown := REPORTS[report or "text"](kept):
        click.echo(shown)
    _summarise(linted, kept)
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    return int(any(it.severity in failing for it in kept))


def _report(given: Mapping[str, bool]) -> str | None:
    """The one report that is asked for; None for text."""
    asked = [name for name in REPORTS if given.get(name)]
    if len(asked) > 1:
        named = " and ".join(f"--{it}" for it in asked)
        raise click.UsageError(f"{named} are several reports, and stdout is one; leave one out.")
    return asked[0] if asked else None


def _summarise(linted: Linted, kept: Sequence[Finding]) -> None:
    several = Counter(it.severity for it in kept)
    judged = counted(linted.dashboards, "dashboard")
    if linted.rule_sets:
        judged += f", {counted(linted.rule_sets, 'rule set')}"
    tell(f"{judged}: {', '.join(counted(several[it], it) for it in SEVERITIES)}")


def _fix(definitions: tuple[Path, ...], exclusions: Sequence[Exclusion]) -> None:
    """Mend every file or, where one cannot be read, none."""
    several = list(mended_at(definitions, exclusions))
    for mended in several:
        mended.write()
        for it in mended.gone:
            tell(f"fixed {it.place}: {it.rule}: {it.problem}")
        if mended.anew:
            tell(f"{mended.path} was not laid out as JSON is written here: all its lines are new")
    for path in definitions:
        if path.suffix in RULE_FILES:
            tell(f"{path} is left as it is: mended by a program, it would lose its comments")
    found = counted(sum(len(it.gone) for it in several), "finding")
    tell(f"{found} fixed in {counted(len(several), 'file')}")


def _diff(
    definitions: tuple[Path, ...], exclusions: Sequence[Exclusion], report: str | None
) -> int:
    if report:
        raise click.UsageError(f"--diff shows changes and --{report} findings; leave one out.")
    several = list(mended_at(definitions, exclusions))
    for mended in several:
        click.echo(mended.diff(), nl=False)
    found = sum(len(it.gone) for it in several)
    tell(f"{counted(found, 'finding')} would be fixed in {counted(len(several), 'file')}")
    return int(found > 0)


def _exclusions(context: click.Context) -> list[Exclusion]:
    names = [rule.name for rule in LINT_RULES]
    given = (context.default_map or {}).get("lint_exclusions") or []
    return [exclusion(it, names, SETTINGS) for it in given]


def _json(found: Sequence[Finding]) -> str:
    return json.dumps([asdict(it) for it in found], indent=2)


def _sarif(found: Sequence[Finding]) -> str:
    return sarif(found, LINT_RULES)


def _github(found: Sequence[Finding]) -> str:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions."""
    lines = place_lines(it.place for it in found)
    return "\n".join(
        f"::{it.severity} file={_escaped(it.place.source, GITHUB_PROPERTY)},"
        f"line={lines[it.place]},title={it.rule}::"
        f"{_escaped(f'{it.place}: {it.problem}. {it.tip}', GITHUB)}"
        for it in found
    )


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(char, char) for char in text)


REPORTS = {"json": _json, "sarif": _sarif, "github": _github, "text": text}
