"""Edits of rows and tabs: titles, closed rows, rows in the place of tabs."""

import ast
from collections.abc import Iterator, Sequence

from tailboard.convert.code import Literal, render_flat
from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.syntax import is_function
from tailboard.convert.patch.text_edits import find_span, remove_keyword, replace_node, set_keyword
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
        calls = [
            call
            for row_index in sections.list_rows_within(old)
            if (call := editor.trace.find_row_call(editor.trace.dashboard.rows[row_index]))
        ]
        if new.title != old.title and calls:
            yield from _list_renamed_texts(editor.text, calls, old.title, new.title)
        if len(calls) != 1 or old not in sections.row_sections:
            continue
        for field, name in SECTION_ARGUMENTS.items():
            if new.fields.get(field) and not old.fields.get(field):
                yield set_keyword(editor.text, calls[0], name, Literal(value=True))
            elif old.fields.get(field) and not new.fields.get(field):
                yield remove_keyword(editor.text, calls[0], name)
        if new.layout.get("kind") != old.layout.get("kind"):
            if new.layout.get("kind") == AUTO_GRID:
                yield set_keyword(editor.text, calls[0], "auto_grid", Literal(value=True))
            yield remove_keyword(editor.text, calls[0], "auto_grid")


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
