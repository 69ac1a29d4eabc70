"""Where in a definition a person looks for what a patch could not change."""

import ast
from collections.abc import Collection, Iterator, Sequence

from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.syntax import is_function
from tailboard.publish.plural import format_count


def list_hints(
    editor: Editor, differences: Sequence[str], changed_rows: Collection[int]
) -> Iterator[str]:
    """A sentence for each panel or row that differs and comes from code that others come from.

    `changed_rows` are the numbers of those whose panels are elsewhere in Grafana.
    """
    dashboard = editor.trace.dashboard
    call = editor.trace.find_call(dashboard)
    if call is None or not is_function(call, "Dashboard"):
        if differences:
            yield _describe_library(call)
        return
    for row_index, (row, ids) in enumerate(zip(dashboard.rows, editor.ids, strict=True)):
        row_titles = {row.title, row.heading}
        is_changed = row_index in changed_rows or _is_any(differences, row_titles, ROW_WORDS)
        if is_changed and not editor.trace.find_elements(row):
            yield from _describe_shared_calls(editor, row, f"row {row.heading!r}", "row")
        for value, panel_id in zip(row.panels, ids, strict=False):
            titles = editor.list_titles(panel_id)
            if editor.trace.find_call(value) is None and _is_any(differences, titles, ("panel",)):
                name = f"panel {editor.find_title(panel_id)!r}"
                if editor.trace.is_in_other_module(value):
                    yield f"{name} is built in another module: change it there by hand"
                yield from _describe_shared_calls(editor, value, name, "panel")


ROW_WORDS = ("row", "tab")


def _is_any(differences: Sequence[str], titles: Collection[str], words: Sequence[str]) -> bool:
    """Whether a difference is about a panel or a row of one of these titles."""
    return any(
        difference.startswith(f"{word} {title!r}")
        for difference in differences
        for title in titles
        for word in words
    )


def _describe_library(call: ast.Call | None) -> str:
    if call is None:
        return (
            "the dashboard is one of a service's own, which `services` declares: only objectives "
            "are patched in it"
        )
    return f"the dashboard is built by {ast.unparse(call.func)} in line {call.lineno}"


def _describe_shared_calls(editor: Editor, value: object, name: str, kind: str) -> Iterator[str]:
    for call in editor.trace.find_shared_calls(value)[:1]:
        count = format_count(editor.trace.count_values(call), kind)
        yield f"{name} is one of {count} that line {call.lineno} builds: change it there by hand"
