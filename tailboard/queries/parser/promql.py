"""PromQL as others wrote it: Grafana's variables filled in, then read as a tree.

Strings and comments are left alone. Anywhere else a variable becomes something that may stand
there: a duration within a range, else a name, else a number.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.lexer import (
    Piece,
    Size,
    convert_raw_string,
    estimate_size,
    measure_size,
    split_text,
)
from tailboard.queries.parser.newer_syntax import rewrite_newer_syntax
from tailboard.queries.parser.syntax_tree import PATTERN_MARK, convert_tree

VARIABLE = declare_pattern(r"\$\{(\w++)(?::[^}$]*+)?\}|\$(\w++)|\[\[(\w++)(?::\w++)?\]\]")
RANGE_VARIABLE = declare_pattern(rf"(?:{VARIABLE.pattern})(?:ms|[smhdwy])?")
"""A variable within a range, with the unit that makes a duration of a number: `${__range_ms}ms`."""

RANGE_SELECTOR = declare_pattern(r"\[([^\]\[]*)\]")
DURATION_VARIABLES = {"__rate_interval": "5m", "__interval": "1m", "__range": "1h"}
NUMBER_VARIABLES = {"__interval_ms": "60000", "__range_s": "3600", "__range_ms": "3600000"}

PLACEHOLDER = "grafana_variable"

MAX_LENGTH = 100_000
"""Characters of an expression."""

MAX_DEPTH = 200
"""Beyond it functions that call themselves, the parser's too, run out of stack."""

MAX_COPIED_TOKENS = 500_000
"""Tokens times depth: as many the parser copies at most, which take some 100 bytes each."""

MAX_PROBLEM_LENGTH = 300
"""Characters of what the parser says; it may quote the expression."""

NOT_PROMQL = "it is no PromQL"

RATE_FUNCTIONS = {"rate", "irate", "increase"}
"""Functions that count a fall as a restart."""

PATTERN_OPERATORS = {"=~": "=", "!~": "!="}
"""Operators that compare with a pattern, and those that compare with a string in the same way."""

