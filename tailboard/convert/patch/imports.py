"""The imports of a definition: those that a patch needs more, and those that it needs no more."""

import ast
import sys
from collections.abc import Sequence

from tailboard.convert.module_text import (
    NAMES_BY_MODULE,
    STANDARD_NAMES_BY_MODULE,
    build_import_key,
)
from tailboard.convert.patch.line_breaks import find_width
from tailboard.convert.patch.syntax import list_used_names

ATTR = "attr"
FUTURE = "__future__"


def add_imports(text: str, names: set[str]) -> str:
    """The text with imports of those names of ours that it uses and does not import."""
    imported_names = {
        alias.asname or alias.name.partition(".")[0]
        for node in _list_imports(text)
        for alias in node.names
    }
    for name in sorted(names - imported_names):
        text = _add_import(text, name)
    return text


def drop_imports(old_text: str, text: str) -> str:
    """The text without the imports of names that only an older text reads."""
    old_names, names = (list_used_names(ast.parse(part)) for part in (old_text, text))
    lines = text.split("\n")
    for node in reversed(_list_imports(text)):
        kept_aliases = [
            alias
            for alias in node.names
            if (alias.asname or alias.name.partition(".")[0]) not in old_names - names
        ]
        if len(kept_aliases) < len(node.names):
            _drop_aliases(lines, node, kept_aliases)
    return "\n".join(lines)


def _drop_aliases(
    lines: list[str], node: ast.Import | ast.ImportFrom, kept_aliases: Sequence[ast.alias]
) -> None:
    """Take the other names out of an import: their lines, or all of it where none is kept."""
    start, end = node.lineno - 1, node.end_lineno or node.lineno
    if not kept_aliases:
        is_alone = start > 0 and not lines[start - 1] and not "".join(lines[end : end + 1])
        del lines[start : end + is_alone]
    elif end - start > 1:
        kept_lines = {alias.lineno for alias in kept_aliases}
        for alias in reversed(node.names):
            if alias.lineno not in kept_lines:
                del lines[alias.lineno - 1]
    else:
        statement = ast.unparse(node).partition(" import ")[0]
        lines[start] = f"{statement} import {', '.join(map(_format_alias, kept_aliases))}"


def _add_import(text: str, name: str) -> str:
    modules = {**STANDARD_NAMES_BY_MODULE, **NAMES_BY_MODULE}
    module = next((key for key, known in modules.items() if name in known), None)
    if name == ATTR:
        return _insert_statement(text, "import attr", 1)
    if module is None:
        return text
    for node in _list_imports(text):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            return _extend_import(text, node, name)
    return _insert_statement(text, f"from {module} import {name}", _find_module_group(module))


def _extend_import(text: str, node: ast.ImportFrom, name: str) -> str:
    """The text with one more name in an import; one on several lines gets one more line."""
    lines = text.split("\n")
    end_line = node.end_lineno or node.lineno
    if end_line > node.lineno:
        later_aliases = [
            alias for alias in node.names if build_import_key(alias.name) > build_import_key(name)
        ]
        line = later_aliases[0].lineno - 1 if later_aliases else end_line - 1
        if later_aliases or lines[end_line - 2].partition("#")[0].rstrip().endswith(","):
            return "\n".join([*lines[:line], f"    {name},", *lines[line:]])
    names = sorted([*(_format_alias(alias) for alias in node.names), name], key=build_import_key)
    statement = f"from {node.module} import {', '.join(names)}"
    if len(statement) > find_width(text):
        statement = f"from {node.module} import (\n    " + ",\n    ".join(names) + ",\n)"
    return "\n".join([*lines[: node.lineno - 1], statement, *lines[end_line:]])


def _format_alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _insert_statement(text: str, statement: str, group: int) -> str:
    """The text with one more import in its group: the standard library, others, ours."""
    lines = text.split("\n")
    imports = [node for node in _list_imports(text) if _find_group(node) >= 0]
    if not imports:
        line = _find_first_line(text)
        return "\n".join([*lines[:line], statement, "", *lines[line:]])
    earlier = [node for node in imports if _find_group(node) < group]
    same = [node for node in imports if _find_group(node) == group]
    if same:
        before = [node for node in same if _find_module(node) < statement.split()[1]]
        line = (before[-1].end_lineno or 0) if before else same[0].lineno - 1
        return "\n".join([*lines[:line], statement, *lines[line:]])
    if earlier:
        line = earlier[-1].end_lineno or 0
        return "\n".join([*lines[:line], "", statement, *lines[line:]])
    line = imports[0].lineno - 1
    return "\n".join([*lines[:line], statement, "", *lines[line:]])


def _list_imports(text: str) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]


def _find_module(node: ast.Import | ast.ImportFrom) -> str:
    return node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name


def _find_group(node: ast.Import | ast.ImportFrom) -> int:
    """0 for the standard library, 1 for others, 2 for ours, -1 for what has to stand first."""
    return _find_module_group(_find_module(node))


def _find_module_group(module: str) -> int:
    package = module.partition(".")[0]
    if package == FUTURE:
        return -1
    if package == "tailboard":
        return 2
    return 0 if package in sys.stdlib_module_names else 1


def _find_first_line(text: str) -> int:
    """Where the first import of a text without any would stand: below its docstring."""
    body = ast.parse(text).body
    is_docstring = bool(body) and isinstance(body[0], ast.Expr)
    if body and (is_docstring or isinstance(body[0], ast.ImportFrom)):
        return body[0].end_lineno or 0
    return 0
