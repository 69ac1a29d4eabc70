"""The patch of a definition: each edit is tried on its text, run, and kept where it helps."""

import ast
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.code import Call, Code, ListCode, Literal, build_code, render_flat
from tailboard.convert.layout import find_sizes
from tailboard.convert.module_text import list_code_names
from tailboard.convert.panel_code import build_query_code, build_raw_call
from tailboard.convert.patch.comparison import (
    Place,
    Sections,
    build_comparable,
    compare_sections,
    list_differences,
    list_heading_ids,
    list_places,
    list_section_ids,
    read_stored,
)
from tailboard.convert.patch.panel_changes import (
    count_document_differences,
    count_panel_differences,
    list_changed_texts,
    list_changed_thresholds,
    strip_layout,
)
from tailboard.convert.patch.text_edits import (
    add_imports,
    find_span,
    read_segment,
    remove_keyword,
    replace_node,
    set_keyword,
    wrap_call,
)
from tailboard.convert.patch.tracing import Trace, trace_definition
from tailboard.convert.recognition.kinds import list_kind_calls
from tailboard.convert.recognition.near_miss import evolve_ready_made
from tailboard.convert.recognition.ready_made import (
    PanelCall,
    ReadyMade,
    build_canonical_panels,
    build_fingerprint,
    make_calls,
)
from tailboard.convert.source import read_source
from tailboard.dashboards import build_document
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.place import DEFAULT_SIZE, KIND_SIZES
from tailboard.dashboards.passes.stamp import TAG
from tailboard.dashboards.schema_v2.layout import AUTO_GRID, GRID
from tailboard.panels.definition_error import DefinitionError

KIND_FUNCTIONS = ("bar_gauge", "heatmap", "raw", "stat", "text", "timeseries")
"""The kinds whose calls are edited argument by argument."""


@dataclass(frozen=True)
class Patch:
    """The new text of a definition, and what of the edit is not in it.

    `notes` are consequences of the patch, `differences` what the definition still builds otherwise
    than what Grafana holds.
    """

    path: Path
    old_text: str
    text: str
    notes: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.old_text.splitlines(keepends=True),
            self.text.splitlines(keepends=True),
            f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(lines)


def build_patch(path: Path, text: str, content: Mapping[str, Any]) -> Patch:
    """The patch that makes a definition build what Grafana holds, as far as that is possible.

    `content` is what Grafana holds, as `pull` brings it. Raises `DefinitionError` where the
    definition cannot be run or does not declare the dashboard.
    """
    editor = _Editor(path, text, content)
    old_changes = editor.list_changes()
    editor.patch_heading()
    editor.patch_panels()
    editor.patch_sections()
    editor.patch_rows()
    editor.patch_layout()
    differences, notes = [], []
    for entry in editor.list_differences():
        if _split_difference(entry) & old_changes:
            differences.append(entry)
        else:
            notes.append(f"follows from the patch: {entry}")
    if editor.has_new_ids():
        notes.append(
            "the ids of panels follow the titles of the panel and its row, as do links to them"
        )
    return Patch(path, text, editor.text, tuple(notes), tuple(differences))