SELECTING_AGGREGATIONS = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations that keep the series they choose with all their labels."""

SET_OPERATORS = {"and", "unless", "or"}
MANY_SIDES = {
    "VectorMatchCardinality.ManyToOne": "left",
    "VectorMatchCardinality.OneToMany": "right",
}


class Expression(NamedTuple):
    """An expression, and why there is no tree of it; variables were read as `placeholder`.

    `text` is what was parsed, without what the parser does not know.
    """

    text: str
    problem: str = ""
    placeholder: str = PLACEHOLDER

    @property
    def tree(self) -> Any:
        """The tree; None where there is none. It is large, so only those used last are kept."""
        return None if self.problem else _parse_tree(self.text, self.placeholder)


class Selector(NamedTuple):
    """A selector within an expression, and what is done with it.

    `operations` are the functions and aggregations around it, innermost first. `by_labels` are the
    labels that the innermost aggregation keeps; None where there is none, or where it names what
    it drops. `remaining_labels` are those that all of them keep; None where none names any.
    `dropped_labels` are those that one of them drops by name. `window` is the longest range that it
    is read over, its own or that of a subquery around it; None where one sample is read.
    """

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    is_range: bool
    operations: tuple[str, ...]
    by_labels: tuple[str, ...] | None
    remaining_labels: frozenset[str] | None = None
    dropped_labels: frozenset[str] = frozenset()
    window: timedelta | None = None


class Matching(NamedTuple):
    """By which labels an operator matches the series of its sides.

    `many_side` is the side of which several series may match one of the other, left or right;
    empty where none may. `group_labels` are copied to it.
    """

    is_on: bool
    labels: tuple[str, ...]
    many_side: str = ""
    group_labels: tuple[str, ...] = ()


class _Context(NamedTuple):
    """The expressions around a selector, from the outside to the current node."""

    operations: tuple[str, ...] = ()
    by_labels: tuple[str, ...] | None = None
    remaining_labels: frozenset[str] | None = None
    dropped_labels: frozenset[str] = frozenset()
    window: timedelta | None = None

    def add_operation(self, name: str) -> "_Context":
        """The same, with a function or an aggregation that changes no labels further in."""
        return _Context((name, *self.operations), *self[1:])

    def add_range(self, window: timedelta) -> "_Context":
        """The same, with a range further in."""
        return _Context(*self[:-1], max(window, self.window or window))

    def add_aggregation(self, node: Any) -> "_Context":
        """The same, with an aggregation further in."""
        operations = (node.op, *self.operations)
        by_labels = find_grouping_labels(node)
        if by_labels is None:
            dropped_labels = self.dropped_labels | {*node.modifier.labels}
            return _Context(operations, None, self.remaining_labels, dropped_labels, self.window)
        remaining_labels = (
            frozenset(by_labels)
            if self.remaining_labels is None
            else self.remaining_labels & {*by_labels}
        )
        return _Context(operations, by_labels, remaining_labels, *self[3:])


@lru_cache(maxsize=8192)
def parse_expression(text: str) -> Expression:
    """The tree of an expression, whatever variables it has."""
    expression = _parse_variables(text)
    if not expression.problem or len(text) > MAX_LENGTH:
        return expression
    rewritten = rewrite_newer_syntax(text, mask_quotes)
    rewritten_expression = _parse_variables(rewritten) if rewritten != text else expression
    return expression if rewritten_expression.problem else rewritten_expression


def _parse_variables(text: str) -> Expression:
    """The tree of an expression, with its variables as names or, failing that, as numbers."""
    problem = ""
    for placeholder in (PLACEHOLDER, "1"):
        try:
            _parse_tree(text, placeholder)
        except ValueError as error:
            problem = problem or str(error)[:MAX_PROBLEM_LENGTH] or NOT_PROMQL
        else:
            return Expression(text, "", placeholder)
    return Expression(text, problem)


@lru_cache(maxsize=4096)
def _parse_tree(text: str, placeholder: str) -> Any:
    """The tree of an expression; raises ValueError where there is none, or too large a one."""
    from promql_parser import parse

    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH} characters")
    pieces = [_expand_piece(piece, placeholder) for piece in split_text(text)]
    parser_text = _format_pieces(pieces)
    if not _is_small(estimate_size(parser_text)):
        size = measure_size(pieces)
        if size.depth > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
        if not _is_small(size):
            raise ValueError(f"it is too large: {size.tokens} names, numbers and operators")
    return convert_tree(parse(parser_text))


def _is_small(size: Size) -> bool:
    """Whether the parser can take an expression of that size."""
    return size.depth <= MAX_DEPTH and size.tokens * size.depth <= MAX_COPIED_TOKENS


def _format_pieces(pieces: Iterable[Piece]) -> str:
    """The text for the parser: without comments and patterns, which it reads in its own way."""
    texts: list[str] = []
    code = ""
    for kind, text in pieces:
        if kind != "string":
            code += text if kind == "code" else " "
            continue
        string = convert_raw_string(text)
        if (before := code.rstrip()).endswith(("=~", "!~")):
            code = before[:-2] + PATTERN_OPERATORS[before[-2:]]
            string = f"{string[:1]}{PATTERN_MARK}{string[1:]}"
        texts += (code, string)
        code = ""
    return "".join((*texts, code))


@lru_cache(maxsize=4096)
def _expand_code(text: str, placeholder: str) -> str:
    """The code between two strings with its variables filled in: many expressions share it."""
    text = RANGE_SELECTOR.sub(lambda match: f"[{_expand_range(match[1])}]", text)
    return VARIABLE.sub(
        lambda match: _expand_variable(_get_variable_name(match), placeholder), text
    )


def _expand_piece(piece: Piece, placeholder: str) -> Piece:
    if piece.kind != "code" or not ("$" in piece.text or "[[" in piece.text):
        return piece
    return Piece("code", _expand_code(piece.text, placeholder))


def find_variables(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own included."""
    return {braced or plain or legacy for braced, plain, legacy in VARIABLE.findall(text)}


def find_selectors(tree: Any) -> list[Selector]:
    """Every selector of a tree, from the left to the right."""
    selectors, nodes = [], [(tree, _Context())]
    while nodes:
        node, context = nodes.pop()
        node_type = get_node_type(node)
        if node_type in {"VectorSelector", "MatrixSelector"}:
            selectors.append(_build_selector(node, context))
            continue
        if node_type == "Call":
            context = context.add_operation(node.func.name)
        elif node_type == "SubqueryExpr":
            context = context.add_range(node.range)
        elif node_type == "AggregateExpr":
            is_selecting = node.op in SELECTING_AGGREGATIONS
            context = (
                context.add_operation(node.op) if is_selecting else context.add_aggregation(node)
            )
        nodes.extend((child, context) for child in reversed(list_children(node)))
    return selectors


