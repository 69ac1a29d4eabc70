"""Edits of a definition's text at the places of its syntax tree.

What an edit adds is on one line; `break_long_lines` lays out what is too long then. Comments stay,
but for those behind an argument or item that is taken out.
"""

import ast
import difflib
import re
from collections.abc import Mapping, Sequence

from tailboard.convert.code import Code, ListCode, render_flat
from tailboard.convert.patch.brackets import Brackets, Item, list_string_lines, read_brackets
from tailboard.convert.patch.line_breaks import (
    find_indentation,
    find_indentation_unit,
    shift_lines,
)

REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?(?=\n|\Z)")
"""What may stand behind an item on its line: a comment."""


def find_span(text: str, node: ast.expr | ast.keyword) -> tuple[int, int]:
    """Where a node stands in a text, in bytes."""
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return starts[node.lineno - 1] + node.col_offset, starts[end_line - 1] + end_column


def replace_span(text: str, start: int, end: int, replacement: str) -> str:
    """The text with other characters between two places, in bytes."""
    content = text.encode()
    return (content[:start] + replacement.encode() + content[end:]).decode()


def read_segment(text: str, node: ast.expr) -> str:
    """The source of a node."""
    start, end = find_span(text, node)
    return text.encode()[start:end].decode()


def replace_node(text: str, node: ast.expr, replacement: str) -> str:
    """The text with another expression in the place of a node."""
    return replace_span(text, *find_span(text, node), replacement)


def replace_value(text: str, node: ast.expr, code: Code) -> str:
    """The text with other code in the place of a node; equal items of a list stay as written."""
    if not isinstance(node, ast.List) or not isinstance(code, ListCode):
        return replace_node(text, node, render_flat(code))
    return write_list(text, node, _match_items(node, code))


def _match_items(node: ast.List, code: ListCode) -> list[int | str]:
    """The places of items that a list has already, and the source of those that are new."""
    sources = [ast.unparse(item) for item in node.elts]
    new_items = [render_flat(item) for item in code.items]
    new_sources = [ast.unparse(ast.parse(item, mode="eval")) for item in new_items]
    matcher = difflib.SequenceMatcher(a=sources, b=new_sources, autojunk=False)
    items: list[int | str] = [*new_items]
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            items[block.b + offset] = block.a + offset
    return items


