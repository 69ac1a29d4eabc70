"""A definition's text with what it builds, and the document in Grafana that it shall build."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.alerts.rule_set import RuleSet
from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.patch.comparison import (
    Sections,
    build_comparable,
    compare_sections,
    list_differences,
    list_heading_ids,
    read_stored,
)
from tailboard.convert.patch.line_breaks import break_long_lines
from tailboard.convert.patch.panel_changes import (
    count_document_differences,
    count_panel_differences,
    strip_layout,
)
from tailboard.convert.patch.tracing import Trace, trace_definition
from tailboard.convert.recognition.ready_made import build_canonical_panels
from tailboard.convert.source import read_source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import Document
from tailboard.panels.definition_error import DefinitionError

PRESENCE_CHANGE = re.compile(r"^(?:panel|row|tab) .*' (?:added|removed|moved)\b")
"""How a plan says that a panel, a row or a tab is not where it is in the other document."""

PRESENCE_WEIGHT = 5

Ids = Sequence[Sequence[int]]
"""The ids in Grafana of the panels of each row."""

HeadingIds = Sequence[int | None]
"""The id in Grafana of the heading of each row in schema v1."""

Condition = Callable[[Trace], bool]
"""Whether what a changed text builds is better than before."""


class Editor:
    """A definition's text, what it builds, and the document that it shall build."""

    def __init__(self, path: Path, text: str, content: Mapping[str, Any]) -> None:
        self.path = path
        self.live = read_source(content)
        self.stored = read_stored(content, self.live)
        self.uid = self.live.document["uid"]
        self.text = text
        self._old_text = text
        self.trace = trace_definition(text, path, self.uid)
        self.document = build_document(self.trace.dashboard)
        self.live_panels = {
            panel.get("id"): panel for panel in list_flat_panels(self.live.document)
        }
        self.ids = self._list_built_ids()
        self.heading_ids = list_heading_ids(self.trace.dashboard, self.document)
        self._titles = self._map_titles()

    def list_differences(self) -> list[str]:
        """What was edited and is not in the text, in the words of `plan`."""
        comparable = build_comparable(
            self.trace.dashboard, self.document, self.stored, self.map_ids()
        )
        return list_differences(comparable, self.stored)

    def list_plan_changes(self) -> list[str]:
        """What a plan says that publishing the text would change."""
        comparable = build_comparable(
            self.trace.dashboard, self.document, self.stored, self.map_ids()
        )
        return list_differences(self.stored, comparable)

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

    def find_title(self, panel_id: int) -> str:
        """The title of a panel before it was edited."""
        return self._titles.get(panel_id, "")

    def list_titles(self, panel_id: int) -> set[str]:
        """The titles of a panel: in the definition, and in Grafana."""
        live_panel = self.live_panels.get(panel_id, {})
        return {self.find_title(panel_id), str(live_panel.get("title", ""))}

    def _map_titles(self) -> dict[int, str]:
        return {
            panel["id"]: str(panel.get("title", "")) for panel in list_flat_panels(self.document)
        }

    def map_ids(self) -> dict[int, int]:
        """The id in Grafana of each panel and heading that the text builds."""
        ids: dict[int, int] = {}
        for built_ids, live_ids in zip(self._list_built_ids(), self.ids, strict=False):
            ids |= dict(zip(built_ids, live_ids, strict=False))
        heading_ids = list_heading_ids(self.trace.dashboard, self.document)
        return ids | {
            new: old
            for new, old in zip(heading_ids, self.heading_ids, strict=False)
            if new is not None and old is not None
        }

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
        """Whether a changed text builds what is nearer to what Grafana holds than that before."""
        old_state = self.read_state()
        old_distance = self.measure_distance()
        self.trace, self.document = trace, build_document(trace.dashboard)
        new_distance = self.measure_distance()
        self.restore_state(old_state)
        return new_distance < old_distance

    def has_more_differences(self, old_state: "State") -> bool:
        """Whether the text builds what is further from what Grafana holds than an older text."""
        new_state = self.read_state()
        new_distance = self.measure_distance()
        self.restore_state(old_state)
        old_distance = self.measure_distance()
        self.restore_state(new_state)
        return new_distance > old_distance

    def measure_distance(self) -> int:
        """How far what the text builds is from what Grafana holds.

        Something that is missing counts more than what is otherwise in it.
        """
        return sum(
            PRESENCE_WEIGHT if PRESENCE_CHANGE.search(difference) else 1
            for difference in self.list_differences()
        )

    def has_repeated_panels(self) -> bool:
        """Whether a panel is in two rows: it was put into one and not taken out of the other."""
        ids = [panel_id for row_ids in self.ids for panel_id in row_ids]
        return len({*ids}) < len(ids)

    def read_panel(self, row_index: int, panel_index: int) -> Panel:
        """The canonical form of a panel of a row."""
        value = self.trace.dashboard.rows[row_index].panels[panel_index]
        (panel,) = build_canonical_panels([value])
        return panel

    def read_state(self) -> "State":
        """The text with what it builds, to come back to."""
        ids = [list(row_ids) for row_ids in self.ids]
        return State(self.text, self.trace, self.document, ids, [*self.heading_ids])

    def restore_state(self, state: "State") -> None:
        """Come back to an older text."""
        self.text, self.trace, self.document = state.text, state.trace, state.document
        self.ids = [list(row_ids) for row_ids in state.ids]
        self.heading_ids = [*state.heading_ids]

    def try_text(
        self,
        text: str,
        is_better: Condition | None = None,
        *,
        ids: Ids | None = None,
        heading_ids: HeadingIds | None = None,
        is_shared: bool = False,
    ) -> bool:
        """Take a text if it runs, and builds what is nearer to the target document.

        `ids` are those in Grafana of the panels that it builds, if that are others than before;
        `heading_ids` those of its rows.
        It changes no other dashboard and no rules of the definition, and takes no other panel
        further away from what Grafana holds, unless it `is_shared`: an objective is.
        """
        if text == self.text:
            return False
        try:
            text = break_long_lines(self._old_text, text)
            trace = trace_definition(text, self.path, self.uid)
            document = build_document(trace.dashboard)
        except (DefinitionError, SyntaxError, ValueError):
            return False
        if not is_shared and self._has_consequences(trace, document, ids or self.ids):
            return False
        if is_better is not None:
            if not is_better(trace):
                return False
        elif count_document_differences(document, self.live.document) >= count_document_differences(
            self.document, self.live.document
        ):
            return False
        self.text, self.trace, self.document = text, trace, document
        self.ids = [list(row_ids) for row_ids in ids or self.ids]
        self.heading_ids = [*(heading_ids or self.heading_ids)]
        return True

    def _has_consequences(self, trace: Trace, document: Document, ids: Ids) -> bool:
        """Whether a text changes something for the worse that is not what it is meant for."""
        if list_changed_neighbors(self.trace, trace):
            return True
        old_panels = _map_panels(self.trace, self.document, self.ids)
        return any(
            panel_id in old_panels and self._is_further(old_panels[panel_id], panel, panel_id)
            for panel_id, panel in _map_panels(trace, document, ids).items()
        )

    def _is_further(self, old: Panel, new: Panel, panel_id: int) -> bool:
        """Whether a panel changed, and differs more from the one that Grafana holds."""
        live_panel = self.live_panels.get(panel_id)
        parts = [strip_layout(panel) for panel in (old, new, live_panel or old)]
        if parts[0] == parts[1]:
            return False
        old_panel, new_panel, target = build_canonical_panels(parts)
        counts = [count_panel_differences(panel, target) for panel in (old_panel, new_panel)]
        return counts[1] > counts[0]


