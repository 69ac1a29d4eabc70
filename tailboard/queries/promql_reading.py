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

QUOTED = re.compile(r'("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`)')
VARIABLE = re.compile(r"\$\{(\w+)(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]")
RANGE = re.compile(r"\[([^\]\[]*)\]")
DURATIONS = {"__rate_interval": "5m", "__interval": "1m", "__range": "1h"}
NUMBERS = {"__interval_ms": "60000", "__range_s": "3600", "__range_ms": "3600000"}

NAME = "grafana_variable"

DEEPEST, MOST_PARTS = 200, 2000
"""Beyond them functions that call themselves, the parser's too, run out of stack."""
DEEP = f"it is nested more than {DEEPEST} deep"
UNREADABLE = "it is no PromQL"
PART = re.compile(r"[(+\-*/%^=<>]|\b(?:and|or|unless|atan2)\b")

RATES = {"rate", "irate", "increase"}
"""Functions that count a fall as a restart."""

CHOOSING = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations that keep the series they choose as they are."""


@dataclass(frozen=True)
class Reading:
    """An expression, and why there is no tree of it; a variable was read as `variable`."""

    text: str
    problem: str = ""
    variable: str = NAME

    @property
    def tree(self) -> Any:
        """The tree; None where there is none. It is large, so only those used last are kept."""
        return None if self.problem else _tree(self.text, self.variable)


@dataclass(frozen=True)
class Series:
    """A selector within an expression, and what is done with it.

    `within` are the functions and aggregations around it, innermost first. `by` are the labels
    that the innermost aggregation keeps; None where there is none, or where it names what it drops.
    `left` are those that all of them leave; None where none says. `dropped` are those that one of
    them names as dropped.
    """

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    ranged: bool
    within: tuple[str, ...]
    by: tuple[str, ...] | None
    left: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Around:
    """What is around a selector, from the outside as far as it was followed."""

    within: tuple[str, ...] = ()
    by: tuple[str, ...] | None = None
    left: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()

    def called(self, name: str) -> "_Around":
        """The same, with a function or an aggregation further in."""
        return replace(self, within=(name, *self.within))

    def aggregated(self, node: Any) -> "_Around":
        """The same, with what an aggregation further in does to the labels."""
        by = kept_labels(node)
        if by is not None:
            left = frozenset(by) if self.left is None else self.left & {*by}
            return replace(self, by=by, left=left)
        return replace(self, by=None, dropped=self.dropped | {*node.modifier.labels})


@lru_cache(maxsize=8192)
def read(text: str) -> Reading:
    """The tree of an expression, whatever variables it has."""
    if sum(len(PART.findall(it)) for it in QUOTED.split(text)[::2]) > MOST_PARTS:
        return Reading(text, f"it has more than {MOST_PARTS} parts")
    problem = ""
    for name in (NAME, "1"):
        try:
            tree = _tree(text, name)
        except ValueError as error:
            problem = problem or str(error) or UNREADABLE
        else:
            return Reading(text, DEEP if _is_deep(tree) else "", name)
    return Reading(text, problem)


@lru_cache(maxsize=512)
def _tree(text: str, variable: str) -> Any:
    from promql_parser import parse

    return parse(filled(text, variable))


def _is_deep(tree: Any) -> bool:
    """Whether it is nested deeper than functions that call themselves can follow."""
    level = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def filled(text: str, name: str = NAME) -> str:
    """The expression with something in the place of every variable outside of quotes."""
    parts = QUOTED.split(text)
    for index in range(0, len(parts), 2):
        part = RANGE.sub(lambda found: f"[{_in_range(found[1])}]", parts[index])
        parts[index] = VARIABLE.sub(lambda found: _anywhere(_named(found), name), part)
    return "".join(parts)


def variables(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own included."""
    return {_named(found) for found in VARIABLE.finditer(text)}


def series(tree: Any) -> list[Series]:
    """Every selector of a tree."""
    return list(_series(tree, _Around()))


def nodes(tree: Any) -> Iterator[Any]:
    """The tree itself and everything below it."""
    yield tree
    for child in _children(tree):
        yield from nodes(child)


def has_alternative(tree: Any) -> bool:
    """Whether an `or` may fill in for what is not there."""
    return any(kind(it) == "BinaryExpr" and str(it.op) == "or" for it in nodes(tree))


def looks_back(tree: Any) -> bool:
    """Whether it asks for an earlier time, with `offset`."""
    asked = (getattr(it, "vector_selector", it) for it in nodes(tree))
    offsets = (getattr(it, "offset", None) for it in asked)
    return any(it is not None and it > timedelta(0) for it in offsets)


def kind(node: Any) -> str:
    """What a node is: Call, AggregateExpr, BinaryExpr, VectorSelector."""
    return type(node).__name__


def without_quotes(text: str) -> str:
    """A text of the same length in which nothing that stands in quotes can be found."""
    return QUOTED.sub(lambda found: "_" * len(found[0]), text)


def kept_labels(node: Any) -> tuple[str, ...] | None:
    """The labels that an aggregation keeps; None where it names those that it drops."""
    modifier = node.modifier
    if modifier is None:
        return ()
    return tuple(modifier.labels) if str(modifier.type).endswith("By") else None


def _series(node: Any, around: _Around) -> Iterator[Series]:
    found = kind(node)
    if found in {"VectorSelector", "MatrixSelector"}:
        yield _selected(node, around)
        return
    if found == "Call":
        around = around.called(node.func.name)
    if found == "AggregateExpr":
        around = around.called(str(node.op))
        around = around if str(node.op) in CHOOSING else around.aggregated(node)
    for child in _children(node):
        yield from _series(child, around)


def _selected(node: Any, around: _Around) -> Series:
    ranged = kind(node) == "MatrixSelector"
    selector = node.vector_selector if ranged else node
    matchers = tuple(
        (it.name, OPERATORS[str(it.op)], it.value) for it in selector.matchers.matchers
    )
    named = [value for label, op, value in matchers if label == "__name__" and op == "="]
    name = selector.name or (named[0] if named else "")
    labels = (around.by, around.left, around.dropped)
    return Series(name, matchers, ranged, around.within, *labels)


OPERATORS = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


def _children(node: Any) -> Iterator[Any]:
    found = kind(node)
    if found == "Call":
        yield from node.args
    elif found == "AggregateExpr":
        yield node.expr
    elif found == "BinaryExpr":
        yield node.lhs
        yield node.rhs
    elif found in {"ParenExpr", "UnaryExpr", "SubqueryExpr"}:
        yield node.expr


def _in_range(text: str) -> str:
    return VARIABLE.sub(lambda found: DURATIONS.get(_named(found), "5m"), text)


def _anywhere(variable: str, name: str) -> str:
    return NUMBERS.get(variable) or DURATIONS.get(variable) or name


def _named(found: re.Match[str]) -> str:
    return found[1] or found[2] or found[3]
