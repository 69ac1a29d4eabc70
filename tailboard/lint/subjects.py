"""What `tailboard lint` looks at: documents and rules of definitions, JSON and rule files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.alerts import RuleSet
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.dashboards import build_document
from tailboard.dashboards.dashboard import validate_title
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.library import build_fleet_dashboard
from tailboard.definitions import load
from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.definitions.json_overrides import find_json_override, read_json_uids
from tailboard.findings.exclusion import apply_exclusions, parse_exclusion
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.rule_files.manifests import RULE_FILE_SUFFIXES, OtherFileError
from tailboard.lint.rule_files.read import read_rule_file
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

LINT_SUFFIXES = (*load.DEFINITION_SUFFIXES, *RULE_FILE_SUFFIXES)

DASHBOARD_FIELDS = {"panels", "rows", "elements", "templating", "schemaVersion"}
"""A JSON document with none of these and no title is no dashboard."""


@dataclass(frozen=True)
class LintResult:
    """What was found, in how many dashboards and rule sets, and which files are something else."""

    findings: list[Finding]
    dashboard_count: int
    rule_set_count: int
    other_paths: list[Path]


def lint_paths(paths: Iterable[Path]) -> LintResult:
    """What every lint rule finds at these paths, but for what a definition excludes itself.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    exclusions_by_source: dict[str, list[Any]] = {}
    all_subjects: list[Subject] = []
    all_findings: list[Finding] = []
    errors: list[DefinitionError] = []
    other_paths: list[Path] = []
    for subject in _read_valid_subjects(paths, exclusions_by_source, errors, other_paths):
        with (
            collect_errors(errors),
            locate_errors(subject.place.source),
            convert_shape_errors(subject.json),
        ):
            all_findings += lint_subject(subject, LINT_RULES)
        all_subjects.append(subject)
    _check_errors(errors)
    all_findings += lint_run(all_subjects, LINT_RULES)
    rule_set_count = sum("groups" in subject.json for subject in all_subjects)
    return LintResult(
        _apply_definition_exclusions(all_findings, exclusions_by_source),
        len(all_subjects) - rule_set_count,
        rule_set_count,
        other_paths,
    )


def _apply_definition_exclusions(
    findings: list[Finding], exclusions_by_source: Mapping[str, list[Any]]
) -> list[Finding]:
    names = [rule.name for rule in LINT_RULES]
    findings_by_source: dict[str, list[Finding]] = {source: [] for source in exclusions_by_source}
    remaining = [
        finding for finding in findings if finding.place.source not in exclusions_by_source
    ]
    for finding in findings:
        if finding.place.source in exclusions_by_source:
            findings_by_source[finding.place.source].append(finding)
    for source, entries in exclusions_by_source.items():
        exclusions = [
            parse_exclusion(_validate_entry(entry, source), names, source) for entry in entries
        ]
        remaining += apply_exclusions(findings_by_source[source], exclusions, source)
    return remaining


def _validate_entry(entry: Any, source: str) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise DefinitionError(
            f"`lint_exclusions` holds a {type(entry).__name__}, which is not an exclusion",
            tip='write lint_exclusions = [{"rule": "exact-le", "reason": "..."}].',
            location=(source,),
        )
    return entry


def read_subjects(paths: Iterable[Path]) -> Iterator[Subject]:
    """Everything at these paths; the JSON of a dashboard is read unchanged from its file.

    It may stand in an envelope of Grafana's API. Raises `BrokenDefinitionsError` with every mistake
    after the last of them.
    """
    errors: list[DefinitionError] = []
    yield from _read_valid_subjects(paths, {}, errors, [])
    _check_errors(errors)


def _read_valid_subjects(
    paths: Iterable[Path],
    exclusions: dict[str, list[Any]],
    errors: list[DefinitionError],
    other_paths: list[Path],
) -> Iterator[Subject]:
    """What can be judged; each definition's exclusions, and each mistake, are added to these.

    Files of a folder that are neither dashboards nor rules are added to `other_paths`.
    """
    fleet: list[Service] = []
    named_paths = list(paths)
    files = list(load.find_definitions(named_paths, LINT_SUFFIXES))
    rule_files = [path for path in files if path.suffix in RULE_FILE_SUFFIXES]
    for path in rule_files:
        with collect_errors(errors):
            yield from _read_rules(path, path in named_paths, other_paths)
    definitions = [path for path in files if path not in rule_files]
    uids = read_json_uids(definitions)
    for path in definitions:
        entries: list[Any] = []
        declarations = load.load_definition(path, fleet, entries)
        if path.suffix == ".json" and path.is_file():
            with collect_errors(errors):
                yield from _read_json(path, path in named_paths, other_paths, errors)
            continue
        yield from (
            subject
            for subject in _build_subjects(declarations, str(path), errors)
            if not find_json_override(subject.json.get("uid"), path, uids)
        )
        if entries:
            exclusions[str(path)] = entries
    fleet_subjects = _build_subjects(build_fleet_dashboard(fleet), "the fleet", errors)
    yield from (
        subject
        for subject in fleet_subjects
        if not find_json_override(subject.json.get("uid"), None, uids)
    )


def _read_rules(path: Path, is_named: bool, other_paths: list[Path]) -> list[Subject]:
    """The rule sets of a file; a file of a folder that has none is counted instead."""
    with locate_errors(str(path)):
        try:
            return read_rule_file(path)
        except OtherFileError:
            if is_named:
                raise
            other_paths.append(path)
            return []


def _read_json(
    path: Path, is_named: bool, other_paths: list[Path], errors: list[DefinitionError]
) -> Iterator[Subject]:
    """The dashboard of a JSON file, or its rules: JSON is YAML too."""
    content = next(load.load_definition(path, []))
    if isinstance(content, dict) and isinstance(content.get("groups"), list):
        yield from _read_rules(path, is_named, other_paths)
    elif is_named or _is_dashboard(content):
        yield from _build_subjects([content], str(path), errors)
    else:
        other_paths.append(path)


def _is_dashboard(content: Any) -> bool:
    """Whether JSON may be meant as a dashboard, in an envelope or without one."""
    if not isinstance(content, dict):
        return False
    holders = [content, content.get("dashboard"), content.get("spec")]
    return ("title" in content and "$schema" not in content) or any(
        not DASHBOARD_FIELDS.isdisjoint(holder) for holder in holders if isinstance(holder, dict)
    )


def _build_subjects(
    declarations: Iterable[Any], source: str, errors: list[DefinitionError]
) -> Iterator[Subject]:
    """What one definition declares; a mistake in it keeps away no more than it must."""
    with collect_errors(errors):
        for declaration in declarations:
            with collect_errors(errors):
                yield _build_subject(declaration, source)


def _check_errors(errors: list[DefinitionError]) -> None:
    if errors:
        raise BrokenDefinitionsError(errors, "nothing was judged")


def _build_subject(declaration: Any, source: str) -> Subject:
    with locate_errors(source), convert_shape_errors(declaration):
        if isinstance(declaration, RuleSet):
            return build_rules_subject(
                build_groups(declaration, Addresses()), declaration.slug, source
            )
        if isinstance(declaration, dict):
            dashboard = unwrap_dashboard(declaration)
            validate_title(dashboard.get("title"))
            return build_document_subject(dashboard, source)
        return build_document_subject(build_document(declaration), source)
