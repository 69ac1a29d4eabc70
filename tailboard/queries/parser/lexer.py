"""PromQL's text split into code, strings and comments, and how deeply the code is nested.

Everything here takes linear time, whatever the text: it runs before the parser, which copies the
subtree of every node and runs out of stack where expressions are nested too deeply.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern

PieceKind = Literal["code", "string", "comment"]

STRING_OR_COMMENT = declare_pattern(
    r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"?|\'[^\'\\\n]*+(?:\\.[^\'\\\n]*+)*\'?|`[^`]*+`?|#[^\r\n]*+',
    re.DOTALL,
)
"""As in Prometheus' lexer; a string that is not closed ends with its line."""

TOKEN = declare_pattern(
    r"[a-zA-Z_:][\w:.]*|[0-9.][\w.]*|==|!=|>=|<=|=~|!~|[()\[\]{},]|[-+*/%^<>=@]", re.ASCII
)
OPENING_BRACKETS = {"(", "[", "{"}
CLOSING_BRACKETS = {")", "]", "}"}

NESTING = (*"-+*/%^<>=!({", "[", "[", "and", "or", "unless", "atan2")
"""What may make a tree deeper by one, and some of what does not; a range's bracket by two."""

OPERATORS = {*"+-*/%^<>", "==", "!=", ">=", "<=", "and", "or", "unless", "atan2", "["}
"""What makes a node of the tree beside brackets and commas; a range may be that of a subquery."""


class Piece(NamedTuple):
    """A part of an expression's text; a string has its quotes."""

    kind: PieceKind
    text: str


class Size(NamedTuple):
    """The number of tokens of an expression, and the largest depth that its tree can have."""

    tokens: int
    depth: int


def split_text(text: str) -> list[Piece]:
    """The pieces of an expression, which make up the text again."""
    pieces, end = [], 0
    for match in STRING_OR_COMMENT.finditer(text):
        start, piece = match.start(), match[0]
        if start > end:
            pieces.append(Piece("code", text[end:start]))
        pieces.append(Piece("comment" if piece[0] == "#" else "string", piece))
        end = match.end()
    if end < len(text):
        pieces.append(Piece("code", text[end:]))
    return pieces


def convert_raw_string(text: str) -> str:
    """A string in backquotes as one in double quotes: the parser reads escapes in both."""
    if len(text) < 2 or not (text.startswith("`") and text.endswith("`")):
        return text
    content = text[1:-1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{content}"'


def estimate_size(text: str) -> Size:
    """No fewer tokens and no smaller a depth than `measure_size` finds, in a fraction of its time.

    Every character may be a token, and every operator and bracket may be nested in all others.
    """
    return Size(len(text), 1 + sum(map(text.lower().count, NESTING)))


def measure_size(pieces: Iterable[Piece]) -> Size:
    """How large the tree of these pieces can be at most; they need not be PromQL.

    Operators between the same two brackets count as nested in one another, as in `a + b + c`.
    """
    levels, token_count = [_Level()], 0
    for kind, text in pieces:
        if kind == "comment":
            continue
        tokens = TOKEN.findall(text) if kind == "code" else [text]
        token_count += len(tokens)
        for symbol in tokens:
            if symbol.lower() in OPERATORS:
                levels[-1].operators += 1
            if symbol in OPENING_BRACKETS:
                levels.append(_Level())
            elif symbol in CLOSING_BRACKETS and len(levels) > 1:
                _close_level(levels)
            elif symbol == ",":
                levels[-1].end_operand()
    while len(levels) > 1:
        _close_level(levels)
    return Size(token_count, levels[0].depth)


class _Level:
    """What stands between two brackets."""

    operators = 0
    """Those since the last comma."""

    most_operators = 0
    child_depth = 0

    @property
    def depth(self) -> int:
        """The depth of the tree with its leaves."""
        return 1 + max(self.operators, self.most_operators) + self.child_depth

    def end_operand(self) -> None:
        """What comes after a comma is nested in nothing that stands before it."""
        self.most_operators = max(self.operators, self.most_operators)
        self.operators = 0


def _close_level(levels: list[_Level]) -> None:
    depth = levels.pop().depth
    levels[-1].child_depth = max(levels[-1].child_depth, depth)
