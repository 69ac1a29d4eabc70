"""Edits of single panels: the argument, the objective or the `attr.evolve` for each."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tailboard.convert.canonical import Panel
from tailboard.convert.class_calls import build_class_call, use_class
from tailboard.convert.code import Call, Code, ListCode, Literal, Name, build_code, render_flat
from tailboard.convert.grafanalib_classes import PANEL_CLASSES
from tailboard.convert.module_text import list_code_names
from tailboard.convert.panel_code import build_query_code, build_raw_call
from tailboard.convert.patch.editor import Condition, Editor
from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.panel_changes import (
    count_panel_differences,
    list_changed_texts,
    list_changed_thresholds,
    strip_layout,
)
from tailboard.convert.patch.syntax import find_function, find_same_call
from tailboard.convert.patch.text_edits import (
    read_segment,
    remove_keyword,
    replace_node,
    replace_value,
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

CLASSES = tuple(panel_class.name for panel_class in PANEL_CLASSES.values())
"""The classes of grafanalib."""

KIND_FUNCTIONS = ("bar_gauge", "heatmap", "raw", "stat", "text", "timeseries")
"""The kinds whose calls are edited argument by argument, as those of the classes are."""

LAYOUT_ARGUMENTS = {"gridPos", "size"}

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
        if not _try_edits(editor, row_index, panel_index, target, is_better):
            break
        built = editor.read_panel(row_index, panel_index)
        if build_fingerprint(built) == build_fingerprint(target):
            break


def _try_edits(
    editor: Editor, row_index: int, panel_index: int, target: Panel, is_better: Condition
) -> bool:
    """Make the first edit that brings a panel nearer to the target, the plainest ones first."""
    built = editor.read_panel(row_index, panel_index)
    for text in _list_objective_edits(editor, built, target):
        if editor.try_text(text, is_better, is_shared=True):
            return True
    edits = _list_panel_edits(editor, row_index, panel_index, built, target)
    return any(editor.try_text(text, is_better) for text in edits)


def _list_panel_edits(
    editor: Editor, row_index: int, panel_index: int, built: Panel, target: Panel
) -> Iterator[str]:
    """Texts in which one thing of a panel is changed: in its own call, then in its row alone.

    Then in code that other panels share, which were edited alike.
    """
    value = editor.trace.dashboard.rows[row_index].panels[panel_index]
    call = editor.trace.find_call(value)
    element = find_element(editor, row_index, panel_index)
    if built.get("type") != target.get("type"):
        yield from _list_kind_edits(editor, [node for node in (call, element) if node], target)
    if call is not None:
        yield from _list_call_edits(editor, call, built, target)
    for node in (call, element):
        if node is not None:
            yield from _list_evolve_edits(editor, node, value, built, target)
    if call is not None and element is not None and call is not element:
        yield from _list_copy_edits(editor, call, element, target)
    if isinstance(value, Mapping) and element is not None:
        yield from _list_json_edits(editor, element, built, target)
    for shared_call in editor.trace.find_shared_calls(value):
        yield from _list_call_edits(editor, shared_call, built, target)


def find_element(editor: Editor, row_index: int, panel_index: int) -> ast.expr | None:
    """The expression of a panel in the list of its row, if that is written out."""
    elements = editor.trace.find_elements(editor.trace.dashboard.rows[row_index])
    return elements[1][panel_index] if elements else None


def _list_call_edits(editor: Editor, call: ast.Call, built: Panel, target: Panel) -> Iterator[str]:
    """Texts with another literal or argument in a call."""
    yield from _list_literal_edits(editor, call, built, target)
    if find_function(call) in (*KIND_FUNCTIONS, *CLASSES):
        yield from _list_argument_edits(editor, call, target)


def _list_kind_edits(editor: Editor, nodes: Sequence[ast.expr], target: Panel) -> Iterator[str]:
    """Texts with the call of another kind of panel in the place of what built the panel."""
    code = build_panel_code(target)
    for node in nodes:
        yield _finish(replace_node(editor.text, node, render_flat(code)), code)


def _list_copy_edits(
    editor: Editor, call: ast.Call, element: ast.expr, target: Panel
) -> Iterator[str]:
    """Texts with a changed copy of a call in the row, in the place of what other rows have too."""
    if find_function(call) in (*KIND_FUNCTIONS, *CLASSES):
        code = build_panel_code(target, find_function(call))
        yield _finish(replace_node(editor.text, element, render_flat(code)), code)


def _list_json_edits(
    editor: Editor, element: ast.expr, built: Panel, target: Panel
) -> Iterator[str]:
    """Texts with other fields beside a panel that is JSON, or with the panel's own code."""
    changes = {key: target[key] for key in target if target[key] != built.get(key)}
    if {*built} <= {*target} and all(isinstance(value, str) for value in changes.values()):
        fields = render_flat(build_code(changes))[1:-1]
        source = f"{{**{read_segment(editor.text, element)}, {fields}}}"
        yield replace_node(editor.text, element, source)
    yield from _list_kind_edits(editor, [element], target)


