"""Lines that became too long, laid out as formatters do: each argument on a line of its own."""

import ast
import difflib
import re
from collections.abc import Iterator

from tailboard.convert.code import Literal, render_lines
from tailboard.convert.long_texts import measure_width
from tailboard.init.python_text import WIDTH

WIDE = 100
"""The width of lines in a file that has lines longer than `WIDTH`."""

MAX_BREAKS = 200
INDENTATION = re.compile(r"[ \t]*")


def break_long_lines(old_text: str, text: str) -> str:
    """The text, in which each new line that is too long is laid out on several ones."""
    width = find_width(old_text)
    for _ in range(MAX_BREAKS):
        if not any(measure_width(line) > width for line in text.split("\n")):
            break
        broken_text = _break_line(old_text, text, width)
        if broken_text == text:
            break
        text = broken_text
    return text


def find_width(text: str) -> int:
    """How long the lines of a text may be."""
    return WIDTH if all(measure_width(line) <= WIDTH for line in text.split("\n")) else WIDE


def find_indentation(text: str, line_number: int) -> str:
    """The spaces or tabs that a line begins with; lines count from 1."""
    match = INDENTATION.match(text.split("\n")[line_number - 1])
    return match[0] if match else ""


def find_indentation_unit(text: str) -> str:
    """What a text indents a block by: a tab, or 2 or 4 spaces."""
    indentations = [
        match[0]
        for line in text.split("\n")
        if (match := INDENTATION.match(line)) and match[0] and line.strip()
    ]
    if any(indentation.startswith("\t") for indentation in indentations):
        return "\t"
    return "  " if "  " in indentations else " " * 4


def _break_line(old_text: str, text: str, width: int) -> str:
    lines = text.split("\n")
    tree = ast.parse(text)
    for number in _list_new_lines(old_text, text, width):
        node = _find_breakable_node(tree, text, number)
        if node is None:
            continue
        content = lines[number - 1].encode()
        prefix = content[: node.col_offset].decode()
        suffix = content[node.end_col_offset :].decode()
        indentation = find_indentation(text, number)
        layout = _Layout(text, width, find_indentation_unit(old_text))
        new_lines = layout.break_node(node, prefix.lstrip(), suffix, indentation)
        return "\n".join([*lines[: number - 1], *new_lines, *lines[number:]])
    return text


def _list_new_lines(old_text: str, text: str, width: int) -> Iterator[int]:
    """The lines, from 1 on, that are too long, and longer than those in whose place they are."""
    old_lines, lines = old_text.split("\n"), text.split("\n")
    matcher = difflib.SequenceMatcher(a=old_lines, b=lines, autojunk=False)
    for tag, old_start, old_end, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if any(measure_width(line) > width for line in old_lines[old_start:old_end]):
            continue
        yield from (index + 1 for index in range(start, end) if measure_width(lines[index]) > width)


def _find_breakable_node(tree: ast.Module, text: str, number: int) -> ast.expr | None:
    """The outermost expression with brackets that stands on a line."""
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and node.lineno == node.end_lineno == number
        and _has_brackets(text, node)
    ]
    return min(nodes, key=lambda node: (node.col_offset, -(node.end_col_offset or 0)), default=None)


def _has_brackets(text: str, node: ast.expr) -> bool:
    match node:
        case ast.Call():
            is_generator = len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp)
            return bool(node.args or node.keywords) and not is_generator
        case ast.List():
            return bool(node.elts)
        case ast.Tuple():
            return bool(node.elts) and (_read(text, node) or "").startswith("(")
        case ast.Dict():
            return bool(node.keys)
        case _:
            return False


def _read(text: str, node: ast.expr) -> str:
    return ast.get_source_segment(text, node) or ""


class _Layout:
    """The text whose source is laid out, and how."""

    def __init__(self, text: str, width: int, unit: str) -> None:
        self._text = text
        self._width = width
        self._unit = unit

    def break_node(
        self, node: ast.expr, prefix: str, suffix: str, indentation: str
    ) -> Iterator[str]:
        """The lines of an expression with brackets, each part of it on lines of its own."""
        source = _read(self._text, node)
        opening, parts, closing = self._split_node(node, source)
        yield indentation + prefix + opening
        for name, part in parts:
            yield from self._render(part, name, ",", indentation + self._unit)
        yield indentation + closing + suffix

    def _render(self, node: ast.expr, prefix: str, suffix: str, indentation: str) -> Iterator[str]:
        flat_line = f"{indentation}{prefix}{_read(self._text, node)}{suffix}"
        if measure_width(flat_line.expandtabs(4)) <= self._width:
            yield flat_line
        elif _has_brackets(self._text, node):
            yield from self.break_node(node, prefix, suffix, indentation)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            depth = len(indentation.expandtabs(4)) // 4
            for line in render_lines(prefix, Literal(node.value), suffix, depth):
                inner = len(line) - len(line.lstrip(" ")) - depth * 4
                yield indentation + self._unit * (inner // 4) + line.lstrip(" ")
        else:
            yield flat_line

    def _split_node(
        self, node: ast.expr, source: str
    ) -> tuple[str, list[tuple[str, ast.expr]], str]:
        """The opening bracket with what is before it, the parts, and the closing bracket."""
        match node:
            case ast.Call():
                function_length = len(_read(self._text, node.func))
                opening = source[: source.index("(", function_length) + 1]
                parts: list[tuple[str, ast.expr]] = [("", argument) for argument in node.args]
                parts += [
                    ("**" if keyword.arg is None else f"{keyword.arg}=", keyword.value)
                    for keyword in node.keywords
                ]
                return opening, parts, ")"
            case ast.List() | ast.Tuple():
                return source[0], [("", item) for item in node.elts], source[-1]
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                return (
                    "{",
                    [
                        ("**" if key is None else f"{_read(self._text, key)}: ", value)
                        for key, value in pairs
                    ],
                    "}",
                )
            case _:
                return source, [], ""
