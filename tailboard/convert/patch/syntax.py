"""Calls and names in the syntax tree of a definition."""

import ast


def find_function(call: ast.Call) -> str:
    """The last name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def is_function(call: ast.Call, name: str) -> bool:
    """Whether a function of this name is called."""
    return find_function(call) == name


def find_same_call(text: str, call: ast.Call) -> ast.Call:
    """The call that begins where another one did, in a text that was changed behind that."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and (node.lineno, node.col_offset) == (call.lineno, call.col_offset)
            and find_function(node) == find_function(call)
        ):
            return node
    return call


def list_used_names(tree: ast.AST) -> set[str]:
    """The names that are read somewhere."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