class _Editor:
    """A definition's text, what it builds, and the document that it shall build."""

    def __init__(self, path: Path, text: str, content: Mapping[str, Any]) -> None:
        self.path = path
        self.live = read_source(content)
        self.stored = read_stored(content, self.live)
        self.uid = self.live.document["uid"]
        self.text = text
        self.trace = trace_definition(text, path, self.uid)
        self.document = build_document(self.trace.dashboard)
        self._live_panels = {panel.get("id"): panel for panel in _list_flat(self.live.document)}
        self._ids = self._list_built_ids()
        self._heading_ids = list_heading_ids(self.document)
        self._titles = self._list_titles()

    def list_differences(self) -> list[str]:
        """What was edited and is not in the text, in the words of `plan`."""
        comparable = build_comparable(
            self.trace.dashboard, self.document, self.stored, self._map_ids()
        )
        return list_differences(comparable, self.stored)

    def list_changes(self) -> set[tuple[str, str]]:
        """What was edited of what: of panels by both titles, the one before and the one after."""
        changes = {
            change for entry in self.list_differences() for change in _split_difference(entry)
        }
        for panel_id, title in self._titles.items():
            live_title = str(self._live_panels.get(panel_id, {}).get("title", ""))
            changes |= {
                (f"panel {live_title!r}", part)
                for subject, part in changes
                if subject == f"panel {title!r}"
            }
        return changes

    def patch_heading(self) -> None:
        """Title, description, tags, refresh and the beginning of the time range."""
        live, built = self.live.document, self.document
        for name, code in _list_heading_changes(live, built).items():
            call = self.trace.find_call(self.trace.dashboard)
            if call is None:
                return
            is_library = not _is_function(call, "Dashboard")
            if is_library and _is_function(call, "replace"):
                self._try(set_keyword(self.text, call, name, code))
            elif is_library:
                wrapped = wrap_call(self.text, call, "replace", {name: code})
                self._try(add_imports(wrapped, {"replace"}))
            elif name == "title" and call.args:
                self._try(replace_node(self.text, call.args[0], render_flat(code)))
            else:
                self._try(set_keyword(self.text, call, name, code))

    def patch_panels(self) -> None:
        """The panels that somebody edited, one after the other.

        A panel that only differs since an objective of another one was patched stays so.
        """
        edited_panels = [
            (row_index, panel_index, target)
            for row_index, ids in enumerate(self._ids)
            for panel_index, panel_id in enumerate(ids)
            if (live_panel := self._live_panels.get(panel_id)) is not None
            for target in build_canonical_panels([strip_layout(live_panel)])
            if build_fingerprint(self._read_panel(row_index, panel_index))
            != build_fingerprint(target)
        ]
        for row_index, panel_index, target in edited_panels:
            self._patch_panel(row_index, panel_index, target)

    def patch_sections(self) -> None:
        """Rows in the place of tabs or tabs in that of rows, titles, closed rows, auto grids."""
        self._patch_layout_kind()
        while any(self._try(text, self._has_fewer_differences) for text in self._list_row_edits()):
            pass

    def patch_rows(self) -> None:
        """The panels that were removed, those that are new, and those in another row."""
        known_texts = self._list_element_texts()
        for row_index in reversed(range(len(self._ids))):
            section = self._compare_sections().find_stored(row_index)
            elements = self.trace.find_elements(self.trace.dashboard.rows[row_index])
            if section is None or elements is None:
                continue
            live_ids = list_section_ids(section)
            if sorted(live_ids) == sorted(self._ids[row_index]):
                continue
            ids = _merge_order(self._ids[row_index], live_ids)
            items, names = self._write_items(ids, known_texts)
            self._replace_items(row_index, elements[0], items, names, ids)
        self._drop_unused_constants()

    def patch_layout(self) -> None:
        """The order, the sizes and the places of the panels of each row, or nothing of a row."""
        for row_index in range(len(self._ids)):
            if self._has_same_layout(row_index):
                continue
            old_state = self._read_state()
            edits = (
                self._reorder_panels,
                self._write_sizes,
                self._place_changed_panels,
                self._place_all_panels,
            )
            for edit in edits:
                edit(row_index)
                if self._has_same_layout(row_index) and not self._has_more_differences(old_state):
                    break
                self._restore_state(old_state)

    def has_new_ids(self) -> bool:
        """Whether a panel that Grafana holds gets another id."""
        return any(new != old for new, old in self._map_ids().items())

    def _list_built_ids(self) -> list[list[int]]:
        groups = _group_panels(self.trace, self.document)
        return [[panel["id"] for panel in panels] for panels in groups]

    def _list_titles(self) -> dict[int, str]:
        return {panel["id"]: str(panel.get("title", "")) for panel in _list_flat(self.document)}

    def _map_ids(self) -> dict[int, int]:
        """The id in Grafana of each panel and heading that the text builds."""
        ids: dict[int, int] = {}
        for built_ids, live_ids in zip(self._list_built_ids(), self._ids, strict=False):
            ids |= dict(zip(built_ids, live_ids, strict=False))
        return ids | dict(zip(list_heading_ids(self.document), self._heading_ids, strict=False))

    def _compare_sections(self) -> Sections:
        return compare_sections(
            self.trace.dashboard,
            self.document,
            self.live,
            self.stored,
            self._ids,
            self._map_ids(),
        )

    def _patch_layout_kind(self) -> None:
        sections = self._compare_sections()
        call = self.trace.find_call(self.trace.dashboard)
        if call is None or not _is_function(call, "Dashboard") or sections.has_same_kinds():
            return
        text = (
            remove_keyword(self.text, call, "layout")
            if self.trace.dashboard.layout == "tabs"
            else set_keyword(self.text, call, "layout", Literal("tabs"))
        )
        old_state = self._read_state()
        is_taken = self._try(text, self._has_fewer_differences)
        if is_taken and not self._compare_sections().has_same_kinds():
            self._restore_state(old_state)

    def _list_row_edits(self) -> Iterator[str]:
        """Texts in which one thing of a row or a tab is changed."""
        sections = self._compare_sections()
        for new, old in sections.matches.items():
            calls = [
                call
                for row_index in sections.list_rows_within(old)
                if (call := self.trace.find_row_call(self.trace.dashboard.rows[row_index]))
            ]
            if new.title != old.title and calls:
                yield from _list_renamed_texts(self.text, calls, old.title, new.title)
            if len(calls) != 1 or old not in sections.row_sections:
                continue
            for field, name in SECTION_ARGUMENTS.items():
                if new.fields.get(field) and not old.fields.get(field):
                    yield set_keyword(self.text, calls[0], name, Literal(value=True))
                elif old.fields.get(field) and not new.fields.get(field):
                    yield remove_keyword(self.text, calls[0], name)
            if new.layout.get("kind") != old.layout.get("kind"):
                if new.layout.get("kind") == AUTO_GRID:
                    yield set_keyword(self.text, calls[0], "auto_grid", Literal(value=True))
                yield remove_keyword(self.text, calls[0], "auto_grid")

    def _write_items(
        self, ids: Sequence[int], known_texts: Mapping[int, str]
    ) -> tuple[list[str], set[str]]:
        """The code of panels, and the names that new ones need."""
        items: list[str] = []
        names: set[str] = set()
        for panel_id in ids:
            if panel_id in known_texts:
                items.append(known_texts[panel_id])
            elif panel_id in self._live_panels:
                code = _build_panel_code(self._live_panels[panel_id])
                names |= set(list_code_names(code))
                items.append(render_flat(code))
        return items, names

    def _replace_items(
        self,
        row_index: int,
        node: ast.List,
        items: Sequence[str],
        names: set[str],
        ids: Sequence[int],
    ) -> None:
        """Write the list of a row's panels anew, if what it builds has fewer differences."""
        old_state = self._read_state()
        old_count = len(self.list_differences())
        if not self._try(add_imports(_write_list(self.text, node, items), names), _accept):
            return
        self._ids[row_index] = list(ids)
        if len(self.list_differences()) > old_count:
            self._restore_state(old_state)

    def _reorder_panels(self, row_index: int) -> None:
        section = self._compare_sections().find_stored(row_index)
        elements = self.trace.find_elements(self.trace.dashboard.rows[row_index])
        if section is None or elements is None:
            return
        ids = list_section_ids(section)
        if ids == self._ids[row_index] or sorted(ids) != sorted(self._ids[row_index]):
            return
        items, _ = self._write_items(ids, self._list_element_texts())
        if self._try(_write_list(self.text, elements[0], items), _accept):
            self._ids[row_index] = ids

    def _write_sizes(self, row_index: int) -> None:
        """The sizes of panels that flow to where they are, in the order of the definition."""
        places = self._list_stored_places(row_index)
        ids = self._ids[row_index]
        if sorted(places) != sorted(ids) or list(places) != ids:
            self._reorder_panels(row_index)
            ids = self._ids[row_index]
        if list(places) != ids:
            return
        row = self.trace.dashboard.rows[row_index]
        panels = [
            {"type": self._live_panels[panel_id].get("type"), "gridPos": _build_position(place)}
            for panel_id, place in places.items()
        ]
        default_sizes = [_find_own_size(value) for value in row.panels]
        codes = find_sizes(panels, default_sizes, 0, is_collapsed=row.collapsed)
        if any(isinstance(code, Call) and code.function == "grid_position" for code in codes):
            return
        for panel_index, code in enumerate(codes):
            self._write_size(row_index, panel_index, code)

    def _place_changed_panels(self, row_index: int) -> None:
        """Write the places of the panels that would be elsewhere, the last ones first."""
        stored_places = self._list_stored_places(row_index)
        for panel_index in reversed(range(len(self._ids[row_index]))):
            panel_id = self._ids[row_index][panel_index]
            if stored_places.get(panel_id) != self._list_built_places(row_index).get(panel_id):
                self._place_panel(row_index, panel_index)

    def _place_all_panels(self, row_index: int) -> None:
        for panel_index in range(len(self._ids[row_index])):
            self._place_panel(row_index, panel_index)

    def _place_panel(self, row_index: int, panel_index: int) -> None:
        place = self._list_stored_places(row_index).get(self._ids[row_index][panel_index])
        if place is not None:
            x, y, width, height = place
            numbers = (x, y + self._find_top(row_index), width, height)
            code = Call("grid_position", tuple(map(Literal, numbers)))
            self._write_size(row_index, panel_index, code)

    def _write_size(self, row_index: int, panel_index: int, code: Code | None) -> None:
        value = self.trace.dashboard.rows[row_index].panels[panel_index]
        call = self.trace.find_call(value)
        if code is None or call is None:
            return
        names = set(list_code_names(code))
        if _find_function(call) in KIND_FUNCTIONS:
            text = set_keyword(self.text, call, "size", code)
        elif _find_function(call) == "evolve":
            text = set_keyword(self.text, call, "gridPos", code)
        else:
            text = wrap_call(self.text, call, "attr.evolve", {"gridPos": code})
            names.add("attr")
        self._try(add_imports(text, names), _accept)

    def _list_stored_places(self, row_index: int) -> dict[int, Place]:
        section = self._compare_sections().find_stored(row_index)
        return list_places(section) if section else {}

    def _list_built_places(self, row_index: int) -> dict[int, Place]:
        section = self._compare_sections().row_sections[row_index]
        return list_places(section) if section else {}

    def _find_top(self, row_index: int) -> int:
        """The line of the dashboard's grid from which the places of a row count."""
        tops = [
            panel["gridPos"]["y"] - place[1]
            for panel, place in zip(
                _sort(_group_panels(self.trace, self.document)[row_index]),
                self._list_built_places(row_index).values(),
                strict=False,
            )
        ]
        return min(tops, default=0)

    def _has_same_layout(self, row_index: int) -> bool:
        """Whether the panels of a row are where Grafana has them, or it places them itself."""
        sections = self._compare_sections()
        built, stored = sections.row_sections[row_index], sections.find_stored(row_index)
        if built is None or stored is None or stored.layout.get("kind") != GRID:
            return True
        return built.layout.get("kind") != GRID or list_places(built) == list_places(stored)

    def _has_fewer_differences(self, trace: Trace) -> bool:
        """Whether a changed text builds what has fewer differences than that before."""
        old_state = self._read_state()
        old_count = len(self.list_differences())
        self.trace, self.document = trace, build_document(trace.dashboard)
        new_count = len(self.list_differences())
        self._restore_state(old_state)
        return new_count < old_count

    def _has_more_differences(self, old_state: "_State") -> bool:
        new_state = self._read_state()
        new_count = len(self.list_differences())
        self._restore_state(old_state)
        old_count = len(self.list_differences())
        self._restore_state(new_state)
        return new_count > old_count

    def _read_state(self) -> "_State":
        ids = [list(row_ids) for row_ids in self._ids]
        return _State(self.text, self.trace, self.document, ids)

    def _restore_state(self, state: "_State") -> None:
        self.text, self.trace, self.document = state.text, state.trace, state.document
        self._ids = [list(row_ids) for row_ids in state.ids]

    def _patch_panel(self, row_index: int, panel_index: int, target: Panel) -> None:
        built = self._read_panel(row_index, panel_index)
        if build_fingerprint(built) == build_fingerprint(target):
            return

        def is_better(trace: Trace) -> bool:
            value = trace.dashboard.rows[row_index].panels[panel_index]
            (panel,) = build_canonical_panels([value])
            return count_panel_differences(panel, target) < count_panel_differences(built, target)

        for _ in range(MAX_EDITS_OF_A_PANEL):
            candidates = self._list_panel_edits(row_index, panel_index, built, target)
            if not any(self._try(candidate, is_better) for candidate in candidates):
                break
            built = self._read_panel(row_index, panel_index)
            if build_fingerprint(built) == build_fingerprint(target):
                break

    def _read_panel(self, row_index: int, panel_index: int) -> Panel:
        value = self.trace.dashboard.rows[row_index].panels[panel_index]
        (panel,) = build_canonical_panels([value])
        return panel

    def _list_panel_edits(
        self, row_index: int, panel_index: int, built: Panel, target: Panel
    ) -> Iterator[str]:
        """Texts in which one thing of a panel is changed, the plainest ones first."""
        value = self.trace.dashboard.rows[row_index].panels[panel_index]
        yield from self._list_objective_edits(built, target)
        call = self.trace.find_call(value)
        if call is None:
            return
        yield from self._list_literal_edits(call, built, target)
        if _find_function(call) in KIND_FUNCTIONS:
            yield from self._list_argument_edits(call, target)
        yield from self._list_evolve_edits(call, value, built, target)

    def _list_objective_edits(self, built: Panel, target: Panel) -> Iterator[str]:
        """The numbers of objectives that a changed threshold comes from."""
        for old_value, new_value in list_changed_thresholds(built, target):
            replacements = {
                old_value: new_value,
                round(1 - old_value, 12): round(1 - new_value, 12),
            }
            for node in ast.walk(self.trace.tree):
                if not (isinstance(node, ast.Call) and _find_function(node) == "Objectives"):
                    continue
                for constant in ast.walk(node):
                    if not isinstance(constant, ast.Constant):
                        continue
                    value = constant.value
                    if isinstance(value, int | float) and value in replacements:
                        yield replace_node(self.text, constant, repr(replacements[value]))

    def _list_literal_edits(self, call: ast.Call, built: Panel, target: Panel) -> Iterator[str]:
        """Texts with a literal of the call replaced by what it was changed to."""
        for old_text, new_text in list_changed_texts(built, target):
            for node in ast.walk(call):
                if isinstance(node, ast.Constant) and node.value == old_text:
                    replacement = render_flat(Literal(new_text))
                    yield replace_node(self.text, node, replacement)

    def _list_argument_edits(self, call: ast.Call, target: Panel) -> Iterator[str]:
        """Texts with one argument as the call would have it that builds the target panel."""
        code = _build_panel_code(target, _find_function(call))
        if code.function != _find_function(call):
            return
        for node, argument in zip(call.args, code.arguments, strict=False):
            if ast.unparse(node) != ast.unparse(ast.parse(render_flat(argument)).body[0]):
                yield self._finish(replace_node(self.text, node, render_flat(argument)), argument)
        wanted_keywords = dict(code.keywords)
        for name, argument in wanted_keywords.items():
            yield self._finish(set_keyword(self.text, call, name, argument), argument)
        for keyword in call.keywords:
            if keyword.arg and keyword.arg not in {*wanted_keywords, "size"}:
                yield remove_keyword(self.text, call, keyword.arg)

    def _list_evolve_edits(
        self, call: ast.Call, value: Any, built: Panel, target: Panel
    ) -> Iterator[str]:
        """Texts with `attr.evolve` around the call, or with another argument in the one there."""
        if not hasattr(value, "to_json_data"):
            return
        ready_made = ReadyMade(PanelCall(Call("panel"), lambda: value), value, built)
        evolved = evolve_ready_made(target, [ready_made])
        keywords = dict(evolved.code.keywords) if evolved else _build_query_keywords(built, target)
        if not keywords:
            return
        names = {name for code in keywords.values() for name in list_code_names(code)}
        if _find_function(call) == "evolve":
            text = self.text
            for name, code in keywords.items():
                text = set_keyword(text, _find_same_call(text, call), name, code)
            yield add_imports(text, names)
        else:
            wrapped_text = wrap_call(self.text, call, "attr.evolve", keywords)
            yield add_imports(wrapped_text, {"attr", *names})

    def _finish(self, text: str, code: Code) -> str:
        return add_imports(text, set(list_code_names(code)))

    def _list_element_texts(self) -> dict[int, str]:
        """The source of each panel's expression in its row, by the panel's id."""
        texts: dict[int, str] = {}
        for row, ids in zip(self.trace.dashboard.rows, self._ids, strict=True):
            elements = self.trace.find_elements(row)
            if elements is not None:
                for panel_id, node in zip(ids, elements[1], strict=True):
                    texts[panel_id] = read_segment(self.text, node)
        return texts

    def _drop_unused_constants(self) -> None:
        """Take out the constants that the patch left without a use."""
        old_names = _list_used_names(self.trace.tree)
        for node in ast.parse(self.text).body:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target = node.targets[0]
            if (
                isinstance(target, ast.Name)
                and target.id not in old_names
                and target.id.isupper()
                and isinstance(node.value, ast.Call)
            ):
                lines = self.text.splitlines(keepends=True)
                del lines[node.lineno - 1 : node.end_lineno]
                self._try("".join(lines), _accept)
                return self._drop_unused_constants()
        return None

    def _try(self, text: str, is_better: Any = None) -> bool:
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
class _State:
    """A text with what it builds, and the ids that its panels have in Grafana."""

    text: str
    trace: Trace
    document: Document
    ids: list[list[int]]


