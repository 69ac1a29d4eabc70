"""Selectors in one spelling: on one line, with the spaces that most of them have."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tailboard.convert.canonical import list_panels
from tailboard.convert.parts import VARIABLE_FUNCTIONS
from tailboard.convert.repetition.selectors import MATCHER, SELECTOR
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.publish.plural import format_count
from tailboard.queries.parser.promql import Selector, find_selectors, parse_expression

SEPARATORS = (", ", ",")
SEPARATOR = re.compile(r"(?<=[\"'`]), ?(?=[\w$])")


def join_selector_lines(document: Document) -> list[str]:
    """Write each selector of PromQL in one spelling, in place; the note about those of lines.

    What else a query says, and how it is laid out, stays.
    """
    expressions = list(_list_expressions(document))
    variable_queries = list(_list_variable_queries(document))
    separator = _find_separator(
        [holder[name] for holder, name in (*expressions, *variable_queries)]
    )
    count = 0
    for holder, name in expressions:
        expression = holder[name]
        if joined := _join_lines(expression, separator):
            holder[name] = joined
            count += joined.count("\n") < expression.count("\n")
    for holder, name in variable_queries:
        holder[name] = _join_selectors(holder[name], separator)
    if not count:
        return []
    return [
        f"selectors of several lines stand on one line in {format_count(count, 'query', 'queries')}"
    ]


def _find_separator(expressions: Sequence[str]) -> str:
    """What stands between the matchers of most selectors: a comma, or a space behind it, too."""
    counts = Counter(
        separator
        for expression in expressions
        for selector in SELECTOR.findall(expression)
        for separator in SEPARATOR.findall(selector)
    )
    return max(SEPARATORS, key=lambda separator: counts[separator])


def _list_expressions(document: Document) -> Iterator[tuple[dict[str, Any], str]]:
    """The queries of panels, and the objects and fields that have them."""
    for panel in list_panels(document["panels"]):
        for query in panel.get("targets") or []:
            if not isinstance(query, dict) or not isinstance(query.get("expr"), str):
                continue
            if is_promql_query(query, panel):
                yield query, "expr"


def _list_variable_queries(document: Document) -> Iterator[tuple[dict[str, Any], str]]:
    """The places where variables of Prometheus say their query."""
    for variable in document["templating"]["list"]:
        query = variable.get("query")
        for holder, name in ((variable, "query"), (variable, "definition"), (query, "query")):
            text = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(text, str) and text.startswith(VARIABLE_FUNCTIONS):
                yield holder, name


def _join_lines(expression: str, separator: str) -> str:
    """The expression with its selectors in one spelling; empty where nothing changes."""
    joined = _join_selectors(expression, separator)
    if joined == expression:
        return ""
    matchers = _list_matchers(expression)
    return joined if matchers == _list_matchers(joined) != [] else ""


def _join_selectors(text: str, separator: str) -> str:
    return SELECTOR.sub(lambda match: _join_selector(match[0], separator), text)


def _join_selector(selector: str, separator: str) -> str:
    content = selector[1:-1]
    if MATCHER.sub("", content).strip(" ,\n\t"):
        return selector
    matchers = (f"{label}{operator}{value}" for label, operator, value in MATCHER.findall(content))
    return f"{{{separator.join(matchers)}}}"


def _list_matchers(expression: str) -> list[tuple[str, tuple[tuple[str, str, str], ...]]]:
    """The metrics and matchers of an expression; none where it cannot be parsed."""
    tree = parse_expression(expression).tree
    selectors: list[Selector] = [] if tree is None else list(find_selectors(tree))
    return [(selector.name, selector.matchers) for selector in selectors]
