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
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

RULE_FILE_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True)
class LintResult:
    """What was found, and in how many dashboards and rule sets."""

    findings: list[Finding]
    dashboard_count: int
    rule_set_count: int


def lint_paths(paths: Iterable[Path]) -> LintResult:
    """What every lint rule finds at these paths, but for what a definition excludes itself.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    exclusions_by_source: dict[str, list[Any]] = {}
    all_subjects: list[Subject] = []
    all_findings: list[Finding] = []
    errors: list[DefinitionError] = []
    for subject in _read_valid_subjects(paths, exclusions_by_source, errors):
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
    """Everything at these paths; the JSON of a dashboard is judged as it stands in its file.

    It may stand in an envelope of Grafana's API. Raises `BrokenDefinitionsError` with every mistake
    after the last of them.
    """
    errors: list[DefinitionError] = []
    yield from _read_valid_subjects(paths, {}, errors)
    _check_errors(errors)


def _read_valid_subjects(
    paths: Iterable[Path], exclusions: dict[str, list[Any]], errors: list[DefinitionError]
) -> Iterator[Subject]:
    """What can be judged; each definition's exclusions, and each mistake, are added to these."""
    fleet: list[Service] = []
    paths = list(paths)
    rule_files = [path for path in paths if path.suffix in RULE_FILE_SUFFIXES]
    for path in rule_files:
        with collect_errors(errors):
            yield _read_rule_file(path)
    files = list(load.find_definitions(path for path in paths if path not in rule_files))
    uids = read_json_uids(files)
    for path in files:
        entries: list[Any] = []
        source_subjects = _build_subjects(
            load.load_definition(path, fleet, entries), str(path), errors
        )
        yield from (
            subject
            for subject in source_subjects
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


def _read_rule_file(path: Path) -> Subject:
    import yaml

    with locate_errors(str(path)):
        try:
            content = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise DefinitionError(
                f"it cannot be read as YAML: {str(error).splitlines()[0]}",
                tip="name a rule file of Prometheus, or a definition.",
            ) from error
        rule_groups = content.get("groups") if isinstance(content, dict) else None
        if not isinstance(rule_groups, list) or not all(
            isinstance(group, dict) for group in rule_groups
        ):
            raise DefinitionError(
                "it has no rule groups", tip="name a rule file of Prometheus, or a definition."
            )
        with convert_shape_errors(content):
            return build_rules_subject(rule_groups, path.name, str(path))