SECTION_ARGUMENTS = {"collapse": "collapsed"}
"""The argument of a row by the field of schema v2 that it becomes."""

MAX_EDITS_OF_A_PANEL = 12


def _accept(_: Trace) -> bool:
    return True


def _list_heading_changes(live: Document, built: Document) -> dict[str, Code]:
    """The arguments of a dashboard that have to change."""
    changes: dict[str, Code] = {}
    if live["title"] != built["title"]:
        changes["title"] = Literal(live["title"])
    for name in ("description", "refresh"):
        if (live.get(name) or "") != (built.get(name) or ""):
            changes[name] = Literal(live.get(name) or "")
    if live.get("tags") != built.get("tags"):
        changes["tags"] = build_code([tag for tag in live["tags"] if tag != TAG])
    time = live.get("time") or {}
    if time != built.get("time") and time.get("to") == "now":
        changes["time_from"] = Literal(time.get("from"))
    return changes


def _group_panels(trace: Trace, document: Document) -> list[list[Panel]]:
    """The panels of a built document by the rows that declare them."""
    flat_panels = [panel for panel in _list_flat(document) if panel.get("type") != "row"]
    groups = []
    for row in trace.dashboard.rows:
        count = len([*row.panels])
        groups.append(flat_panels[:count])
        flat_panels = flat_panels[count:]
    return groups


