"""PromQL as others wrote it: Grafana's variables filled in, then read as a tree.

What stands in quotes is left as it is. Anywhere else a variable becomes something that may stand
there: a duration within a range, else a name, else a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

QUOTED_TEXT = re.compile(r'("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`)')
VARIABLE = re.compile(r"\$\{(\w+)(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]")
RANGE_SELECTOR = re.compile(r"\[([^\]\[]*)\]")
DURATION_VARIABLES = {"__rate_interval": "5m", "__interval": "1m", "__range": "1h"}
NUMBER_VARIABLES = {"__interval_ms": "60000", "__range_s": "3600", "__range_ms": "3600000"}

PLACEHOLDER = "grafana_variable"

MAX_DEPTH, MAX_PARTS = 200, 2000
"""Beyond them functions that call themselves, the parser's too, run out of stack."""
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"
NOT_PROMQL = "it is no PromQL"
PART = re.compile(r"[(+\-*/%^=<>]|\b(?:and|or|unless|atan2)\b")

RATE_FUNCTIONS = {"rate", "irate", "increase"}
"""Functions that count a fall as a restart."""

SELECTING_AGGREGATIONS = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations that keep the series they choose as they are."""


@dataclass(frozen=True)
class Expression:
    """An expression, and why there is no tree of it; a variable was read as `variable`."""

    text: str
    problem: str = ""
    placeholder: str = PLACEHOLDER

    @property
    def tree(self) -> Any:
        """The tree; None where there is none. It is large, so only those used last are kept."""
        return None if self.problem else _parse_tree(self.text, self.placeholder)


@dataclass(frozen=True)
class Selector:
    """A selector within an expression, and what is done with it.

    `within` are the functions and aggregations around it, innermost first. `by` are the labels
    that the innermost aggregation keeps; None where there is none, or where it names what it drops.
    `left` are those that all of them leave; None where none says. `dropped` are those that one of
    them names as dropped.
    """

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    is_range: bool
    operations: tuple[str, ...]
    by_labels: tuple[str, ...] | None
    remaining_labels: frozenset[str] | None = None
    dropped_labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Context:
    """What is around a selector, from the outside as far as it was followed."""

    operations: tuple[str, ...] = ()
    by_labels: tuple[str, ...] | None = None
    remaining_labels: frozenset[str] | None = None
    dropped_labels: frozenset[str] = frozenset()

    def add_operation(self, name: str) -> "_Context":
        """The same, with a function or an aggregation further in."""
        return replace(self, operations=(name, *self.operations))

    def add_aggregation(self, node: Any) -> "_Context":
        """The same, with what an aggregation further in does to the labels."""
        by_labels = find_grouping_labels(node)
        if by_labels is not None:
            remaining_labels = (
                frozenset(by_labels)
                if self.remaining_labels is None
                else self.remaining_labels & {*by_labels}
            )
            return replace(self, by_labels=by_labels, remaining_labels=remaining_labels)
        return replace(
            self, by_labels=None, dropped_labels=self.dropped_labels | {*node.modifier.labels}
        )


@lru_cache(maxsize=8192)
def parse_expression(text: str) -> Expression:
    """The tree of an expression, whatever variables it has."""
    if sum(len(PART.findall(part)) for part in QUOTED_TEXT.split(text)[::2]) > MAX_PARTS:
        return Expression(text, f"it has more than {MAX_PARTS} parts")
    problem = ""
    for placeholder in (PLACEHOLDER, "1"):
        try:
            tree = _parse_tree(text, placeholder)
        except ValueError as error:
            problem = problem or str(error) or NOT_PROMQL
        else:
            return Expression(text, TOO_DEEP if _is_deep(tree) else "", placeholder)
    return Expression(text, problem)


@lru_cache(maxsize=512)
def _parse_tree(text: str, placeholder: str) -> Any:
    from promql_parser import parse

    return parse(expand_variables(text, placeholder))


def _is_deep(tree: Any) -> bool:
    """Whether it is nested deeper than functions that call themselves can follow."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _list_children(node)]
        if not level:
            return False
    return True


def expand_variables(text: str, placeholder: str = PLACEHOLDER) -> str:
    """The expression with something in the place of every variable outside of quotes."""
    parts = QUOTED_TEXT.split(text)
    for index in range(0, len(parts), 2):
        part = RANGE_SELECTOR.sub(lambda match: f"[{_expand_range(match[1])}]", parts[index])
        parts[index] = VARIABLE.sub(
            lambda match: _expand_variable(_get_variable_name(match), placeholder), part
        )
    return "".join(parts)


def find_variables(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own included."""
    return {_get_variable_name(match) for match in VARIABLE.finditer(text)}


def find_selectors(tree: Any) -> list[Selector]:
    """Every selector of a tree."""
    return list(_find_selectors(tree, _Context()))


def walk_nodes(tree: Any) -> Iterator[Any]:
    """The tree itself and everything below it."""
    yield tree
    for child in _list_children(tree):
        yield from walk_nodes(child)


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
    """A text of the same length in which nothing that stands in quotes can be found."""
    return QUOTED_TEXT.sub(lambda match: "_" * len(match[0]), text)


def find_grouping_labels(node: Any) -> tuple[str, ...] | None:
    """The labels that an aggregation keeps; None where it names those that it drops."""
    modifier = node.modifier
    if modifier is None:
        return ()
    return tuple(modifier.labels) if str(modifier.type).endswith("By") else None


def _find_selectors(node: Any, context: _Context) -> Iterator[Selector]:
    node_type = get_node_type(node)
    if node_type in {"VectorSelector", "MatrixSelector"}:
        yield _build_selector(node, context)
        return
    if node_type == "Call":
        context = context.add_operation(node.func.name)
    if node_type == "AggregateExpr":
        context = context.add_operation(str(node.op))
        context = (
            context if str(node.op) in SELECTING_AGGREGATIONS else context.add_aggregation(node)
        )
    for child in _list_children(node):
        yield from _find_selectors(child, context)


def _build_selector(node: Any, context: _Context) -> Selector:
    is_range = get_node_type(node) == "MatrixSelector"
    selector = node.vector_selector if is_range else node
    matchers = tuple(
        (matcher.name, OPERATORS[str(matcher.op)], matcher.value)
        for matcher in selector.matchers.matchers
    )
    names = [value for label, op, value in matchers if label == "__name__" and op == "="]
    name = selector.name or (names[0] if names else "")
    labels = (context.by_labels, context.remaining_labels, context.dropped_labels)
    return Selector(name, matchers, is_range, context.operations, *labels)


OPERATORS = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


def _list_children(node: Any) -> Iterator[Any]:
    node_type = get_node_type(node)
    if node_type == "Call":
        yield from node.args
    elif node_type == "AggregateExpr":
        yield node.expr
    elif node_type == "BinaryExpr":
        yield node.lhs
        yield node.rhs
    elif node_type in {"ParenExpr", "UnaryExpr", "SubqueryExpr"}:
        yield node.expr


def _expand_range(text: str) -> str:
    return VARIABLE.sub(lambda match: DURATION_VARIABLES.get(_get_variable_name(match), "5m"), text)


def _expand_variable(variable: str, placeholder: str) -> str:
    return NUMBER_VARIABLES.get(variable) or DURATION_VARIABLES.get(variable) or placeholder


def _get_variable_name(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3]
