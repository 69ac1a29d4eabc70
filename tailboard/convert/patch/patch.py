"""The patch of a definition: each edit is tried on its text, run, and kept where it helps."""

import ast
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.convert.canonical import Panel, build_canonical, list_panels, split_sections
from tailboard.convert.code import Call, Code, Literal, build_code, render_flat
from tailboard.convert.layout import find_sizes
from tailboard.convert.module_text import list_code_names
from tailboard.convert.panel_code import build_raw_call
from tailboard.convert.patch.text_edits import (
    add_imports,
    read_segment,
    remove_keyword,
    replace_node,
    set_keyword,
    wrap_call,
)
from tailboard.convert.patch.tracing import Trace, trace_definition
from tailboard.convert.proof import compare_documents
from tailboard.convert.recognition.kinds import list_kind_calls
from tailboard.convert.recognition.near_miss import evolve_ready_made
from tailboard.convert.recognition.ready_made import (
    PanelCall,
    ReadyMade,
    build_canonical_panels,
    build_fingerprint,
    make_calls,
)
from tailboard.convert.source import Source
from tailboard.dashboards import build_document
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.place import DEFAULT_SIZE, KIND_SIZES
from tailboard.dashboards.passes.stamp import TAG
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


def build_patch(path: Path, text: str, live: Source) -> Patch:
    """The patch that makes a definition build what Grafana holds, as far as that is possible.

    Raises `DefinitionError` where the definition cannot be run or does not declare the dashboard.
    """
    editor = _Editor(path, text, live)
    old_differences = compare_documents(editor.document, live.document)
    editor.patch_heading()
    editor.patch_panels()
    editor.patch_rows()
    editor.patch_layout()
    new_differences = compare_documents(editor.document, live.document)
    differences = [entry for entry in new_differences if entry in old_differences]
    consequences = [entry for entry in new_differences if entry not in old_differences]
    notes = [f"follows from the patch: {entry}" for entry in consequences]
    if editor.has_new_ids():
        notes.append("the ids of panels with another title follow it, as do links to them")
    return Patch(path, text, editor.text, tuple(notes), tuple(differences))


class _Editor:
    """A definition's text, what it builds, and the document that it shall build."""

    def __init__(self, path: Path, text: str, live: Source) -> None:
        self.path = path
        self.live = live
        self.live_canonical = build_canonical(live.document)
        self.uid = live.document["uid"]
        self.text = text
        self._changed_rows: set[int] = set()
        self.trace = trace_definition(text, path, self.uid)
        self.document = build_document(self.trace.dashboard)
        self._live_panels = {panel.get("id"): panel for panel in _list_flat(live.document)}
        self._ids = [
            [panel["id"] for panel in panels] for panels in _group_panels(self.trace, self.document)
        ]

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
            for target in build_canonical_panels([_strip_layout(live_panel)])
            if build_fingerprint(self._read_panel(row_index, panel_index))
            != build_fingerprint(target)
        ]
        for row_index, panel_index, target in edited_panels:
            self._patch_panel(row_index, panel_index, target)

    def patch_rows(self) -> None:
        """The order of panels, those that were removed, and those that are new."""
        live_rows = self._list_live_rows()
        if live_rows is None:
            return
        known_texts = self._list_element_texts()
        for row_index in reversed(range(len(self._ids))):
            live_ids = [panel.get("id") for panel in live_rows[row_index]]
            if live_ids == self._ids[row_index]:
                continue
            elements = self.trace.find_elements(self.trace.dashboard.rows[row_index])
            if elements is None:
                continue
            items: list[str] = []
            names: set[str] = set()
            for panel in live_rows[row_index]:
                if panel.get("id") in known_texts:
                    items.append(known_texts[panel["id"]])
                    continue
                code = _build_panel_code(panel)
                names |= set(list_code_names(code))
                items.append(render_flat(code))
            text = add_imports(_write_list(self.text, elements[0], items), names)
            if self._try(text, _accept):
                self._ids[row_index] = live_ids
                self._changed_rows.add(row_index)
        self._drop_unused_constants()

    def patch_layout(self) -> None:
        """The sizes and places of the panels of each row; rows with other panels flow."""
        built_sections = split_sections(build_canonical(self.document)["panels"])
        live_sections = split_sections(self.live_canonical["panels"])
        if len(built_sections) != len(live_sections):
            return
        top = 0
        for row_index, (built, live) in enumerate(zip(built_sections, live_sections, strict=True)):
            top += live[0] is not None
            built_positions = [panel["gridPos"] for panel in built[1]]
            live_positions = [panel["gridPos"] for panel in live[1]]
            is_other = row_index in self._changed_rows or len(built[1]) != len(live[1])
            if built_positions != live_positions and not is_other:
                self._patch_sizes(row_index, live[1], top)
            top += max((position["y"] + position["h"] for position in live_positions), default=0)

    def has_new_ids(self) -> bool:
        """Whether a panel that Grafana holds gets another id."""
        built_ids = {panel.get("id") for panel in _list_flat(self.document)}
        return not built_ids >= {panel_id for ids in self._ids for panel_id in ids}

    def _patch_panel(self, row_index: int, panel_index: int, target: Panel) -> None:
        built = self._read_panel(row_index, panel_index)
        if build_fingerprint(built) == build_fingerprint(target):
            return

        def is_better(trace: Trace) -> bool:
            value = trace.dashboard.rows[row_index].panels[panel_index]
            (panel,) = build_canonical_panels([value])
            return _count_panel_differences(panel, target) < _count_panel_differences(built, target)

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
        for old_value, new_value in _list_changed_thresholds(built, target):
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
        for old_text, new_text in _list_changed_texts(built, target):
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
        if evolved is None:
            return
        keywords = dict(evolved.code.keywords)
        if _find_function(call) == "evolve":
            text = self.text
            for name, code in keywords.items():
                text = set_keyword(text, _find_same_call(text, call), name, code)
            yield text
        else:
            yield add_imports(wrap_call(self.text, call, "attr.evolve", keywords), {"attr"})

    def _finish(self, text: str, code: Code) -> str:
        return add_imports(text, set(list_code_names(code)))

    def _patch_sizes(self, row_index: int, live_panels: Sequence[Panel], top: int) -> None:
        row = self.trace.dashboard.rows[row_index]
        default_sizes = [_find_own_size(value) for value in row.panels]
        codes = find_sizes(live_panels, default_sizes, top, is_collapsed=row.collapsed)
        for panel_index, code in enumerate(codes):
            value = self.trace.dashboard.rows[row_index].panels[panel_index]
            call = self.trace.find_call(value)
            if code is None or call is None:
                continue
            names = set(list_code_names(code))
            if _find_function(call) in KIND_FUNCTIONS:
                text = set_keyword(self.text, call, "size", code)
            elif _find_function(call) == "evolve":
                text = set_keyword(self.text, call, "gridPos", code)
            else:
                text = wrap_call(self.text, call, "attr.evolve", {"gridPos": code})
                names.add("attr")
            self._try(add_imports(text, names), _accept)

    def _list_live_rows(self) -> list[list[Panel]] | None:
        """The live panels of each row of the definition; None where the rows are others."""
        sections = split_sections(_sort(self.live.document["panels"]))
        rows = self.trace.dashboard.rows
        headings = [str(heading.get("title", "")) if heading else "" for heading, _ in sections]
        if [row.heading for row in rows] != headings:
            return None
        return [_sort(panels) for _, panels in sections]

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
        elif _count_document_differences(
            document, self.live.document
        ) >= _count_document_differences(self.document, self.live.document):
            return False
        self.text, self.trace, self.document = text, trace, document
        return True


