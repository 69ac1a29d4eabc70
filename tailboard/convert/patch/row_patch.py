"""Panels that were removed, those that are new, and those in another row."""

import ast
from collections.abc import Mapping, Sequence

from tailboard.convert.code import Literal, render_flat
from tailboard.convert.module_text import list_code_names
from tailboard.convert.patch.comparison import list_section_ids
from tailboard.convert.patch.editor import Editor, Ids, accept, list_flat_panels
from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.panel_patch import build_panel_code
from tailboard.convert.patch.syntax import list_used_names
from tailboard.convert.patch.text_edits import read_element, replace_by_list, write_list


def patch_rows(editor: Editor) -> None:
    """The rows that are new, removed or elsewhere, and such panels of them.

    All at once, since a panel that moves is taken out of one row and put into another; where that
    is no way, row by row.
    """
    known_texts = list_element_texts(editor)
    if not _try_steps(editor, known_texts, [None, *reversed(range(len(editor.ids)))]):
        for step in (None, *reversed(range(len(editor.ids)))):
            _try_steps(editor, known_texts, [step])
    _drop_unused_constants(editor)


def _try_steps(editor: Editor, known_texts: Mapping[int, str], steps: Sequence[int | None]) -> bool:
    """Write the list of rows (None) and those of panels, if what that builds is no further away.

    The list of rows comes first, so that rows are known by their numbers in Grafana's order then.
    """
    old_state = editor.read_state()
    old_distance = editor.measure_distance()
    for step in steps:
        if step is None:
            _write_rows(editor, known_texts)
        elif step < len(editor.ids):
            _write_panels(editor, step, known_texts)
    if editor.text == old_state.text:
        return False
    if not editor.has_repeated_panels() and editor.measure_distance() <= old_distance:
        return True
    editor.restore_state(old_state)
    return False


def _write_rows(editor: Editor, known_texts: Mapping[int, str]) -> None:
    """The list of rows in the order of those in Grafana, with new ones, without removed ones."""
    sections = editor.compare_sections()
    rows = editor.trace.dashboard.rows
    node = editor.trace.find_row_list()
    order = sections.list_row_order()
    if node is None or order is None or order == [*range(len(rows))]:
        return
    items: list[int | str] = []
    names: set[str] = set()
    ids: list[Sequence[int]] = []
    heading_ids: list[int | None] = []
    for entry in order:
        if isinstance(entry, int):
            items.append(entry)
            ids.append(editor.ids[entry])
            heading_ids.append(editor.heading_ids[entry])
            continue
        row_ids = list_section_ids(entry)
        panels, panel_names = _write_new_panels(editor, row_ids, known_texts)
        title = render_flat(Literal(entry.title))
        collapsed = ", collapsed=True" if entry.fields.get("collapse") else ""
        repeat = f", repeat={render_flat(Literal(entry.repeat))}" if entry.repeat else ""
        items.append(f"Row({title}, [{', '.join(panels)}]{collapsed}{repeat})")
        names |= {"Row", *panel_names}
        ids.append(row_ids)
        heading_ids.append(_find_heading_id(editor, entry.title))
    text = add_imports(write_list(editor.text, node, items), names)
    editor.try_text(text, accept, ids=ids, heading_ids=heading_ids)


def _find_heading_id(editor: Editor, title: str) -> int | None:
    """The id in Grafana of the heading of a new row."""
    return next(
        (
            panel.get("id")
            for panel in list_flat_panels(editor.live.document)
            if panel["type"] == "row"
            and panel.get("title") == title
            and panel.get("id") not in editor.heading_ids
        ),
        None,
    )


