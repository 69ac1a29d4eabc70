"""One build: all definitions, and the files that the formats make of what they declare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from tailboard.alerts import RuleSet
from tailboard.alerts.panel_alert import (
    PanelAlert,
    build_panel_alert_groups,
    convert_panel_alert,
)
from tailboard.dashboards import build_document, read_folder
from tailboard.dashboards.document import Document, list_row_layouts
from tailboard.dashboards.library import build_fleet_dashboard, build_library
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tailboard.definitions import load
from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.definitions.json_overrides import find_json_override, read_json_uids
from tailboard.panels import Service, every_service
from tailboard.panels.conventions import resolve_convention as convention_named
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.publish.formats import File, Format, FormatOptions
from tailboard.publish.formats.yaml_text import render_yaml

V2_NOTE = (
    "the format {name} cannot hold a dashboard of Grafana's schema v2 and leaves it out; the "
    "format api writes it"
)
FLAT_NOTE = "{losses} in the format {names}; the format v2 keeps them"
PANEL_ALERT_FOLDER = PurePosixPath("panel-alerts")
PANEL_ALERT_NOTE = (
    "Alerts that the dashboard's panels had, as rules: Prometheus loads them where you copy them."
)


class Progress(Protocol):
    """Who wants to know how far a build is."""

    def count_definition(self) -> None:
        """One definition is done."""

    def count_dashboard(self) -> None:
        """One dashboard, or the rules of one service, are done."""


class Build:
    """One run over all definitions, which goes on after a mistake so that it finds them all."""

    def __init__(
        self, sources: Sequence["Source"], formats: Sequence[Format], format_options: FormatOptions
    ) -> None:
        self.sources = sources
        self.formats = formats
        self.format_options = format_options
        self.errors: list[DefinitionError] = []
        self.uids: dict[str, str] = {}
        self.rules: dict[str, RuleSet] = {}
        self.fleet: list[Service] = []
        self.notes: list[str] = []
        self._json_paths = read_json_uids(source.path for source in sources)

    def build_files(self, progress: Progress) -> Iterator[File]:
        """The files of every definition's dashboards and rules, one at a time."""
        for result in self.build_results(progress):
            yield from result.files

    def build_results(self, progress: Progress) -> Iterator["BuildResult"]:
        """Every dashboard and rule set; none any more once a mistake was found."""
        for source in self._list_sources():
            for result in self._build_source(source):
                yield result
                progress.count_dashboard()
            progress.count_definition()

    def _list_sources(self) -> Iterator["Source"]:
        """The definitions, then the one dashboard that all their services share."""
        yield from self.sources
        if self.fleet:
            yield Source("the fleet", services=self.fleet)

    def _build_source(self, source: "Source") -> Iterator["BuildResult"]:
        with collect_errors(self.errors):
            for declaration in source.load_declarations(self.fleet):
                result = None
                with collect_errors(self.errors), locate_errors(source.name):
                    build_declaration = (
                        self._build_rules
                        if isinstance(declaration, RuleSet)
                        else self._build_dashboard
                    )
                    result = build_declaration(declaration, source)
                if result and not self.errors:
                    yield result

    def _build_dashboard(self, dashboard: Any, source: "Source") -> "BuildResult | None":
        with convert_shape_errors(dashboard):
            alert_panels: list[Document] = []
            document = build_document(dashboard, alert_panels=alert_panels)
            if json_path := find_json_override(document["uid"], source.path, self._json_paths):
                self.notes.append(
                    f"{json_path} takes the place of {document['title']!r} in {source.name}"
                )
                return None
            self._register_uid(document, source)
            rows = list_row_layouts(dashboard)
            files, notes = self._write_document(document, rows)
            if alerts := list(filter(None, map(convert_panel_alert, alert_panels))):
                path = PANEL_ALERT_FOLDER / f"{document['uid']}.yaml"
                files += _build_panel_alert_files(alerts, path, document)
                notes += [_describe_panel_alert(alert, path) for alert in alerts]
            self.notes += [f"{document['title']!r} in {source.name}: {note}" for note in notes]
            return BuildResult(source.name, files, document, read_folder(dashboard), rows)

    def _write_document(
        self, document: Document, rows: Sequence[RowLayout]
    ) -> tuple[list[File], list[str]]:
        """The files that the formats make of a document, and what they cannot hold of it."""
        files: list[File] = []
        notes: list[str] = []
        flat_formats = []
        v2_document = document if is_v2_document(document) else None
        for output_format in self.formats:
            if output_format.document_files is not None and document is not v2_document:
                files += output_format.document_files(document)
                notes += output_format.document_notes(document)
                flat_formats.append(output_format.name)
            elif output_format.v2_files is not None:
                v2_document = v2_document or convert_document(document, rows)
                files += output_format.v2_files(v2_document)
            elif output_format.document_files is not None:
                notes.append(V2_NOTE.format(name=output_format.name))
        if rows and flat_formats:
            losses = describe_losses(list_losses(convert_document(document, rows)))
            notes.append(FLAT_NOTE.format(losses=losses, names=" and ".join(flat_formats)))
        return files, notes

    def _build_rules(self, rules: RuleSet, source: "Source") -> "BuildResult | None":
        if rules.slug in self.rules:
            raise DefinitionError(
                f"the service {rules.service.name!r} has rules already, of another definition",
                tip="give each service a name of its own, or declare its rules in one place.",
            )
        self.rules[rules.slug] = rules
        files = [
            file
            for output_format in self.formats
            for file in output_format.rule_files(rules, self.format_options)
        ]
        return BuildResult(source.name, files)

    def _register_uid(self, document: dict[str, Any], source: "Source") -> None:
        """Two dashboards of one uid would overwrite each other in Grafana, in turn."""
        uid, title = document["uid"], document["title"]
        if uid in self.uids:
            raise DefinitionError(
                f"dashboard {title!r} has the uid {uid!r}, which {self.uids[uid]} has too",
                tip="give one of them another uid; a uid names one dashboard in Grafana.",
            )
        self.uids[uid] = f"{title!r} in {source.name}"