DERIVED_OPTIONS = ("axisSoftMax",)
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


def _strip_layout(panel: Panel) -> Panel:
    return {key: value for key, value in panel.items() if key not in ("gridPos", "id", "panels")}


def _sort(panels: Sequence[Panel]) -> list[Panel]:
    return sorted(panels, key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))


def _count_differences(old: Any, new: Any) -> int:
    """How many values differ, at any depth."""
    if isinstance(old, dict) and isinstance(new, dict):
        return sum(_count_differences(old.get(key), new.get(key)) for key in {**old, **new})
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return sum(map(_count_differences, old, new))
    return int(old != new)


def _count_panel_differences(built: Panel, target: Panel) -> int:
    """How many values of two panels differ, but for what a kind derives from its thresholds."""
    return _count_differences(_strip_derived(built), _strip_derived(target))


def _strip_derived(panel: Panel) -> Panel:
    config = panel.get("fieldConfig") or {}
    defaults = config.get("defaults") or {}
    custom = {
        key: value
        for key, value in (defaults.get("custom") or {}).items()
        if key not in DERIVED_OPTIONS
    }
    return {**panel, "fieldConfig": {**config, "defaults": {**defaults, "custom": custom}}}


def _count_document_differences(old: Document, new: Document) -> int:
    return _count_differences(build_canonical(old), build_canonical(new)) + int(
        old["title"] != new["title"]
    )


def _list_changed_texts(built: Any, target: Any) -> Iterator[tuple[str, str]]:
    """The texts that differ at the same place of two panels."""
    if isinstance(built, dict) and isinstance(target, dict):
        for key in built.keys() & target.keys():
            yield from _list_changed_texts(built[key], target[key])
    elif isinstance(built, list) and isinstance(target, list):
        for old_item, new_item in zip(built, target, strict=False):
            yield from _list_changed_texts(old_item, new_item)
    elif isinstance(built, str) and isinstance(target, str) and built != target:
        yield built, target


def _list_changed_thresholds(built: Panel, target: Panel) -> Iterator[tuple[float, float]]:
    """The old and new values of thresholds whose number stayed."""
    old_values, new_values = (
        [
            step.get("value")
            for step in (panel.get("fieldConfig") or {})
            .get("defaults", {})
            .get("thresholds", {})
            .get("steps", [])
        ]
        for panel in (built, target)
    )
    if len(old_values) == len(new_values):
        for old_value, new_value in zip(old_values, new_values, strict=True):
            if (
                isinstance(old_value, int | float)
                and isinstance(new_value, int | float)
                and old_value != new_value
            ):
                yield old_value, new_value


def _build_panel_code(panel: Panel, function: str = "") -> Call:
    """The code of a panel: of a kind where one says it, unless it has to be a certain function."""
    (canonical,) = build_canonical_panels([_strip_layout(panel)])
    if function != "raw":
        for entry in make_calls(list(list_kind_calls([canonical]))):
            if build_fingerprint(entry.panel) == build_fingerprint(canonical):
                return entry.code
        for call in list_kind_calls([canonical]):
            if call.code.function == function:
                return call.code
    size = None
    if function == "" and (position := panel.get("gridPos")):
        own_size = KIND_SIZES.get(str(panel.get("type")), DEFAULT_SIZE)
        if own_size != (position["w"], position["h"]):
            size = Call("grid_size", (Literal(position["w"]), Literal(position["h"])))
    plain = {key: value for key, value in canonical.items() if key != "gridPos"}
    return build_raw_call(plain, size)


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
