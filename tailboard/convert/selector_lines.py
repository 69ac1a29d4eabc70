"""Selectors broken into lines, as templates of other languages leave them: one line each."""

import re

from tailboard.convert.canonical import list_panels
from tailboard.convert.repetition.selectors import MATCHER, SELECTOR
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.publish.plural import format_count
from tailboard.queries.parser.promql import Selector, find_selectors, parse_expression


def join_selector_lines(document: Document) -> list[str]:
    """Write each selector of PromQL on one line, in place; the note about it.

    What else a query says, and how it is laid out, stays.
    """
    count = 0
    for panel in list_panels(document["panels"]):
        for query in panel.get("targets") or []:
            if not isinstance(query, dict) or not isinstance(query.get("expr"), str):
                continue
            if is_promql_query(query, panel) and (joined := _join_lines(query["expr"])):
                query["expr"] = joined
                count += 1
    if not count:
        return []
    return [
        f"selectors of several lines stand on one line in {format_count(count, 'query', 'queries')}"
    ]


def _join_lines(expression: str) -> str:
    """The expression with its selectors on one line each; empty where nothing changes."""
    joined = SELECTOR.sub(_join_selector, expression)
    matchers = _list_matchers(expression)
    return joined if joined != expression and matchers == _list_matchers(joined) != [] else ""


def _join_selector(match: re.Match[str]) -> str:
    if "\n" not in match[0]:
        return match[0]
    content = match[0][1:-1]
    rest = MATCHER.sub("", content)
    if rest.strip(" ,\n\t"):
        return match[0]
    matchers = (f"{label}{operator}{value}" for label, operator, value in MATCHER.findall(content))
    return f"{{{', '.join(matchers)}}}"


def _list_matchers(expression: str) -> list[tuple[str, tuple[tuple[str, str, str], ...]]]:
    """The metrics and matchers of an expression; none where it cannot be parsed."""
    tree = parse_expression(expression).tree
    selectors: list[Selector] = [] if tree is None else list(find_selectors(tree))
    return [(selector.name, selector.matchers) for selector in selectors]