def _describe_panel_alert(alert: PanelAlert, path: PurePosixPath) -> str:
    outcome = (
        f"`tailboard build` writes it as a Prometheus rule to {path}"
        if alert.rule is not None
        else f"there is no Prometheus rule for it: {alert.notes[0]}"
    )
    return (
        f"the panel {alert.panel_title!r} loses its alert {alert.name!r}, since Grafana 11 has no "
        f"alerts in panels; {outcome}"
    )


def _build_panel_alert_files(
    alerts: Sequence[PanelAlert], path: PurePosixPath, document: Document
) -> Iterator[File]:
    """The rule file of the alerts that Prometheus can have, in a folder that nothing loads."""
    groups = build_panel_alert_groups(document["uid"], alerts)
    if groups:
        notes = [f"{alert.name!r}: {note}" for alert in alerts for note in alert.notes]
        yield File(path, render_yaml({"groups": groups}, notes=[PANEL_ALERT_NOTE, *notes]))


@dataclass(frozen=True)
class BuildResult:
    """The files of one dashboard or of one service's rules.

    Of a dashboard also its document, the folder of Grafana that it names, and the rows that only
    schema v2 lays out as they are declared.
    """

    source: str
    files: list[File]
    document: Document | None = None
    folder: str = ""
    rows: Sequence[RowLayout] = ()


@dataclass(frozen=True)
class Source:
    """Where dashboards come from: a definition, a convention of the library, or many services."""

    name: str
    path: Path | None = None
    convention: str = ""
    services: Sequence[Service] = ()

    def load_declarations(self, fleet: list[Service]) -> Iterator[Any]:
        """Its dashboards and rule sets, one at a time; its services are added to the fleet."""
        if self.services:
            return build_fleet_dashboard(self.services)
        if self.path:
            return load.load_definition(self.path, fleet)
        return build_library([every_service(convention_named(self.convention))])
