"""The arguments of a call and the items of a list, by the tokens of the text that holds them.

The syntax tree has no parentheses around an item, no commas and no comments.
"""

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
LAYOUT_TOKENS = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE)


@dataclass(frozen=True)
class Token:
    """A token with its place in a text, in bytes, and its lines."""

    kind: int
    text: str
    start: int
    end: int
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Item:
    """An argument or item without its comma; `comma_end` is None where it has none."""

    start: int
    end: int
    first_line: int
    last_line: int
    comma_end: int | None


@dataclass(frozen=True)
class Brackets:
    """What stands between the opening and the closing bracket of a call or a list."""

    opening: Token
    closing: Token
    items: Sequence[Item]
    has_comments: bool

    @property
    def is_block(self) -> bool:
        """Whether each item has lines of its own."""
        lines = [self.opening.first_line]
        for item in self.items:
            if item.first_line <= lines[-1]:
                return False
            lines.append(item.last_line)
        return self.closing.first_line > lines[-1]


def read_brackets(text: str, node: ast.Call | ast.List, end: int) -> Brackets:
    """The brackets of a node that ends at a byte of the text."""
    tokens = list_tokens(text)
    last = next(index for index, token in enumerate(tokens) if token.end == end)
    depth = 0
    first = last
    for index in range(last, -1, -1):
        depth += (tokens[index].text in CLOSING) - (tokens[index].text in OPENING)
        if depth == 0:
            first = index
            break
    inner_tokens = tokens[first + 1 : last]
    return Brackets(
        tokens[first],
        tokens[last],
        _split_items(inner_tokens),
        any(token.kind == tokenize.COMMENT for token in inner_tokens),
    )


def _split_items(tokens: Sequence[Token]) -> list[Item]:
    items: list[Item] = []
    item_tokens: list[Token] = []
    depth = 0

    def close_item(comma: Token | None) -> None:
        if item_tokens:
            first, last = item_tokens[0], item_tokens[-1]
            comma_end = comma.end if comma else None
            items.append(Item(first.start, last.end, first.first_line, last.last_line, comma_end))
        item_tokens.clear()

    for token in tokens:
        if token.kind in LAYOUT_TOKENS:
            continue
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth == 0 and token.text == ",":
            close_item(token)
        else:
            item_tokens.append(token)
    close_item(None)
    return items


@lru_cache(maxsize=4)
def list_tokens(text: str) -> list[Token]:
    """The tokens of a text."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()) + 1)

    def find_offset(position: tuple[int, int]) -> int:
        line_number, column = position
        if line_number > len(lines):
            return starts[-1] - 1
        return starts[line_number - 1] + len(lines[line_number - 1][:column].encode())

    tokens = tokenize.generate_tokens(io.StringIO(text, newline="\n").readline)
    return [
        Token(
            token.type,
            token.string if token.type == tokenize.OP else "",
            find_offset(token.start),
            find_offset(token.end),
            token.start[0],
            token.end[0],
        )
        for token in tokens
    ]


def list_string_lines(text: str) -> set[int]:
    """The lines, from 1 on, that begin within a string: their indentation is part of it."""
    return {
        line
        for token in list_tokens(text)
        if token.kind not in LAYOUT_TOKENS
        for line in range(token.first_line + 1, token.last_line + 1)
    }