def _list_flat(document: Document) -> list[Panel]:
    return list(list_panels(document["panels"]))


def _sort(panels: Sequence[Panel]) -> list[Panel]:
    return sorted(panels, key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))


def _build_query_keywords(built: Panel, target: Panel) -> dict[str, Code]:
    """The other queries of a ready-made panel as an argument; none where they are not PromQL."""
    queries = target.get("targets") or []
    codes = [build_query_code(query, target) for query in queries]
    if queries == built.get("targets") or not all(isinstance(code, Call) for code in codes):
        return {}
    return {"targets": ListCode(tuple(Call("build_target", (code,)) for code in codes))}


def _build_panel_code(panel: Panel, function: str = "") -> Call:
    """The code of a panel: of a kind where one says it, unless it has to be a certain function."""
    (canonical,) = build_canonical_panels([strip_layout(panel)])
    if function != "raw":
        for entry in make_calls(list(list_kind_calls([canonical]))):
            if build_fingerprint(entry.panel) == build_fingerprint(canonical):
                return entry.code
        for call in list_kind_calls([canonical]):
            if call.code.function == function:
                return call.code
    plain = {key: value for key, value in canonical.items() if key != "gridPos"}
    return build_raw_call(plain, None)


def _build_position(place: Place) -> Panel:
    x, y, width, height = place
    return {"x": x, "y": y, "w": width, "h": height}


