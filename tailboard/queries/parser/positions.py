"""Where in the text of an expression each node of its tree stands, and each name in it.

promql-parser gives no positions. Its tree says in which order the tokens come, so the tokens are
assigned to the nodes from the left to the right; nothing is parsed a second time.
"""

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.lexer import split_text
from tailboard.queries.parser.promql import VARIABLE, Expression, get_node_type

NameKind = Literal["metric", "label"]

VARIABLE_TEXT = re.sub(r"\((?!\?)", "(?:", VARIABLE.pattern)
TOKEN = declare_pattern(
    rf"(?P<name>(?:[a-zA-Z_:]|{VARIABLE_TEXT})(?:[\w:]|{VARIABLE_TEXT})*)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*)"
    r"|(?P<symbol>==|!=|>=|<=|=~|!~|</|>/|[()\[\]{},]|[-+*/%^<>=@:])",
    re.ASCII,
)

GROUPING_WORDS = {"by", "without"}
MATCHING_WORDS = {"on", "ignoring", "group_left", "group_right"}
FILL_WORDS = {"fill", "fill_left", "fill_right"}
RANGE_MODIFIERS = {"anchored", "smoothed"}
MATCHER_OPERATORS = {"=", "!=", "=~", "!~"}
SIGNS = {"+", "-"}

LABEL_ARGUMENTS: dict[str, slice] = {
    "label_replace": slice(1, 4, 2),
    "label_join": slice(1, None),
    "sort_by_label": slice(1, None),
    "sort_by_label_desc": slice(1, None),
}
"""Which arguments of a function name labels; of `label_join`, the second is its separator."""

SEPARATOR_POSITION = 2


class PositionError(ValueError):
    """The text is not laid out as its tree says; nothing is known about its positions."""


class Name(NamedTuple):
    """The name of a metric or a label, from `start` to `end` of the text, its quotes included."""

    kind: NameKind
    value: str
    start: int
    end: int


