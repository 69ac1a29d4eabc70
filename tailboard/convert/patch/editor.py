"""A definition's text with what it builds, and the document in Grafana that it shall build."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.patch.comparison import (
    Sections,
    build_comparable,
    compare_sections,
    list_differences,
    list_heading_ids,
    read_stored,
)
from tailboard.convert.patch.panel_changes import count_document_differences
from tailboard.convert.patch.tracing import Trace, trace_definition
from tailboard.convert.recognition.ready_made import build_canonical_panels
from tailboard.convert.source import read_source
from tailboard.dashboards import build_document
from tailboard.dashboards.document import Document
from tailboard.panels.definition_error import DefinitionError


class Editor:
    """A definition's text, what it builds, and the document that it shall build."""

    def __init__(self, path: Path, text: str, content: Mapping[str, Any]) -> None:
        self.path = path
        self.live = read_source(content)
        self.stored = read_stored(content, self.live)
        self.uid = self.live.document["uid"]
        self.text = text
        self.trace = trace_definition(text, path, self.uid)
        self.document = build_document(self.trace.dashboard)
        self.live_panels = {
            panel.get("id"): panel for panel in list_flat_panels(self.live.document)
        }
        self.ids = self._list_built_ids()
        self._heading_ids = list_heading_ids(self.document)
        self._titles = self._list_titles()

    def list_differences(self) -> list[str]:
        """What was edited and is not in the text, in the words of `plan`."""
        comparable = build_comparable(
            self.trace.dashboard, self.document, self.stored, self.map_ids()
        )
        return list_differences(comparable, self.stored)

    def list_changes(self) -> set[tuple[str, str]]:
        """What was edited of what: of panels by both titles, the one before and the one after."""
        changes = {
            change for entry in self.list_differences() for change in split_difference(entry)
        }
        for panel_id, title in self._titles.items():
            live_title = str(self.live_panels.get(panel_id, {}).get("title", ""))
            changes |= {
                (f"panel {live_title!r}", part)
                for subject, part in changes
                if subject == f"panel {title!r}"
            }
        return changes

    def has_new_ids(self) -> bool:
        """Whether a panel that Grafana holds gets another id."""
        return any(new != old for new, old in self.map_ids().items())

    def _list_built_ids(self) -> list[list[int]]:
        groups = group_panels(self.trace, self.document)
        return [[panel["id"] for panel in panels] for panels in groups]

    def _list_titles(self) -> dict[int, str]:
        return {
            panel["id"]: str(panel.get("title", "")) for panel in list_flat_panels(self.document)
        }

    def map_ids(self) -> dict[int, int]:
        """The id in Grafana of each panel and heading that the text builds."""
        ids: dict[int, int] = {}
        for built_ids, live_ids in zip(self._list_built_ids(), self.ids, strict=False):
            ids |= dict(zip(built_ids, live_ids, strict=False))
        return ids | dict(zip(list_heading_ids(self.document), self._heading_ids, strict=False))

    def compare_sections(self) -> Sections:
        """The rows and tabs that the text builds beside those that Grafana stores."""
        return compare_sections(
            self.trace.dashboard,
            self.document,
            self.live,
            self.stored,
            self.ids,
            self.map_ids(),
        )

    def has_fewer_differences(self, trace: Trace) -> bool:
        """Whether a changed text builds what has fewer differences than that before."""
        old_state = self.read_state()
        old_count = len(self.list_differences())
        self.trace, self.document = trace, build_document(trace.dashboard)
        new_count = len(self.list_differences())
        self.restore_state(old_state)
        return new_count < old_count

    def has_more_differences(self, old_state: "State") -> bool:
        """Whether the text builds what has more differences than an older text."""
        new_state = self.read_state()
        new_count = len(self.list_differences())
        self.restore_state(old_state)
        old_count = len(self.list_differences())
        self.restore_state(new_state)
        return new_count > old_count

    def read_panel(self, row_index: int, panel_index: int) -> Panel:
        """The canonical form of a panel of a row."""
        value = self.trace.dashboard.rows[row_index].panels[panel_index]
        (panel,) = build_canonical_panels([value])
        return panel

    def read_state(self) -> "State":
        """The text with what it builds, to come back to."""
        ids = [list(row_ids) for row_ids in self.ids]
        return State(self.text, self.trace, self.document, ids)

    def restore_state(self, state: "State") -> None:
        """Come back to an older text."""
        self.text, self.trace, self.document = state.text, state.trace, state.document
        self.ids = [list(row_ids) for row_ids in state.ids]

    def try_text(self, text: str, is_better: Any = None) -> bool:
        """Take a text if it runs, and builds what is nearer to the target document."""
        if text == self.text:
            return False
        try:
            trace = trace_definition(text, self.path, self.uid)
            document = build_document(trace.dashboard)
        except (DefinitionError, SyntaxError, ValueError):
            return False
        if is_better is not None:
            if not is_better(trace):
                return False
        elif count_document_differences(document, self.live.document) >= count_document_differences(
            self.document, self.live.document
        ):
            return False
        self.text, self.trace, self.document = text, trace, document
        return True


@dataclass(frozen=True)
class State:
    """A text with what it builds, and the ids that its panels have in Grafana."""

    text: str
    trace: Trace
    document: Document
    ids: list[list[int]]


def accept(_: Trace) -> bool:
    """The condition that every text fulfils which runs."""
    return True


def split_difference(difference: str) -> set[tuple[str, str]]:
    """What a phrase of a plan is about, and the first word of each thing that changed of it.

    `panel 'Errors'` and `query` of `panel 'Errors': query changed`.
    """
    subject, separator, parts = difference.partition("': ")
    if not separator:
        return {(difference, "")}
    return {(f"{subject}'", part.partition(" ")[0]) for part in parts.split(", ")}


def group_panels(trace: Trace, document: Document) -> list[list[Panel]]:
    """The panels of a built document by the rows that declare them."""
    flat_panels = [panel for panel in list_flat_panels(document) if panel.get("type") != "row"]
    groups = []
    for row in trace.dashboard.rows:
        count = len([*row.panels])
        groups.append(flat_panels[:count])
        flat_panels = flat_panels[count:]
    return groups


def list_flat_panels(document: Document) -> list[Panel]:
    """Every panel and heading, those of closed rows too."""
    return list(list_panels(document["panels"]))
