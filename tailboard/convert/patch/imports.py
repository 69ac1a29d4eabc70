"""The imports of a definition, with those that a patch needs."""

import ast
import sys

from tailboard.convert.module_text import (
    NAMES_BY_MODULE,
    STANDARD_NAMES_BY_MODULE,
    build_import_key,
)
from tailboard.convert.patch.line_breaks import find_width

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
    group = 0 if module in STANDARD_NAMES_BY_MODULE else 2
    return _insert_statement(text, f"from {module} import {name}", group)


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
    module = _find_module(node).partition(".")[0]
    if module == FUTURE:
        return -1
    if module == "tailboard":
        return 2
    return 0 if module in sys.stdlib_module_names else 1


def _find_first_line(text: str) -> int:
    """Where the first import of a text without any would stand: below its docstring."""
    body = ast.parse(text).body
    is_docstring = bool(body) and isinstance(body[0], ast.Expr)
    if body and (is_docstring or isinstance(body[0], ast.ImportFrom)):
        return body[0].end_lineno or 0
    return 0
