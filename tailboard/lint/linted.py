"""What `tailboard lint` looks at: documents and rules of definitions, JSON and rule files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.alerts import RuleSet
from tailboard.alerts.groups import Addresses, groups
from tailboard.dashboards import document
from tailboard.dashboards.dashboard import checked_title
from tailboard.dashboards.library import of_fleet
from tailboard.dashboards.passes.envelope import opened
from tailboard.definitions import definition
from tailboard.definitions.mistakes import noted, shaped
from tailboard.definitions.replacing import replaced_by, uids_in_json
from tailboard.findings.exclusion import exclusion, without
from tailboard.findings.finding import Finding
from tailboard.lint.linting import findings, findings_of_run
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError, inside
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.queries.subject import Subject, of_document, of_groups

RULE_FILES = {".yaml", ".yml"}


@dataclass(frozen=True)
class Linted:
    """What was found, and in how many dashboards and rule sets."""

    findings: list[Finding]
    dashboards: int
    rule_sets: int


def linted_at(paths: Iterable[Path]) -> Linted:
    """What every lint rule finds at these paths, but for what a definition excludes itself.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    own: dict[str, list[Any]] = {}
    seen: list[Subject] = []
    found: list[Finding] = []
    errors: list[DefinitionError] = []
    for subject in _good(paths, own, errors):
        with noted(errors), inside(subject.place.source), shaped(subject.plain):
            found += findings(subject, LINT_RULES)
        seen.append(subject)
    _refuse(errors)
    found += findings_of_run(seen, LINT_RULES)
    rule_sets = sum("groups" in it.plain for it in seen)
    return Linted(_without_own(found, own), len(seen) - rule_sets, rule_sets)


def _without_own(found: list[Finding], own: Mapping[str, list[Any]]) -> list[Finding]:
    names = [rule.name for rule in LINT_RULES]
    here: dict[str, list[Finding]] = {source: [] for source in own}
    kept = [it for it in found if it.place.source not in own]
    for it in found:
        if it.place.source in own:
            here[it.place.source].append(it)
    for source, given in own.items():
        exclusions = [exclusion(_table(it, source), names, source) for it in given]
        kept += without(here[source], exclusions, source)
    return kept


def _table(given: Any, source: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise DefinitionError(
            f"`lint_exclusions` holds a {type(given).__name__}, which is not an exclusion",
            tip='write lint_exclusions = [{"rule": "exact-le", "reason": "..."}].',
            where=(source,),
        )
    return given


def subjects(paths: Iterable[Path]) -> Iterator[Subject]:
    """Everything at these paths; the JSON of a dashboard is judged as it stands in its file.

    It may stand in an envelope of Grafana's API. Raises `BrokenDefinitionsError` with every mistake
    after the last of them.
    """
    errors: list[DefinitionError] = []
    yield from _good(paths, {}, errors)
    _refuse(errors)


def _good(
    paths: Iterable[Path], exclusions: dict[str, list[Any]], errors: list[DefinitionError]
) -> Iterator[Subject]:
    """What can be judged; each definition's exclusions, and each mistake, are added to these."""
    fleet: list[Service] = []
    paths = list(paths)
    rule_files = [path for path in paths if path.suffix in RULE_FILES]
    for path in rule_files:
        with noted(errors):
            yield _rule_file(path)
    files = list(definition.find(it for it in paths if it not in rule_files))
    in_json = uids_in_json(files)
    for path in files:
        own: list[Any] = []
        found = _of_source(definition.declared(path, fleet, own), str(path), errors)
        yield from (it for it in found if not replaced_by(it.plain.get("uid"), path, in_json))
        if own:
            exclusions[str(path)] = own
    of_all = _of_source(of_fleet(fleet), "the fleet", errors)
    yield from (it for it in of_all if not replaced_by(it.plain.get("uid"), None, in_json))


def _of_source(
    declared: Iterable[Any], source: str, errors: list[DefinitionError]
) -> Iterator[Subject]:
    """What one definition declares; a mistake in it keeps away no more than it must."""
    with noted(errors):
        for one in declared:
            with noted(errors):
                yield _subject(one, source)


def _refuse(errors: list[DefinitionError]) -> None:
    if errors:
        raise BrokenDefinitionsError(errors, "nothing was judged")


def _subject(found: Any, source: str) -> Subject:
    with inside(source), shaped(found):
        if isinstance(found, RuleSet):
            return of_groups(groups(found, Addresses()), found.slug, source)
        if isinstance(found, dict):
            dashboard = opened(found)
            checked_title(dashboard.get("title"))
            return of_document(dashboard, source)
        return of_document(document(found), source)


def _rule_file(path: Path) -> Subject:
    import yaml

    with inside(str(path)):
        try:
            content = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise DefinitionError(
                f"it cannot be read as YAML: {str(error).splitlines()[0]}",
                tip="name a rule file of Prometheus, or a definition.",
            ) from error
        found = content.get("groups") if isinstance(content, dict) else None
        if not isinstance(found, list) or not all(isinstance(it, dict) for it in found):
            raise DefinitionError(
                "it has no rule groups", tip="name a rule file of Prometheus, or a definition."
            )
        with shaped(content):
            return of_groups(found, path.name, str(path))
