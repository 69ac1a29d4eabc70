"""Panels that were removed, those that are new, and those in another row."""

import ast
from collections.abc import Mapping, Sequence

from tailboard.convert.code import render_flat
from tailboard.convert.module_text import list_code_names
from tailboard.convert.patch.comparison import list_section_ids
from tailboard.convert.patch.editor import Editor, accept
from tailboard.convert.patch.panel_patch import build_panel_code
from tailboard.convert.patch.syntax import list_used_names
from tailboard.convert.patch.text_edits import add_imports, read_segment, write_list


def patch_rows(editor: Editor) -> None:
    """The panels that were removed, those that are new, and those in another row."""
    known_texts = list_element_texts(editor)
    for row_index in reversed(range(len(editor.ids))):
        section = editor.compare_sections().find_stored(row_index)
        elements = editor.trace.find_elements(editor.trace.dashboard.rows[row_index])
        if section is None or elements is None:
            continue
        live_ids = list_section_ids(section)
        if sorted(live_ids) == sorted(editor.ids[row_index]):
            continue
        ids = _merge_order(editor.ids[row_index], live_ids)
        items, names = write_items(editor, ids, known_texts)
        _replace_items(editor, row_index, elements[0], items, names, ids)
    _drop_unused_constants(editor)


def write_items(
    editor: Editor, ids: Sequence[int], known_texts: Mapping[int, str]
) -> tuple[list[str], set[str]]:
    """The code of panels, and the names that new ones need."""
    items: list[str] = []
    names: set[str] = set()
    for panel_id in ids:
        if panel_id in known_texts:
            items.append(known_texts[panel_id])
        elif panel_id in editor.live_panels:
            code = build_panel_code(editor.live_panels[panel_id])
            names |= set(list_code_names(code))
            items.append(render_flat(code))
    return items, names


def _replace_items(
    editor: Editor,
    row_index: int,
    node: ast.List,
    items: Sequence[str],
    names: set[str],
    ids: Sequence[int],
) -> None:
    """Write the list of a row's panels anew, if what it builds has fewer differences."""
    old_state = editor.read_state()
    old_count = len(editor.list_differences())
    if not editor.try_text(add_imports(write_list(editor.text, node, items), names), accept):
        return
    editor.ids[row_index] = list(ids)
    if len(editor.list_differences()) > old_count:
        editor.restore_state(old_state)


def list_element_texts(editor: Editor) -> dict[int, str]:
    """The source of each panel's expression in its row, by the panel's id."""
    texts: dict[int, str] = {}
    for row, ids in zip(editor.trace.dashboard.rows, editor.ids, strict=True):
        elements = editor.trace.find_elements(row)
        if elements is not None:
            for panel_id, node in zip(ids, elements[1], strict=True):
                texts[panel_id] = read_segment(editor.text, node)
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
            lines = editor.text.splitlines(keepends=True)
            del lines[node.lineno - 1 : node.end_lineno]
            editor.try_text("".join(lines), accept)
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
