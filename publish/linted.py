"""What `tailboard lint` looks at: documents and rules of definitions, JSON and rule files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from alerts import RuleSet
from alerts.groups import Addresses, groups
from dashboards import document
from dashboards.dashboard import checked_title
from dashboards.library import of_fleet
from panels import Service
from panels.definition_error import DefinitionError, inside
from publish import definition
from publish.finding import Finding
from publish.lint import LINT_RULES
from publish.linting import findings
from publish.mistakes import shaped
from publish.subject import Subject, of_document, of_groups

RULE_FILES = {".yaml", ".yml"}


def findings_at(paths: Iterable[Path]) -> Iterator[Finding]:
    """What every lint rule finds at these paths."""
    for subject in subjects(paths):
        with inside(subject.place.source), shaped(subject.plain):
            yield from list(findings(subject, LINT_RULES))


def subjects(paths: Iterable[Path]) -> Iterator[Subject]:
    """Everything at these paths; the JSON of a dashboard is judged as it stands in its file."""
    fleet: list[Service] = []
    paths = list(paths)
    rule_files = [path for path in paths if path.suffix in RULE_FILES]
    for path in rule_files:
        yield _rule_file(path)
    for path in definition.find(it for it in paths if it not in rule_files):
        for found in definition.declared(path, fleet):
            yield _subject(found, str(path))
    for found in of_fleet(fleet):
        yield _subject(found, "the fleet")


def _subject(found: Any, source: str) -> Subject:
    with inside(source), shaped(found):
        if isinstance(found, RuleSet):
            return of_groups(groups(found, Addresses()), found.slug, source)
        if isinstance(found, dict):
            checked_title(found.get("title"))
            return of_document(found, source)
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
        return of_groups(found, path.name, str(path))