def set_keyword(text: str, call: ast.Call, name: str, code: Code) -> str:
    """The text with a keyword argument of a call added or replaced."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return replace_value(text, keyword.value, code)
    brackets = read_brackets(text, call, find_span(text, call)[1])
    return _append_item(text, brackets, f"{name}={render_flat(code)}")


def _append_item(text: str, brackets: Brackets, source: str) -> str:
    """The text with one more item: on a line of its own where the last one has one."""
    if not brackets.items:
        return replace_span(text, brackets.opening.end, brackets.opening.end, source)
    last = brackets.items[-1]
    content = text.encode()
    item_end = last.comma_end or last.end
    rest = REST_OF_LINE.match(content[item_end:].decode())
    if rest is None or brackets.closing.first_line == last.last_line:
        return replace_span(text, last.end, item_end, f", {source}")
    indentation = find_indentation(text, last.first_line)
    return replace_span(
        text,
        last.end,
        item_end + len(rest[0].encode()),
        f",{rest[0]}\n{indentation}{source},",
    )


def remove_keyword(text: str, call: ast.Call, name: str) -> str:
    """The text without a keyword argument of a call."""
    brackets = read_brackets(text, call, find_span(text, call)[1])
    content = text.encode()
    for index, item in enumerate(brackets.items):
        if not re.match(rf"{name}\s*=", content[item.start : item.end].decode()):
            continue
        lines = text.split("\n")
        if _has_own_lines(text, item, brackets):
            return "\n".join([*lines[: item.first_line - 1], *lines[item.last_line :]])
        if index + 1 < len(brackets.items):
            return replace_span(text, item.start, brackets.items[index + 1].start, "")
        start = brackets.items[index - 1].end if index else item.start
        return replace_span(text, start, item.comma_end or item.end, "")
    return text


def _has_own_lines(text: str, item: Item, brackets: Brackets) -> bool:
    """Whether nothing but a comment stands beside an item on its lines."""
    content = text.encode()
    before = content[: item.start].rpartition(b"\n")[2]
    behind = content[item.comma_end or item.end :].decode()
    is_closed = brackets.closing.first_line == item.last_line
    return not before.strip() and not is_closed and bool(REST_OF_LINE.match(behind))


def wrap_call(text: str, node: ast.expr, function: str, keywords: Mapping[str, Code]) -> str:
    """The text with an expression in a call: `attr.evolve(EXPRESSION, name=...)`."""
    segment = read_segment(text, node)
    arguments = [f"{name}={render_flat(code)}" for name, code in keywords.items()]
    if "\n" not in segment:
        return replace_node(text, node, f"{function}({', '.join([segment, *arguments])})")
    indentation = find_indentation(text, node.lineno)
    inner = indentation + find_indentation_unit(text)
    lines = [f"{inner}{shift_lines(text, node, inner)},"]
    lines += [f"{inner}{argument}," for argument in arguments]
    content = "\n".join(lines)
    return replace_node(text, node, f"{function}(\n{content}\n{indentation})")


def read_element(text: str, node: ast.expr) -> str:
    """The source of an element that may be put into another list."""
    return shift_lines(text, node, "")


def write_list(text: str, node: ast.List, items: Sequence[int | str]) -> str:
    """The text with other items in a list: the places of those that stay, the source of new ones.

    Lines of their own stay so, with the comments in and above them. The text itself where that
    would lose a comment.
    """
    brackets = read_brackets(text, node, find_span(text, node)[1])
    if brackets.is_block and brackets.items:
        return _write_block(text, brackets, items)
    if brackets.has_comments:
        return text
    content = text.encode()
    sources = [
        item
        if isinstance(item, str)
        else content[brackets.items[item].start : brackets.items[item].end].decode()
        for item in items
    ]
    return replace_by_list(text, node, sources)


def replace_by_list(text: str, node: ast.expr, sources: Sequence[str]) -> str:
    """The text with a list in the place of a node; on lines of their own if an item has several."""
    if not any("\n" in source for source in sources):
        return replace_node(text, node, f"[{', '.join(sources)}]")
    indentation = find_indentation(text, node.lineno)
    inner = indentation + find_indentation_unit(text)
    lines = "".join(f"{_indent_source(source, inner)},\n" for source in sources)
    return replace_node(text, node, f"[\n{lines}{indentation}]")


def _write_block(text: str, brackets: Brackets, items: Sequence[int | str]) -> str:
    lines = text.split("\n")
    blocks: list[list[str]] = []
    previous_line = brackets.opening.first_line
    comments: list[str] = []
    for index, item in enumerate(brackets.items):
        block = [*comments, *lines[previous_line : item.last_line]]
        if item.comma_end is None:
            start = len("\n".join(lines[: item.last_line - 1]).encode()) + 1
            block[-1] = replace_span(block[-1], item.end - start, item.end - start, ",")
        blocks.append(block)
        previous_line = item.last_line
        comments = [] if index in items else _list_comments(block, item)
    new_lines: list[str] = []
    indentation = find_indentation(text, brackets.items[0].first_line)
    for entry in items:
        if isinstance(entry, int):
            new_lines += blocks[entry]
        else:
            new_lines += f"{_indent_source(entry, indentation)},".split("\n")
    return "\n".join(
        [
            *lines[: brackets.opening.first_line],
            *new_lines,
            *comments,
            *lines[previous_line:],
        ]
    )


def _list_comments(block: Sequence[str], item: Item) -> list[str]:
    """The comments above an item that is taken out."""
    comment_count = len(block) - (item.last_line - item.first_line + 1)
    return [line for line in block[:comment_count] if line.strip()]


def _indent_source(source: str, indentation: str) -> str:
    """The source of an element on lines of its own."""
    string_lines = list_string_lines(source) if "\n" in source else set()
    return "\n".join(
        line if number in string_lines or not line.strip() else indentation + line
        for number, line in enumerate(source.split("\n"), 1)
    )
