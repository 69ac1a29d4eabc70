"""What became too long, or leaves two brackets open, laid out as formatters do.

Each argument stands on a line of its own then.
"""

import ast
import difflib
import re
import tokenize
from collections.abc import Iterator, Sequence

from tailboard.convert.code import Literal, render_lines
from tailboard.convert.long_texts import measure_width
from tailboard.convert.patch.brackets import list_string_lines, list_tokens
from tailboard.init.python_text import WIDTH

WIDE = 100
"""The width of lines in a file that has lines longer than `WIDTH`."""

MAX_BREAKS = 200
INDENTATION = re.compile(r"[ \t]*")


def break_long_lines(old_text: str, text: str) -> str:
    """The text, in which each new line that is too long or untidy is laid out on several ones."""
    width = find_width(old_text)
    for _ in range(MAX_BREAKS):
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


def shift_lines(text: str, node: ast.expr, indentation: str) -> str:
    """The source of a node for a line with another indentation; lines of strings stay."""
    first, *others = _read(text, node).split("\n")
    old_indentation = find_indentation(text, node.lineno)
    string_lines = list_string_lines(text) if others else set()
    return "\n".join(
        [
            first,
            *(
                indentation + line.removeprefix(old_indentation)
                if number not in string_lines and line.strip()
                else line
                for number, line in enumerate(others, node.lineno + 1)
            ),
        ]
    )


def _break_line(old_text: str, text: str, width: int) -> str:
    nodes = _find_breakable_nodes(text, width)
    if not nodes:
        return text
    lines = text.split("\n")
    for number in _list_new_lines(old_text, text, width):
        node = nodes.get(number)
        if node is None:
            continue
        end = node.end_lineno or number
        prefix = lines[number - 1].encode()[: node.col_offset].decode()
        suffix = lines[end - 1].encode()[node.end_col_offset :].decode()
        indentation = find_indentation(text, number)
        layout = _Layout(text, width, find_indentation_unit(old_text))
        new_lines = layout.break_node(node, prefix.lstrip(), suffix, indentation)
        return "\n".join([*lines[: number - 1], *new_lines, *lines[end:]])
    return text


def _list_new_lines(old_text: str, text: str, width: int) -> Iterator[int]:
    """The lines, from 1 on, that were put in, but for those in the place of untidy ones."""
    untidy_lines = _find_breakable_nodes(old_text, width)
    matcher = difflib.SequenceMatcher(a=old_text.split("\n"), b=text.split("\n"), autojunk=False)
    for tag, old_start, old_end, start, end in matcher.get_opcodes():
        if tag != "equal" and not any(
            index + 1 in untidy_lines for index in range(old_start, old_end)
        ):
            yield from (index + 1 for index in range(start, end))


def _find_breakable_nodes(text: str, width: int) -> dict[int, ast.expr]:
    """The expression to lay out of each line that is too long or leaves two brackets open.

    It is the outermost one with brackets that begins there: one that ends on the same line, or
    within which another one leaves its bracket open, and no comment would be lost.
    """
    closed_nodes: dict[int, list[ast.expr]] = {}
    open_nodes: dict[int, list[ast.expr]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr) and _has_brackets(text, node):
            nodes = closed_nodes if node.lineno == node.end_lineno else open_nodes
            nodes.setdefault(node.lineno, []).append(node)
    breakable_nodes = {
        number: outermost
        for number, nodes in open_nodes.items()
        if len(nodes) > 1 and not _has_own_comments(text, outermost := _find_outermost(nodes))
    }
    for number, line in enumerate(text.split("\n"), 1):
        if measure_width(line) > width and number in closed_nodes:
            breakable_nodes.setdefault(number, _find_outermost(closed_nodes[number]))
    return breakable_nodes


def _find_outermost(nodes: Sequence[ast.expr]) -> ast.expr:
    return min(
        nodes,
        key=lambda node: (node.col_offset, -(node.end_lineno or 0), -(node.end_col_offset or 0)),
    )


def _has_own_comments(text: str, node: ast.expr) -> bool:
    """Whether a comment stands within the brackets of an expression, but in none of its parts."""
    inner_lines = range(node.lineno, node.end_lineno or node.lineno)
    part_lines = {
        line
        for part in ast.iter_child_nodes(node)
        if isinstance(part, ast.expr | ast.keyword)
        for line in range(part.lineno, part.end_lineno or part.lineno)
    }
    return any(
        token.kind == tokenize.COMMENT
        and token.first_line in inner_lines
        and token.first_line not in part_lines
        for token in list_tokens(text)
    )


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
        if node.lineno != node.end_lineno:
            yield f"{indentation}{prefix}{shift_lines(self._text, node, indentation)}{suffix}"
        elif measure_width(flat_line.expandtabs(4)) <= self._width:
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