def _write_panels(editor: Editor, row_index: int, known_texts: Mapping[int, str]) -> None:
    """The list of a row's panels, without those that were removed, with those that are new."""
    section = editor.compare_sections().find_stored(row_index)
    if section is None:
        return
    live_ids = list_section_ids(section)
    if sorted(live_ids) == sorted(editor.ids[row_index]):
        return
    ids = _merge_order(editor.ids[row_index], live_ids)
    items, names = write_items(editor, row_index, ids, known_texts)
    if text := _write_items(editor, row_index, items):
        new_ids = replace_row_ids(editor.ids, row_index, ids)
        editor.try_text(add_imports(text, names), accept, ids=new_ids)


def _write_items(editor: Editor, row_index: int, items: Sequence[int | str]) -> str:
    """The text with other panels in a row; empty where its list cannot take them.

    New panels may stand behind those that a loop builds: `[*(... for ...), NEW]`.
    """
    row = editor.trace.dashboard.rows[row_index]
    elements = editor.trace.find_elements(row)
    if elements is not None:
        return write_list(editor.text, elements[0], items)
    count = len(editor.ids[row_index])
    new_items = [item for item in items[count:] if isinstance(item, str)]
    if [*items] != [*range(count), *new_items]:
        return ""
    for node in editor.trace.find_panel_lists(row):
        if isinstance(node, ast.List):
            return write_list(editor.text, node, [*range(len(node.elts)), *new_items])
        source = read_element(editor.text, node)
        if isinstance(node, ast.ListComp):
            source = f"({source[1:-1]})"
        return replace_by_list(editor.text, node, [f"*{source}", *new_items])
    return ""


def write_items(
    editor: Editor, row_index: int, ids: Sequence[int], known_texts: Mapping[int, str]
) -> tuple[list[int | str], set[str]]:
    """The items of a row's list: places of those in it, source of others; names for new ones."""
    items: list[int | str] = []
    names: set[str] = set()
    for panel_id in ids:
        if panel_id in editor.ids[row_index]:
            items.append(editor.ids[row_index].index(panel_id))
        else:
            sources, new_names = _write_new_panels(editor, [panel_id], known_texts)
            items += sources
            names |= new_names
    return items, names


def _write_new_panels(
    editor: Editor, ids: Sequence[int], known_texts: Mapping[int, str]
) -> tuple[list[str], set[str]]:
    """The source of panels that a row does not have, and the names that it needs."""
    sources: list[str] = []
    names: set[str] = set()
    for panel_id in ids:
        if panel_id in known_texts:
            sources.append(known_texts[panel_id])
        elif panel_id in editor.live_panels:
            code = build_panel_code(editor.live_panels[panel_id])
            names |= set(list_code_names(code))
            sources.append(render_flat(code))
    return sources, names


def replace_row_ids(ids: Ids, row_index: int, row_ids: Sequence[int]) -> Ids:
    """The ids of all rows, with others for one of them."""
    return [*ids[:row_index], row_ids, *ids[row_index + 1 :]]


def list_element_texts(editor: Editor) -> dict[int, str]:
    """The source of each panel's expression in its row, by the panel's id."""
    texts: dict[int, str] = {}
    for row, ids in zip(editor.trace.dashboard.rows, editor.ids, strict=True):
        elements = editor.trace.find_elements(row)
        if elements is not None:
            for panel_id, node in zip(ids, elements[1], strict=True):
                texts[panel_id] = read_element(editor.text, node)
    return texts


def _drop_unused_constants(editor: Editor) -> None:
    """Take out the constants that the patch left without a use."""
    old_names = list_used_names(editor.trace.tree)
    for node in ast.parse(editor.text).body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if (
            isinstance(target, ast.Name)
            and target.id not in old_names
            and target.id.isupper()
            and isinstance(node.value, ast.Call)
        ):
            lines = editor.text.split("\n")
            start, end = node.lineno - 1, node.end_lineno or node.lineno
            while start and not lines[start - 1] and not "".join(lines[end : end + 1]):
                start -= 1  # the empty lines below it separate what is left
            del lines[start:end]
            editor.try_text("\n".join(lines), accept)
            return _drop_unused_constants(editor)
    return None


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