def _split_difference(difference: str) -> set[tuple[str, str]]:
    """What a phrase of a plan is about, and the first word of each thing that changed of it.

    `panel 'Errors'` and `query` of `panel 'Errors': query changed`.
    """
    subject, separator, parts = difference.partition("': ")
    if not separator:
        return {(difference, "")}
    return {(f"{subject}'", part.partition(" ")[0]) for part in parts.split(", ")}


def _merge_order(built_ids: Sequence[int], live_ids: Sequence[int]) -> list[int]:
    """The panels that are there, in the order of the definition, each new one behind its neighbor.

    The neighbor is the one before it in reading order.
    """
    ids = [panel_id for panel_id in built_ids if panel_id in live_ids]
    for index, panel_id in enumerate(live_ids):
        if panel_id not in ids:
            neighbor = live_ids[index - 1] if index else None
            ids.insert(ids.index(neighbor) + 1 if neighbor is not None else 0, panel_id)
    return ids


def _list_renamed_texts(
    text: str, calls: Sequence[ast.Call], old_title: str, new_title: str
) -> Iterator[str]:
    """Texts in which a title is another one in the calls of rows: of the tab, the row or both."""
    tabs = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "tab"]
    titles = [
        *(call.args[0] for call in calls if call.args),
        *(keyword.value for call in calls for keyword in call.keywords if keyword.arg == "title"),
    ]
    for nodes in (titles, tabs, [*titles, *tabs]):
        renamed_text = text
        for node in sorted(nodes, key=lambda node: find_span(text, node), reverse=True):
            if isinstance(node, ast.Constant) and node.value == old_title:
                renamed_text = replace_node(renamed_text, node, render_flat(Literal(new_title)))
        yield renamed_text


