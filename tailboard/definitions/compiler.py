"""The way from what one definition declares to files, whatever other definitions declare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.document import Document, build_document, list_row_layouts
from tailboard.dashboards.passes.read import read_folder
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.definitions.json_overrides import find_json_override
from tailboard.definitions.source import Source
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.record import record
from tailboard.publish.formats import File, Format, FormatOptions

if TYPE_CHECKING:
    from tailboard.alerts.rule_set import RuleSet
    from tailboard.dashboards.schema_v2.row_layout import RowLayout
    from tailboard.panels.service import Service

V2_NOTE = (
    "the format {name} cannot hold a dashboard of Grafana's schema v2 and leaves it out; the "
    "format api writes it"
)
FLAT_NOTE = "{losses} in the format {names}; the format v2 keeps them"


@record
class Compilation:
    """What one declaration became: a dashboard with its uid and title, or the rules of a service.

    `error` is what is wrong with it. Without a uid, rules and an error, a JSON document takes the
    dashboard's place, as a note says.
    """

    uid: str = ""
    title: str = ""
    document: Document | None = None
    folder: str = ""
    rows: "Sequence[RowLayout]" = ()
    rules: "RuleSet | None" = None
    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: DefinitionError | None = None


@record
class Compiler:
    """Compiles definitions one by one; `json_paths` are those of the JSON documents by uid."""

    formats: Sequence[Format]
    format_options: FormatOptions
    json_paths: Mapping[str, Path]

    def compile_source(self, source: Source, fleet: "list[Service]") -> Iterator[Compilation]:
        """Its dashboards and rule sets, one at a time; its services are added to the fleet."""
        try:
            for declaration in source.load_declarations(fleet):
                yield self._compile_declaration(declaration, source)
        except DefinitionError as error:
            yield Compilation(error=error)

    def _compile_declaration(self, declaration: Any, source: Source) -> Compilation:
        if not isinstance(declaration, Dashboard | dict):
            from tailboard.alerts.rule_set import RuleSet  # here, since many builds have no rules

            if isinstance(declaration, RuleSet):
                return self._compile_rules(declaration, source)
        try:
            with locate_errors(source.name), convert_shape_errors(declaration):
                alert_panels: list[Document] = []
                document = build_document(declaration, alert_panels=alert_panels)
        except DefinitionError as error:
            return Compilation(error=error)
        title = document["title"]
        if json_path := find_json_override(document["uid"], source.path, self.json_paths):
            note = f"{json_path} takes the place of {title!r} in {source.name}"
            return Compilation(notes=[note])
        try:
            with locate_errors(source.name), convert_shape_errors(declaration):
                rows = list_row_layouts(declaration)
                files, notes = self._write_document(document, rows)
                if alert_panels:
                    alert_files, alert_notes = _write_panel_alerts(alert_panels, document)
                    files += alert_files
                    notes += alert_notes
                folder = read_folder(declaration)
        except DefinitionError as error:
            return Compilation(document["uid"], title, error=error)
        notes = [f"{title!r} in {source.name}: {note}" for note in notes]
        return Compilation(document["uid"], title, document, folder, rows, files=files, notes=notes)

    def _compile_rules(self, rules: "RuleSet", source: Source) -> Compilation:
        try:
            with locate_errors(source.name):
                files = [
                    file
                    for output_format in self.formats
                    for file in output_format.rule_files(rules, self.format_options)
                ]
        except DefinitionError as error:
            return Compilation(rules=rules, error=error)
        return Compilation(rules=rules, files=files)

    def _write_document(
        self, document: Document, rows: "Sequence[RowLayout]"
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
                v2_document = v2_document or _convert_document(document, rows)
                files += output_format.v2_files(v2_document)
            elif output_format.document_files is not None:
                notes.append(V2_NOTE.format(name=output_format.name))
        if rows and flat_formats:
            from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses

            losses = describe_losses(list_losses(_convert_document(document, rows)))
            notes.append(FLAT_NOTE.format(losses=losses, names=" and ".join(flat_formats)))
        return files, notes


def _convert_document(document: Document, rows: "Sequence[RowLayout]") -> Document:
    """The document in schema v2; what converts it is imported for few builds."""
    from tailboard.dashboards.schema_v2.convert import convert_document

    return convert_document(document, rows)


def _write_panel_alerts(
    alert_panels: Sequence[Document], document: Document
) -> tuple[list[File], list[str]]:
    """The rules of alerts that panels had; few dashboards have any."""
    from tailboard.definitions.panel_alerts import write_panel_alerts

    return write_panel_alerts(alert_panels, document)
