"""Edits of a definition's text at the places of its syntax tree."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tailboard.convert.code import Code, render_lines
from tailboard.convert.module_text import (
    NAMES_BY_MODULE,
    STANDARD_NAMES_BY_MODULE,
    build_import_key,
)

MAX_LENGTH = 100
"""The longest line that a definition gets."""


@dataclass(frozen=True)
class Edit:
    """A part of a text, in bytes, and what takes its place."""

    start: int
    end: int
    replacement: str


def apply_edit(text: str, edit: Edit) -> str:
    """The text with one part replaced."""
    content = text.encode()
    return (content[: edit.start] + edit.replacement.encode() + content[edit.end :]).decode()


def find_span(text: str, node: ast.expr) -> tuple[int, int]:
    """Where a node stands in a text, in bytes."""
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return starts[node.lineno - 1] + node.col_offset, starts[end_line - 1] + end_column


def read_segment(text: str, node: ast.expr) -> str:
    """The source of a node."""
    start, end = find_span(text, node)
    return text.encode()[start:end].decode()


def replace_node(text: str, node: ast.expr, replacement: str) -> str:
    """The text with another expression in the place of a node."""
    return apply_edit(text, Edit(*find_span(text, node), replacement))


def set_keyword(text: str, call: ast.Call, name: str, code: Code) -> str:
    """The text with a keyword argument of a call added or replaced."""
    for keyword in call.keywords:
        if keyword.arg == name:
            prefix = f"{name}="
            return replace_node(text, keyword.value, _render(text, keyword.value, code, prefix))
    _, end = find_span(text, call)
    is_long = call.lineno != call.end_lineno
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not arguments:
        return apply_edit(text, Edit(end - 1, end - 1, f"{name}={_render(text, call, code, '')}"))
    _, last_end = find_span(text, max(arguments, key=lambda node: find_span(text, node)[1]))
    if not is_long:
        flat_argument = f", {name}={' '.join(render_lines('', code, '', 0))}"
        return apply_edit(text, Edit(last_end, last_end, flat_argument))
    depth = _find_indentation(text, arguments[-1]) // 4
    argument = "\n".join(render_lines(f"{name}=", code, "", depth))
    return apply_edit(text, Edit(last_end, last_end, f",\n{argument}"))


def remove_keyword(text: str, call: ast.Call, name: str) -> str:
    """The text without a keyword argument of a call."""
    for keyword in call.keywords:
        if keyword.arg == name:
            content = text.encode()
            start, end = find_span(text, keyword.value)
            start -= len(f"{name}=")
            before = content[:start].rstrip()
            if before.endswith(b","):
                return (before[:-1] + content[end:]).decode()
            return (before + content[end:].lstrip(b", \n")).decode()
    return text


def wrap_call(text: str, call: ast.Call, function: str, keywords: dict[str, Code]) -> str:
    """The text with a call in another one: `attr.evolve(CALL, name=...)`."""
    segment = read_segment(text, call)
    start, end = find_span(text, call)
    flat_keywords = [
        f"{name}={' '.join(line.strip() for line in render_lines('', code, '', 0))}"
        for name, code in keywords.items()
    ]
    flat_text = f"{function}({', '.join([segment, *flat_keywords])})"
    column = _find_indentation(text, call)
    is_first = column == call.col_offset and "\n" not in segment
    if not is_first or column + len(flat_text) < MAX_LENGTH:
        return apply_edit(text, Edit(start, end, flat_text))
    depth = column // 4
    lines = [
        f"{' ' * (column + 4)}{segment},",
        *(
            line
            for name, code in keywords.items()
            for line in render_lines(f"{name}=", code, ",", depth + 1)
        ),
    ]
    content = "\n".join(lines)
    return apply_edit(text, Edit(start, end, f"{function}(\n{content}\n{' ' * column})"))


def add_imports(text: str, names: set[str]) -> str:
    """The text with imports of those names of ours that it uses and does not import."""
    tree = ast.parse(text)
    imported_names = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for name in sorted(names - imported_names):
        text = _add_import(text, name)
    return text


def _add_import(text: str, name: str) -> str:
    if name == "attr":
        return _insert_line(text, "import attr\n\n")
    modules = {**STANDARD_NAMES_BY_MODULE, **NAMES_BY_MODULE}
    module = next((key for key, known in modules.items() if name in known), None)
    if module is None:
        return text
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module == module:
            names = sorted(
                [*(_format_alias(alias) for alias in node.names), name], key=build_import_key
            )
            lines = text.split("\n")
            line = f"from {module} import {', '.join(names)}"
            if len(line) > MAX_LENGTH:
                line = f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"
            end_line = node.end_lineno or node.lineno
            return "\n".join([*lines[: node.lineno - 1], line, *lines[end_line:]])
    line = f"from {module} import {name}\n"
    if module in STANDARD_NAMES_BY_MODULE:
        return _insert_line(text, f"{line}\n")
    return _insert_line(text, line, after_imports=True)


def _format_alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _insert_line(text: str, line: str, *, after_imports: bool = False) -> str:
    """The text with a line before the first import, or behind the last one."""
    imports = [
        node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    lines = text.splitlines(keepends=True)
    if not imports:
        return line + text
    position = (imports[-1].end_lineno or 0) if after_imports else imports[0].lineno - 1
    return "".join([*lines[:position], line, *lines[position:]])


def _find_indentation(text: str, node: ast.expr) -> int:
    line = text.splitlines()[node.lineno - 1]
    return len(line) - len(line.lstrip())


def _render(text: str, node: ast.expr, code: Code, prefix: str) -> str:
    """The unchanged code of a node, without the indentation of its first line."""
    depth = _find_indentation(text, node) // 4
    return "\n".join(render_lines(prefix, code, ",", depth)).strip().removeprefix(prefix)[:-1]


def write_list(text: str, node: ast.List, items: Sequence[str]) -> str:
    """The text with other items in a list, on lines of their own where they were so."""
    if node.lineno == node.end_lineno and len(", ".join(items)) < MAX_FLAT_LENGTH:
        return replace_node(text, node, f"[{', '.join(items)}]")
    lines = text.splitlines()
    indentation = re.match(r" *", lines[node.lineno - 1])
    depth = len(indentation[0]) if indentation else 0
    content = "".join(f"{' ' * (depth + 4)}{item},\n" for item in items)
    return replace_node(text, node, f"[\n{content}{' ' * depth}]")


MAX_FLAT_LENGTH = 60