def _find_function(call: ast.Call) -> str:
    """The last name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_function(call: ast.Call, name: str) -> bool:
    return _find_function(call) == name


def _find_same_call(text: str, call: ast.Call) -> ast.Call:
    """The call that begins where another one did, in a text that was changed behind that."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and (node.lineno, node.col_offset) == (call.lineno, call.col_offset)
            and _find_function(node) == _find_function(call)
        ):
            return node
    return call


def _find_own_size(value: Any) -> tuple[int, int]:
    if isinstance(value, Mapping):
        return KIND_SIZES.get(str(value.get("type")), DEFAULT_SIZE)
    position = getattr(value, "gridPos", None)
    return (position.w, position.h) if position is not None else DEFAULT_SIZE


def _write_list(text: str, node: ast.List, items: Sequence[str]) -> str:
    """The text with other items in a list, on lines of their own where they were so."""
    if node.lineno == node.end_lineno and len(", ".join(items)) < MAX_FLAT_LENGTH:
        return replace_node(text, node, f"[{', '.join(items)}]")
    lines = text.splitlines()
    indentation = re.match(r" *", lines[node.lineno - 1])
    depth = len(indentation[0]) if indentation else 0
    content = "".join(f"{' ' * (depth + 4)}{item},\n" for item in items)
    return replace_node(text, node, f"[\n{content}{' ' * depth}]")


MAX_FLAT_LENGTH = 60


def _list_used_names(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
