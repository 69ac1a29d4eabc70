"""Edits of rows and tabs: titles, closed and repeated rows, rows in the place of tabs."""

import ast
from collections.abc import Iterator, Sequence

from tailboard.convert.code import Literal, render_flat
from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.syntax import is_function
from tailboard.convert.patch.text_edits import (
    find_span,
    remove_keyword,
    replace_node,
    set_keyword,
    wrap_call,
)
from tailboard.dashboards import Row
from tailboard.dashboards.schema_v2.layout import AUTO_GRID

SECTION_ARGUMENTS = {"collapse": "collapsed"}
"""The argument of a row by the field of schema v2 that it becomes."""


def patch_sections(editor: Editor) -> None:
    """Rows in the place of tabs or tabs in that of rows, titles, closed rows, auto grids."""
    _patch_layout_kind(editor)
    while any(
        editor.try_text(text, editor.has_fewer_differences) for text in _list_row_edits(editor)
    ):
        pass


def _patch_layout_kind(editor: Editor) -> None:
    sections = editor.compare_sections()
    call = editor.trace.find_call(editor.trace.dashboard)
    if call is None or not is_function(call, "Dashboard") or sections.has_same_kinds():
        return
    text = (
        remove_keyword(editor.text, call, "layout")
        if editor.trace.dashboard.layout == "tabs"
        else set_keyword(editor.text, call, "layout", Literal("tabs"))
    )
    old_state = editor.read_state()
    is_taken = editor.try_text(text, editor.has_fewer_differences)
    if is_taken and not editor.compare_sections().has_same_kinds():
        editor.restore_state(old_state)


def _list_row_edits(editor: Editor) -> Iterator[str]:
    """Texts in which one thing of a row or a tab is changed."""
    sections = editor.compare_sections()
    for new, old in sections.matches.items():
        rows = [editor.trace.dashboard.rows[index] for index in sections.list_rows_within(old)]
        calls = [call for row in rows if (call := editor.trace.find_row_call(row))]
        if new.title != old.title and calls:
            yield from _list_renamed_texts(editor.text, calls, old.title, new.title)
        if len(rows) != 1 or old not in sections.row_sections:
            continue
        changes: dict[str, str | bool] = {
            name: bool(new.fields.get(field))
            for field, name in SECTION_ARGUMENTS.items()
            if bool(new.fields.get(field)) != bool(old.fields.get(field))
        }
        if new.layout.get("kind") != old.layout.get("kind"):
            changes["auto_grid"] = new.layout.get("kind") == AUTO_GRID
        if new.repeat != old.repeat:
            changes["repeat"] = new.repeat
        if new.title != old.title:
            changes["title"] = new.title
        for name, value in changes.items():
            yield from _list_argument_edits(editor, rows[0], name, value)


def _list_argument_edits(editor: Editor, row: Row, name: str, value: str | bool) -> Iterator[str]:
    """Texts with another argument of a row; of one from a function with `replace` around it."""
    call = editor.trace.find_row_call(row)
    if call is not None and is_function(call, "Row"):
        if not value:
            yield remove_keyword(editor.text, call, name)
        elif name != "title":
            yield set_keyword(editor.text, call, name, Literal(value))
    elif call is not None and is_function(call, "replace"):
        yield set_keyword(editor.text, call, name, Literal(value))
    else:
        expression = call or editor.trace.find_row_element(row)
        if expression is not None:
            text = wrap_call(editor.text, expression, "replace", {name: Literal(value)})
            yield add_imports(text, {"replace"})


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