def _list_objective_edits(editor: Editor, built: Panel, target: Panel) -> Iterator[str]:
    """The numbers of objectives that a changed threshold comes from."""
    for old_value, new_value in list_changed_thresholds(built, target):
        replacements = [(old_value, new_value)]
        replacements.append((round(1 - old_value, 12), round(1 - new_value, 12)))
        for old_number, new_number in replacements:
            for node in ast.walk(editor.trace.tree):
                if not isinstance(node, ast.Call) or find_function(node) != "Objectives":
                    continue
                for constant in ast.walk(node):
                    if isinstance(constant, ast.Constant) and _is_number(constant, old_number):
                        is_float = isinstance(constant.value, float)
                        number = float(new_number) if is_float else new_number
                        yield replace_node(editor.text, constant, repr(number))


def _is_number(constant: ast.Constant, number: float) -> bool:
    value = constant.value
    return isinstance(value, int | float) and not isinstance(value, bool) and value == number


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
            yield _finish(replace_value(editor.text, node, argument), argument)
    new_keywords = dict(code.keywords)
    for name, argument in new_keywords.items():
        yield _finish(set_keyword(editor.text, call, name, argument), argument)
    for keyword in call.keywords:
        if keyword.arg and keyword.arg not in {*new_keywords, *LAYOUT_ARGUMENTS}:
            yield remove_keyword(editor.text, call, keyword.arg)


def _list_evolve_edits(
    editor: Editor, node: ast.expr, value: Any, built: Panel, target: Panel
) -> Iterator[str]:
    """Texts with `attr.evolve` around an expression, or with another argument in the one there."""
    if not hasattr(value, "to_json_data"):
        return
    ready_made = ReadyMade(PanelCall(Call("panel"), lambda: value), value, built)
    evolved = evolve_ready_made(target, [ready_made])
    source = _find_evolved_source(editor.text, node)
    keywords = (
        dict(evolved.code.keywords) if evolved else _build_query_keywords(source, built, target)
    )
    if not keywords:
        return
    names = {name for code in keywords.values() for name in list_code_names(code)}
    if isinstance(node, ast.Call) and find_function(node) == "evolve":
        text = editor.text
        for name, code in keywords.items():
            text = set_keyword(text, find_same_call(text, node), name, code)
        yield add_imports(text, names)
    else:
        wrapped_text = wrap_call(editor.text, node, "attr.evolve", keywords)
        yield add_imports(wrapped_text, {"attr", *names})


def _finish(text: str, code: Code) -> str:
    return add_imports(text, set(list_code_names(code)))


def _find_evolved_source(text: str, node: ast.expr) -> str:
    """The source of the panel whose queries an expression keeps; empty where it has its own.

    It is repeated in a patch, so that it has to stand on one line.
    """
    if isinstance(node, ast.Call) and find_function(node) == "evolve":
        if not node.args or any(keyword.arg == "targets" for keyword in node.keywords):
            return ""
        node = node.args[0]
    source = read_segment(text, node)
    return "" if "\n" in source else source


def _build_query_keywords(source: str, built: Panel, target: Panel) -> dict[str, Code]:
    """The other queries of a ready-made panel as an argument; none where they are not PromQL.

    Where all that it has stay, they are those of its source, with the new ones behind them.
    """
    queries, own_queries = (panel.get("targets") or [] for panel in (target, built))
    if queries == own_queries:
        return {}
    count = len(own_queries)
    kept_items: tuple[Code, ...] = ()
    if source and count and queries[:count] == own_queries:
        kept_items = (Name(f"*{source}.targets"),)
        queries = queries[count:]
    codes = [build_query_code(query, target) for query in queries]
    if not codes or not all(isinstance(code, Call) for code in codes):
        return {}
    new_items = (Call("build_target", (code,)) for code in codes)
    return {"targets": ListCode((*kept_items, *new_items))}


def build_panel_code(panel: Panel, function: str = "") -> Call:
    """The code of a panel: of the kind or class that says it, or of a certain function or class."""
    (canonical,) = build_canonical_panels([strip_layout(panel)])
    if function != "raw" and function not in CLASSES:
        for entry in make_calls(list(list_kind_calls([canonical]))):
            if build_fingerprint(entry.panel) == build_fingerprint(canonical):
                return entry.code
        for call in list_kind_calls([canonical]):
            if call.code.function == function:
                return call.code
    plain = {key: value for key, value in canonical.items() if key != "gridPos"}
    raw_call = build_raw_call(plain, None)
    if function in CLASSES:
        return build_class_call(raw_call) or raw_call
    return raw_call if function == "raw" else use_class(raw_call)
