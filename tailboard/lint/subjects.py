"""What `tailboard lint` looks at: documents and rules of definitions, JSON and rule files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailboard.alerts.addresses import Addresses
from tailboard.dashboards.dashboard import validate_title
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.passes.read import validate_text
from tailboard.definitions import load
from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.definitions.json_overrides import find_json_override, read_json_uids
from tailboard.findings.exclusion import apply_exclusions, parse_exclusion
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.record import record
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.queries.subject import Subject, build_document_subject

if TYPE_CHECKING:
    from tailboard.panels.service import Service

LINT_SUFFIXES = (*load.DEFINITION_SUFFIXES, *RULE_FILE_SUFFIXES)

KEY_OR_TEMPLATE = declare_pattern(rb"""["']?\w["']?\s*:|\{\{""")
DASHBOARD_KEY = declare_pattern(
    rb'"(panels|rows|elements|templating|schemaVersion|dashboard|spec|groups)"\s*:'
)
"""What only a dashboard or a rule file has: without it, broken JSON is not meant as one."""

NO_ADDRESSES = Addresses()

DASHBOARD_FIELDS = {"panels", "rows", "elements", "templating", "schemaVersion"}
"""A JSON document with none of these and no title is no dashboard."""


@record
class LintResult:
    """What was found, in how many dashboards and rule sets, and which files are something else."""

    findings: list[Finding]
    dashboard_count: int
    rule_set_count: int
    other_paths: list[Path]


def lint_paths(paths: Iterable[Path], addresses: Addresses = NO_ADDRESSES) -> LintResult:
    """What every lint rule finds at these paths, but for what a definition excludes itself.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    reader = SubjectReader(is_broken_file_subject=True, addresses=addresses)
    all_subjects: list[Subject] = []
    all_findings: list[Finding] = []
    for subject in reader.read_subjects(paths):
        with (
            collect_errors(reader.errors),
            locate_errors(subject.place.source),
            convert_shape_errors(subject.json),
        ):
            all_findings += lint_subject(subject, LINT_RULES)
        all_subjects.append(subject)
    _check_errors(reader.errors)
    all_findings += lint_run(all_subjects, LINT_RULES)
    rule_set_count = sum("groups" in subject.json for subject in all_subjects)
    return LintResult(
        _apply_definition_exclusions(all_findings, reader.exclusions),
        len(all_subjects) - rule_set_count,
        rule_set_count,
        reader.other_paths,
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
    reader = SubjectReader()
    yield from reader.read_subjects(paths)
    _check_errors(reader.errors)


class SubjectReader:
    """Reads what can be judged, and collects the mistakes of the rest.

    `addresses` are those that the alerts of services link to. `exclusions` are
    those that definitions declare themselves; `other_paths` are the files of a folder that are
    neither dashboards nor rules. With `is_broken_file_subject`, a rule file that is not YAML, and
    JSON with text that is not Unicode, become subjects with that problem, and else mistakes.
    """

    def __init__(
        self,
        *,
        is_broken_file_subject: bool = False,
        addresses: Addresses = NO_ADDRESSES,
        errors: list[DefinitionError] | None = None,
    ) -> None:
        self.is_broken_file_subject = is_broken_file_subject
        self.addresses = addresses
        self.exclusions: dict[str, list[Any]] = {}
        self.errors = [] if errors is None else errors
        self.other_paths: list[Path] = []

    def read_subjects(self, paths: Iterable[Path]) -> Iterator[Subject]:
        """The documents and rule sets at these paths, rule files first."""
        named_paths = set(paths := list(paths))
        files = list(load.find_definitions(paths, LINT_SUFFIXES))
        rule_files = [path for path in files if path.suffix in RULE_FILE_SUFFIXES]
        for path in rule_files:
            yield from self._read_rules(path, is_named=path in named_paths)
        definitions = [path for path in files if path.suffix not in RULE_FILE_SUFFIXES]
        has_python = any(path.suffix != ".json" for path in definitions)
        uids = read_json_uids(definitions) if has_python else {}
        fleet: list[Service] = []
        for path in definitions:
            if path.suffix == ".json" and path.is_file():
                yield from self._read_json(path, is_named=path in named_paths)
            else:
                yield from self._read_definition(path, fleet, uids)
        for subject in self._build_fleet_subjects(fleet):
            if not find_json_override(subject.json.get("uid"), None, uids):
                yield subject

    def _read_definition(
        self, path: Path, fleet: "list[Service]", uids: Mapping[str, Path]
    ) -> Iterator[Subject]:
        entries: list[Any] = []
        declarations = load.load_definition(path, fleet, entries)
        for subject in self._build_subjects(declarations, str(path)):
            if not find_json_override(subject.json.get("uid"), path, uids):
                yield subject
        if entries:
            self.exclusions[str(path)] = entries

    def _build_fleet_subjects(self, fleet: "list[Service]") -> Iterator[Subject]:
        """The dashboard that the services of all definitions share, where there are any."""
        if fleet:
            from tailboard.lint.declared_subjects import list_fleet_dashboards

            yield from self._build_subjects(list_fleet_dashboards(fleet), "the fleet")

    def _read_json(self, path: Path, *, is_named: bool) -> Iterator[Subject]:
        """The dashboard of a JSON file, or its rules: JSON is YAML too."""
        with collect_errors(self.errors):
            try:
                content = next(load.load_definition(path, []))
            except DefinitionError:
                if is_named or not _is_other_text(path):
                    raise
                self.other_paths.append(path)
                return
            if not self.is_broken_file_subject:
                with locate_errors(str(path)):
                    _validate_texts(content)
            if isinstance(content, dict) and isinstance(content.get("groups"), list):
                yield from self._read_rules(path, is_named=is_named)
            elif is_named or _is_dashboard(content):
                yield from self._build_subjects([content], str(path))
            else:
                self.other_paths.append(path)

    def _read_rules(self, path: Path, *, is_named: bool) -> list[Subject]:
        """The rule sets of a file; a file of a folder that has none is counted instead."""
        from tailboard.lint.rule_files.manifests import OtherFileError
        from tailboard.lint.rule_files.read import (
            BrokenRuleFileError,
            build_broken_subject,
            read_rule_file,
        )

        with collect_errors(self.errors), locate_errors(str(path)):
            try:
                return read_rule_file(path)
            except OtherFileError:
                if is_named:
                    raise
                self.other_paths.append(path)
            except BrokenRuleFileError as error:
                if not self.is_broken_file_subject:
                    raise
                return [build_broken_subject(error, path)]
        return []

    def _build_subjects(self, declarations: Iterable[Any], source: str) -> Iterator[Subject]:
        """What one definition declares; a mistake in it keeps away no more than it must."""
        with collect_errors(self.errors):
            for declaration in declarations:
                with collect_errors(self.errors):
                    yield _build_subject(declaration, source, self.addresses)


def _validate_texts(content: Any) -> None:
    """Refuse JSON with half a character, which build cannot write and no server takes."""
    values = [content]
    while values:
        value = values.pop()
        if isinstance(value, str):
            validate_text(value)
        elif isinstance(value, dict):
            values += [*value, *value.values()]
        elif isinstance(value, list):
            values += value


def _is_other_text(path: Path) -> bool:
    """Whether what cannot be read as JSON is something else: a template, or JSON with comments."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return bool(KEY_OR_TEMPLATE.search(content)) and not DASHBOARD_KEY.search(content)


def _is_dashboard(content: Any) -> bool:
    """Whether JSON may be meant as a dashboard, in an envelope or without one."""
    if not isinstance(content, dict):
        return False
    holders = [content, content.get("dashboard"), content.get("spec")]
    return ("title" in content and "$schema" not in content) or any(
        not DASHBOARD_FIELDS.isdisjoint(holder) for holder in holders if isinstance(holder, dict)
    )


def _check_errors(errors: list[DefinitionError]) -> None:
    if errors:
        raise BrokenDefinitionsError(errors, "nothing was judged")


def _build_subject(declaration: Any, source: str, addresses: Addresses) -> Subject:
    with locate_errors(source), convert_shape_errors(declaration):
        if isinstance(declaration, dict):
            dashboard = unwrap_dashboard(declaration)
            validate_title(dashboard.get("title"))
            return build_document_subject(dashboard, source)
        from tailboard.lint.declared_subjects import build_declared_subject

        return build_declared_subject(declaration, source, addresses)