class Matcher(NamedTuple):
    """A matcher of a selector; `value` is what its string says, `start` and `end` are the string's.

    The label of `{"a.metric"}` is `__name__`, and its `label_end` is 0.
    """

    label: str
    label_start: int
    label_end: int
    op: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class PlacedNode:
    """A node of the tree with its part of the text.

    `names` are the node's own: the metric of a selector, the labels of an aggregation, of an
    operator and of a function's arguments. `children` are those of `list_children`; a parameter of
    an aggregation is in `param`. `matchers` are those of a selector.
    """

    node: Any
    start: int
    end: int
    children: tuple["PlacedNode", ...] = ()
    names: tuple[Name, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    param: "PlacedNode | None" = None

    @property
    def kind(self) -> str:
        """What the node is: Call, AggregateExpr, BinaryExpr, VectorSelector."""
        return get_node_type(self.node)


def place_nodes(text: str, expression: Expression) -> PlacedNode:
    """The tree of an expression with the positions of its nodes.

    Raises `PositionError` where there is no tree, or the text does not follow it.
    """
    tree = expression.tree
    if tree is None:
        raise PositionError(expression.problem)
    reader = _Reader(_list_tokens(text))
    placed_node = reader.place(tree)
    if reader.position < len(reader.tokens):
        raise PositionError(f"{reader.peek().text!r} belongs to no part of the expression")
    return placed_node


def walk_placed_nodes(placed_node: PlacedNode) -> list[PlacedNode]:
    """The node itself and everything below it, from the left to the right."""
    nodes, pending = [], [placed_node]
    while pending:
        node = pending.pop()
        nodes.append(node)
        pending.extend(reversed(node.children))
    return nodes


def unquote_string(text: str) -> str:
    """What a string of PromQL says; the text without its quotes where its escapes are unknown."""
    if text.startswith("`"):
        return text[1:-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text[1:-1]


class _Token(NamedTuple):
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A name in small letters: keywords may be written in capitals."""
        return self.text.lower() if self.kind == "name" else ""


END = _Token("end", "", 0)


def _list_tokens(text: str) -> list[_Token]:
    tokens, start = [], 0
    for kind, piece in split_text(text):
        if kind == "string":
            tokens.append(_Token("string", piece, start))
        elif kind == "code":
            tokens += [
                _Token(str(match.lastgroup), match[0], start + match.start())
                for match in TOKEN.finditer(piece)
            ]
        start += len(piece)
    return tokens


class _Reader:
    """Assigns tokens to the nodes of a tree, in their order."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def peek(self) -> _Token:
        """The next token; `END` behind the last."""
        return self.tokens[self.position] if self.position < len(self.tokens) else END

    def place(self, node: Any) -> PlacedNode:
        """The node with its tokens; a plus before it makes no node."""
        while get_node_type(node) != "NumberLiteral" and self._has_next("+"):
            self._take()
        return PLACERS[get_node_type(node)](self, node)

    def _take(self, *texts: str) -> _Token:
        token = self.peek()
        if token is END or (texts and token.text not in texts and token.word not in texts):
            raise PositionError(f"{token.text!r} stands where {' or '.join(texts)!r} belongs")
        self.position += 1
        return token

    def _take_kind(self, *kinds: str) -> _Token:
        token = self._take()
        if token.kind not in kinds:
            raise PositionError(f"{token.text!r} stands where a {kinds[0]} belongs")
        return token

    def _has_next(self, *texts: str) -> bool:
        token = self.peek()
        return token is not END and (token.text in texts or token.word in texts)

    def _last_end(self) -> int:
        return self.tokens[self.position - 1].end

    def _place_number(self, node: Any) -> PlacedNode:
        start = self.peek().start
        while self._has_next(*SIGNS):
            self._take()
        self._take_kind("number", "name")
        return PlacedNode(node, start, self._last_end())

    def _place_string(self, node: Any) -> PlacedNode:
        token = self._take_kind("string")
        return PlacedNode(node, token.start, token.end)

    def _place_parentheses(self, node: Any) -> PlacedNode:
        start = self._take("(").start
        child = self.place(node.expr)
        self._take(")")
        return PlacedNode(node, start, self._last_end(), (child,))

    def _place_sign(self, node: Any) -> PlacedNode:
        start = self._take(*SIGNS).start
        child = self.place(node.expr)
        return PlacedNode(node, start, child.end, (child,))

    def _place_operator(self, node: Any) -> PlacedNode:
        left = self.place(node.lhs)
        self._take_kind("symbol", "name")
        names: list[Name] = []
        while self._has_next("bool", *MATCHING_WORDS, *FILL_WORDS):
            word = self._take().word
            if word in FILL_WORDS:
                self._skip_brackets("(", ")")
            elif word in {"on", "ignoring"} or (word != "bool" and self._has_next("(")):
                names += self._take_labels()
        right = self.place(node.rhs)
        return PlacedNode(node, left.start, right.end, (left, right), tuple(names))

    def _place_aggregation(self, node: Any) -> PlacedNode:
        start = self._take_kind("name").start
        names: list[Name] = []
        if self._has_next(*GROUPING_WORDS):
            self._take()
            names += self._take_labels()
        self._take("(")
        param = None
        if node.param is not None:
            param = self.place(node.param)
            self._take(",")
            if node.op == "count_values":
                label = unquote_string(self.tokens[self.position - 2].text)
                names.append(Name("label", label, param.start, param.end))
        child = self.place(node.expr)
        self._skip_comma()
        self._take(")")
        if self._has_next(*GROUPING_WORDS):
            self._take()
            names += self._take_labels()
        return PlacedNode(node, start, self._last_end(), (child,), tuple(names), param=param)

    def _place_call(self, node: Any) -> PlacedNode:
        start = self._take_kind("name").start
        self._take("(")
        children = []
        for argument in node.args:
            children.append(self.place(argument))
            self._skip_comma()
        self._take(")")
        names = tuple(
            Name("label", str(child.node.val), child.start, child.end)
            for child in self._list_label_arguments(node.func.name, children)
        )
        return PlacedNode(node, start, self._last_end(), tuple(children), names)

    def _list_label_arguments(self, function: str, children: list[PlacedNode]) -> list[PlacedNode]:
        positions = LABEL_ARGUMENTS.get(function)
        if positions is None:
            return []
        separator = children[SEPARATOR_POSITION : SEPARATOR_POSITION + 1]
        return [
            child
            for child in children[positions]
            if child.kind == "StringLiteral"
            and not (function == "label_join" and child in separator)
        ]

    def _place_subquery(self, node: Any) -> PlacedNode:
        child = self.place(node.expr)
        self._skip_brackets("[", "]")
        self._skip_time_modifiers()
        return PlacedNode(node, child.start, self._last_end(), (child,))

    def _place_range_selector(self, node: Any) -> PlacedNode:
        start, names, matchers = self._take_selector()
        self._skip_brackets("[", "]")
        self._skip_time_modifiers()
        return PlacedNode(node, start, self._last_end(), (), names, matchers)

    def _place_selector(self, node: Any) -> PlacedNode:
        start, names, matchers = self._take_selector()
        self._skip_time_modifiers()
        return PlacedNode(node, start, self._last_end(), (), names, matchers)

    def _take_selector(self) -> tuple[int, tuple[Name, ...], tuple[Matcher, ...]]:
        names, matchers = [], []
        start = self.peek().start
        if self.peek().kind == "name":
            token = self._take()
            names.append(Name("metric", token.text, token.start, token.end))
        elif not self._has_next("{"):
            raise PositionError(f"{self.peek().text!r} stands where a selector belongs")
        if self._has_next("{"):
            self._take()
            while not self._has_next("}"):
                label = self._take_kind("name", "string", "number")
                value = unquote_string(label.text) if label.kind == "string" else label.text
                if not self._has_next(*MATCHER_OPERATORS):
                    names.append(Name("metric", value, label.start, label.end))
                    matchers.append(Matcher("__name__", 0, 0, "=", value, label.start, label.end))
                else:
                    matchers.append(self._take_matcher(label, value))
                    if value == "__name__" and matchers[-1].op == "=":
                        names.append(Name("metric", *matchers[-1][4:]))
                self._skip_comma()
            self._take("}")
        return start, tuple(names), tuple(matchers)

    def _take_matcher(self, label: _Token, name: str) -> Matcher:
        op = self._take(*MATCHER_OPERATORS).text
        value = self._take_kind("string")
        return Matcher(
            name,
            label.start,
            label.end,
            op,
            unquote_string(value.text),
            value.start,
            value.end,
        )

    def _take_labels(self) -> list[Name]:
        names = []
        self._take("(")
        while not self._has_next(")"):
            token = self._take_kind("name", "string", "number")
            value = unquote_string(token.text) if token.kind == "string" else token.text
            names.append(Name("label", value, token.start, token.end))
            self._skip_comma()
        self._take(")")
        return names

    def _skip_comma(self) -> None:
        if self._has_next(","):
            self._take()

    def _skip_time_modifiers(self) -> None:
        """Skip `offset 5m`, `@ end()` and the modifiers of ranges, in any order."""
        while self._has_next("offset", "@", *RANGE_MODIFIERS):
            word = self._take().text.lower()
            if word in RANGE_MODIFIERS:
                continue
            while self._has_next(*SIGNS):
                self._take()
            if not self._has_next("("):
                self._take_kind("number", "name")
            if self._has_next("("):
                self._skip_brackets("(", ")")

    def _skip_brackets(self, opening: str, closing: str) -> None:
        self._take(opening)
        depth = 1
        while depth:
            token = self._take()
            depth += (token.text == opening) - (token.text == closing)


PLACERS: dict[str, Callable[[_Reader, Any], PlacedNode]] = {
    "NumberLiteral": _Reader._place_number,
    "StringLiteral": _Reader._place_string,
    "ParenExpr": _Reader._place_parentheses,
    "UnaryExpr": _Reader._place_sign,
    "BinaryExpr": _Reader._place_operator,
    "AggregateExpr": _Reader._place_aggregation,
    "Call": _Reader._place_call,
    "SubqueryExpr": _Reader._place_subquery,
    "MatrixSelector": _Reader._place_range_selector,
    "VectorSelector": _Reader._place_selector,
}