def walk_nodes(tree: Any) -> Iterator[Any]:
    """The tree itself and everything below it, from the left to the right."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        yield node
        nodes.extend(reversed(list_children(node)))


def has_alternative(tree: Any) -> bool:
    """Whether an `or` may fill in for what is not there."""
    return any(
        get_node_type(node) == "BinaryExpr" and str(node.op) == "or" for node in walk_nodes(tree)
    )


def has_offset(tree: Any) -> bool:
    """Whether it asks for an earlier time, with `offset`."""
    selectors = (getattr(node, "vector_selector", node) for node in walk_nodes(tree))
    offsets = (getattr(selector, "offset", None) for selector in selectors)
    return any(offset is not None and offset > timedelta(0) for offset in offsets)


def get_node_type(node: Any) -> str:
    """What a node is: Call, AggregateExpr, BinaryExpr, VectorSelector."""
    return type(node).__name__


def mask_quotes(text: str) -> str:
    """A text of the same length in which nothing of its strings and comments can be found."""
    return "".join(
        piece.text if piece.kind == "code" else "_" * len(piece.text) for piece in split_text(text)
    )


def find_grouping_labels(node: Any) -> tuple[str, ...] | None:
    """The labels that an aggregation keeps; None where it names those that it drops."""
    modifier = node.modifier
    if modifier is None:
        return ()
    return tuple(modifier.labels) if str(modifier.type).endswith("By") else None


def find_matching(node: Any) -> Matching | None:
    """The `on` or `ignoring` of an operator, with its `group_left`; None where it has neither."""
    modifier = node.modifier
    if modifier is None or modifier.matching is None:
        return None
    return Matching(
        str(modifier.matching.type).endswith("Include"),
        tuple(modifier.matching.labels),
        MANY_SIDES.get(str(modifier.card), ""),
        tuple(modifier.group_labels or ()),
    )


def is_scalar(node: Any) -> bool:
    """Whether an expression is one number without labels, and so is not matched with series."""
    node_type = get_node_type(node)
    if node_type == "NumberLiteral":
        return True
    if node_type in {"ParenExpr", "UnaryExpr"}:
        return is_scalar(node.expr)
    if node_type == "BinaryExpr":
        return node.op not in SET_OPERATORS and is_scalar(node.lhs) and is_scalar(node.rhs)
    return node_type == "Call" and node.func.name in {"scalar", "time", "pi"}


def list_children(node: Any) -> tuple[Any, ...]:
    """The nodes right below a node, without the parameter of an aggregation."""
    node_type = get_node_type(node)
    if node_type == "Call":
        return tuple(node.args)
    if node_type == "BinaryExpr":
        return (node.lhs, node.rhs)
    if node_type in {"AggregateExpr", "ParenExpr", "UnaryExpr", "SubqueryExpr"}:
        return (node.expr,)
    return ()


def _build_selector(node: Any, context: _Context) -> Selector:
    is_range = get_node_type(node) == "MatrixSelector"
    selector = node.vector_selector if is_range else node
    name = selector.name or _find_name(selector.matchers)
    operations, by_labels, remaining_labels, dropped_labels, window = context
    if is_range:
        window = max(node.range, window or node.range)
    return Selector(
        name,
        selector.matchers,
        is_range,
        operations,
        by_labels,
        remaining_labels,
        dropped_labels,
        window,
    )


def _find_name(matchers: Iterable[tuple[str, str, str]]) -> str:
    """The metric that a matcher names: `{__name__="up"}`."""
    names = (value for label, op, value in matchers if label == "__name__" and op == "=")
    return next(names, "")


def _expand_range(text: str) -> str:
    return RANGE_VARIABLE.sub(
        lambda match: DURATION_VARIABLES.get(_get_variable_name(match), "5m"), text
    )


def _expand_variable(variable: str, placeholder: str) -> str:
    return NUMBER_VARIABLES.get(variable) or DURATION_VARIABLES.get(variable) or placeholder


def _get_variable_name(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3]
