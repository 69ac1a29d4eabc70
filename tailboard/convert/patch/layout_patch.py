"""The order, the sizes and the places of the panels of a row."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tailboard.convert.canonical import Panel
from tailboard.convert.code import Call, Code, DictCode, Literal, render_flat
from tailboard.convert.layout import find_sizes
from tailboard.convert.module_text import list_code_names
from tailboard.convert.patch.comparison import Place, list_places, list_section_ids
from tailboard.convert.patch.editor import Editor, accept, group_panels
from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.panel_patch import CLASSES, KIND_FUNCTIONS, find_element
from tailboard.convert.patch.row_patch import replace_row_ids, write_items
from tailboard.convert.patch.syntax import find_function
from tailboard.convert.patch.text_edits import (
    read_segment,
    replace_node,
    set_keyword,
    wrap_call,
    write_list,
)
from tailboard.dashboards.passes.place import DEFAULT_SIZE, KIND_SIZES
from tailboard.dashboards.schema_v2.layout import GRID

POSITION_FIELDS = ("x", "y", "w", "h")
"""What the arguments of `grid_position` are; those of `grid_size` are the last two."""


def patch_layout(editor: Editor) -> None:
    """The order, the sizes and the places of the panels of each row, or nothing of a row."""
    for row_index in range(len(editor.ids)):
        if has_same_layout(editor, row_index):
            continue
        old_state = editor.read_state()
        edits = (
            _reorder_panels,
            _write_sizes,
            _place_changed_panels,
            _place_all_panels,
        )
        for edit in edits:
            edit(editor, row_index)
            if has_same_layout(editor, row_index) and not editor.has_more_differences(old_state):
                break
            editor.restore_state(old_state)


def list_changed_layouts(editor: Editor) -> list[int]:
    """The numbers of the rows whose panels Grafana has in other places."""
    return [index for index in range(len(editor.ids)) if not has_same_layout(editor, index)]


def _reorder_panels(editor: Editor, row_index: int) -> None:
    section = editor.compare_sections().find_stored(row_index)
    elements = editor.trace.find_elements(editor.trace.dashboard.rows[row_index])
    if section is None or elements is None:
        return
    ids = list_section_ids(section)
    if ids == editor.ids[row_index] or sorted(ids) != sorted(editor.ids[row_index]):
        return
    items, _ = write_items(editor, row_index, ids, {})
    text = write_list(editor.text, elements[0], items)
    editor.try_text(text, accept, ids=replace_row_ids(editor.ids, row_index, ids))


def _write_sizes(editor: Editor, row_index: int) -> None:
    """The sizes of panels that flow to where they are, in the order of the definition."""
    places = _list_stored_places(editor, row_index)
    ids = editor.ids[row_index]
    if sorted(places) != sorted(ids) or list(places) != ids:
        _reorder_panels(editor, row_index)
        ids = editor.ids[row_index]
    if list(places) != ids:
        return
    row = editor.trace.dashboard.rows[row_index]
    panels = [
        {"type": editor.live_panels[panel_id].get("type"), "gridPos": _build_position(place)}
        for panel_id, place in places.items()
    ]
    default_sizes = [_find_own_size(value) for value in row.panels]
    codes = find_sizes(panels, default_sizes, 0)
    if any(isinstance(code, Call) and code.function == "grid_position" for code in codes):
        return
    for panel_index, code in enumerate(codes):
        _write_size(editor, row_index, panel_index, code)


def _place_changed_panels(editor: Editor, row_index: int) -> None:
    """Write the places of the panels that would be elsewhere, the last ones first."""
    stored_places = _list_stored_places(editor, row_index)
    for panel_index in reversed(range(len(editor.ids[row_index]))):
        panel_id = editor.ids[row_index][panel_index]
        if stored_places.get(panel_id) != _list_built_places(editor, row_index).get(panel_id):
            _place_panel(editor, row_index, panel_index)


def _place_all_panels(editor: Editor, row_index: int) -> None:
    for panel_index in range(len(editor.ids[row_index])):
        _place_panel(editor, row_index, panel_index)


def _place_panel(editor: Editor, row_index: int, panel_index: int) -> None:
    place = _list_stored_places(editor, row_index).get(editor.ids[row_index][panel_index])
    if place is not None:
        x, y, width, height = place
        numbers = (x, y + _find_top(editor, row_index), width, height)
        code = Call("grid_position", tuple(map(Literal, numbers)))
        _write_size(editor, row_index, panel_index, code)


def _write_size(editor: Editor, row_index: int, panel_index: int, code: Code | None) -> None:
    """Give a panel a size in its own call, or in its row where other rows have it too."""
    if code is None:
        return
    value = editor.trace.dashboard.rows[row_index].panels[panel_index]
    call = editor.trace.find_call(value)
    element = find_element(editor, row_index, panel_index)
    for node in (call, element):
        if node is not None and any(
            editor.try_text(text, accept) for text in _list_size_edits(editor, node, value, code)
        ):
            return


def _list_size_edits(editor: Editor, node: ast.expr, value: Any, code: Code) -> Iterator[str]:
    names = set(list_code_names(code))
    function = find_function(node) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and function in KIND_FUNCTIONS:
        yield add_imports(set_keyword(editor.text, node, "size", code), names)
    elif isinstance(node, ast.Call) and function in ("evolve", *CLASSES):
        yield add_imports(set_keyword(editor.text, node, "gridPos", code), names)
    elif isinstance(value, Mapping) and isinstance(code, Call):
        position = dict(zip(POSITION_FIELDS[-len(code.arguments) :], code.arguments, strict=True))
        fields = DictCode(tuple((Literal(name), part) for name, part in position.items()))
        source = f'{{**{read_segment(editor.text, node)}, "gridPos": {render_flat(fields)}}}'
        yield replace_node(editor.text, node, source)
    else:
        text = wrap_call(editor.text, node, "attr.evolve", {"gridPos": code})
        yield add_imports(text, {*names, "attr"})


def _list_stored_places(editor: Editor, row_index: int) -> dict[int, Place]:
    section = editor.compare_sections().find_stored(row_index)
    return list_places(section) if section else {}


def _list_built_places(editor: Editor, row_index: int) -> dict[int, Place]:
    section = editor.compare_sections().row_sections[row_index]
    return list_places(section) if section else {}


def _find_top(editor: Editor, row_index: int) -> int:
    """The line of the dashboard's grid from which the places of a row count."""
    tops = [
        panel["gridPos"]["y"] - place[1]
        for panel, place in zip(
            _sort(group_panels(editor.trace, editor.document)[row_index]),
            _list_built_places(editor, row_index).values(),
            strict=False,
        )
    ]
    return min(tops, default=0)


def has_same_layout(editor: Editor, row_index: int) -> bool:
    """Whether the panels of a row are where Grafana has them, or it places them itself."""
    sections = editor.compare_sections()
    built, stored = sections.row_sections[row_index], sections.find_stored(row_index)
    if built is None or stored is None or stored.layout.get("kind") != GRID:
        return True
    return built.layout.get("kind") != GRID or list_places(built) == list_places(stored)


def _sort(panels: Sequence[Panel]) -> list[Panel]:
    return sorted(panels, key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))


def _build_position(place: Place) -> Panel:
    x, y, width, height = place
    return {"x": x, "y": y, "w": width, "h": height}


def _find_own_size(value: Any) -> tuple[int, int]:
    if isinstance(value, Mapping):
        return KIND_SIZES.get(str(value.get("type")), DEFAULT_SIZE)
    position = getattr(value, "gridPos", None)
    return (position.w, position.h) if position is not None else DEFAULT_SIZE