@dataclass(frozen=True)
class State:
    """A text with what it builds, and the ids that its panels have in Grafana."""

    text: str
    trace: Trace
    document: Document
    ids: list[list[int]]
    heading_ids: HeadingIds


def list_changed_neighbors(old: Trace, new: Trace) -> list[Any]:
    """The other dashboards and the rules of a definition that a change of its text changes."""
    if len(old.neighbors) != len(new.neighbors):
        return [*new.neighbors]
    return [
        entry
        for old_entry, entry in zip(old.neighbors, new.neighbors, strict=True)
        if _is_changed(old_entry, entry)
    ]


def _is_changed(old: Any, new: Any) -> bool:
    """Whether two declarations differ; where they hold functions, by what is built of them."""
    if old == new:
        return False
    try:
        if isinstance(old, Dashboard) and isinstance(new, Dashboard):
            return build_document(old) != build_document(new)
        if isinstance(old, RuleSet) and isinstance(new, RuleSet):
            groups = (build_groups(rules, Addresses()) for rules in (old, new))
            return next(groups) != next(groups)
    except DefinitionError:
        return True
    return True


def accept(_: Trace) -> bool:
    """The condition that every text fulfils which runs."""
    return True


SUBJECT_END = "': "
"""What stands between a panel or a row and its changes, in the phrases of a plan."""


def split_difference(difference: str) -> set[tuple[str, str]]:
    """What a phrase of a plan is about, and the first word of each thing that changed of it.

    `panel 'Errors'` and `query` of `panel 'Errors': query changed`.
    """
    subject, separator, parts = difference.partition(SUBJECT_END)
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


def _map_panels(trace: Trace, document: Document, ids: Ids) -> dict[int, Panel]:
    """The built panels by their ids in Grafana."""
    return {
        panel_id: panel
        for group, row_ids in zip(group_panels(trace, document), ids, strict=True)
        for panel, panel_id in zip(group, row_ids, strict=False)
    }


def list_flat_panels(document: Document) -> list[Panel]:
    """Every panel and heading, those of closed rows too."""
    return list(list_panels(document["panels"]))
