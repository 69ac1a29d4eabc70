"""Edits of single panels: the argument, the objective or the `attr.evolve` for each."""

import ast
from collections.abc import Iterator
from typing import Any

from tailboard.convert.canonical import Panel
from tailboard.convert.code import Call, Code, ListCode, Literal, render_flat
from tailboard.convert.module_text import list_code_names
from tailboard.convert.panel_code import build_query_code, build_raw_call
from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.panel_changes import (
    count_panel_differences,
    list_changed_texts,
    list_changed_thresholds,
    strip_layout,
)
from tailboard.convert.patch.syntax import find_function, find_same_call
from tailboard.convert.patch.text_edits import (
    add_imports,
    remove_keyword,
    replace_node,
    set_keyword,
    wrap_call,
)
from tailboard.convert.patch.tracing import Trace
from tailboard.convert.recognition.kinds import list_kind_calls
from tailboard.convert.recognition.near_miss import evolve_ready_made
from tailboard.convert.recognition.ready_made import (
    PanelCall,
    ReadyMade,
    build_canonical_panels,
    build_fingerprint,
    make_calls,
)

KIND_FUNCTIONS = ("bar_gauge", "heatmap", "raw", "stat", "text", "timeseries")
"""The kinds whose calls are edited argument by argument."""


MAX_EDITS_OF_A_PANEL = 12


def patch_panels(editor: Editor) -> None:
    """The panels that somebody edited, one after the other.

    A panel that only differs since an objective of another one was patched stays so.
    """
    edited_panels = [
        (row_index, panel_index, target)
        for row_index, ids in enumerate(editor.ids)
        for panel_index, panel_id in enumerate(ids)
        if (live_panel := editor.live_panels.get(panel_id)) is not None
        for target in build_canonical_panels([strip_layout(live_panel)])
        if build_fingerprint(editor.read_panel(row_index, panel_index)) != build_fingerprint(target)
    ]
    for row_index, panel_index, target in edited_panels:
        _patch_panel(editor, row_index, panel_index, target)


def _patch_panel(editor: Editor, row_index: int, panel_index: int, target: Panel) -> None:
    built = editor.read_panel(row_index, panel_index)
    if build_fingerprint(built) == build_fingerprint(target):
        return

    def is_better(trace: Trace) -> bool:
        value = trace.dashboard.rows[row_index].panels[panel_index]
        (panel,) = build_canonical_panels([value])
        return count_panel_differences(panel, target) < count_panel_differences(built, target)

    for _ in range(MAX_EDITS_OF_A_PANEL):
        candidates = _list_panel_edits(editor, row_index, panel_index, built, target)
        if not any(editor.try_text(candidate, is_better) for candidate in candidates):
            break
        built = editor.read_panel(row_index, panel_index)
        if build_fingerprint(built) == build_fingerprint(target):
            break


def _list_panel_edits(
    editor: Editor, row_index: int, panel_index: int, built: Panel, target: Panel
) -> Iterator[str]:
    """Texts in which one thing of a panel is changed, the plainest ones first."""
    value = editor.trace.dashboard.rows[row_index].panels[panel_index]
    yield from _list_objective_edits(editor, built, target)
    call = editor.trace.find_call(value)
    if call is None:
        return
    yield from _list_literal_edits(editor, call, built, target)
    if find_function(call) in KIND_FUNCTIONS:
        yield from _list_argument_edits(editor, call, target)
    yield from _list_evolve_edits(editor, call, value, built, target)


def _list_objective_edits(editor: Editor, built: Panel, target: Panel) -> Iterator[str]:
    """The numbers of objectives that a changed threshold comes from."""
    for old_value, new_value in list_changed_thresholds(built, target):
        replacements = {
            old_value: new_value,
            round(1 - old_value, 12): round(1 - new_value, 12),
        }
        for node in ast.walk(editor.trace.tree):
            if not (isinstance(node, ast.Call) and find_function(node) == "Objectives"):
                continue
            for constant in ast.walk(node):
                if not isinstance(constant, ast.Constant):
                    continue
                value = constant.value
                if isinstance(value, int | float) and value in replacements:
                    yield replace_node(editor.text, constant, repr(replacements[value]))


def _list_literal_edits(
    editor: Editor, call: ast.Call, built: Panel, target: Panel
) -> Iterator[str]:
    """Texts with a literal of the call replaced by what it was changed to."""
    for old_text, new_text in list_changed_texts(built, target):
        for node in ast.walk(call):
            if isinstance(node, ast.Constant) and node.value == old_text:
                replacement = render_flat(Literal(new_text))
                yield replace_node(editor.text, node, replacement)


def _list_argument_edits(editor: Editor, call: ast.Call, target: Panel) -> Iterator[str]:
    """Texts with one argument as the call would have it that builds the target panel."""
    code = build_panel_code(target, find_function(call))
    if code.function != find_function(call):
        return
    for node, argument in zip(call.args, code.arguments, strict=False):
        if ast.unparse(node) != ast.unparse(ast.parse(render_flat(argument)).body[0]):
            yield _finish(editor, replace_node(editor.text, node, render_flat(argument)), argument)
    wanted_keywords = dict(code.keywords)
    for name, argument in wanted_keywords.items():
        yield _finish(editor, set_keyword(editor.text, call, name, argument), argument)
    for keyword in call.keywords:
        if keyword.arg and keyword.arg not in {*wanted_keywords, "size"}:
            yield remove_keyword(editor.text, call, keyword.arg)


def _list_evolve_edits(
    editor: Editor, call: ast.Call, value: Any, built: Panel, target: Panel
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
    if find_function(call) == "evolve":
        text = editor.text
        for name, code in keywords.items():
            text = set_keyword(text, find_same_call(text, call), name, code)
        yield add_imports(text, names)
    else:
        wrapped_text = wrap_call(editor.text, call, "attr.evolve", keywords)
        yield add_imports(wrapped_text, {"attr", *names})


def _finish(editor: Editor, text: str, code: Code) -> str:
    return add_imports(text, set(list_code_names(code)))


def _build_query_keywords(built: Panel, target: Panel) -> dict[str, Code]:
    """The other queries of a ready-made panel as an argument; none where they are not PromQL."""
    queries = target.get("targets") or []
    codes = [build_query_code(query, target) for query in queries]
    if queries == built.get("targets") or not all(isinstance(code, Call) for code in codes):
        return {}
    return {"targets": ListCode(tuple(Call("build_target", (code,)) for code in codes))}


def build_panel_code(panel: Panel, function: str = "") -> Call:
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
