"""What the queries of a document say about the service that they are about."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.panels.matcher import Matcher, avoids, differs, matches
from tailboard.queries.parser.promql import Selector, find_selectors, parse_expression

MAX_EXPRESSIONS = 400
"""How many queries of a document are parsed; the others would not change what is inferred."""

QueryMatcher = tuple[str, str, str]
"""Label, operator and value."""

MATCHER_BUILDERS = {"!=": differs, "=~": matches, "!~": avoids}

SELECTOR = re.compile(r"\{[^{}]*\}")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
UNSPECIFIC_LABELS = frozenset({"__name__", "instance", "le", "quantile"})


@dataclass(frozen=True)
class QueryFacts:
    """The metrics, legends, matchers and expressions of a document; queries have their legend."""

    expressions: Sequence[str]
    queries: Counter[tuple[str, str]]
    legends: Sequence[str]
    metric_names: frozenset[str]
    matchers: Counter[QueryMatcher]
    selector_count: int

    def has_variable(self, name: str) -> bool:
        """Whether a query uses a variable."""
        return any(f"${name}" in text or f"${{{name}" in text for text in self.expressions)


def read_query_facts(panels: Sequence[Panel]) -> QueryFacts:
    """The facts of all PromQL of a document's panels."""
    targets = [
        target
        for panel in list_panels(panels)
        for target in panel.get("targets") or []
        if isinstance(target, dict) and isinstance(target.get("expr"), str)
    ]
    expressions = list(dict.fromkeys(target["expr"] for target in targets))[:MAX_EXPRESSIONS]
    selectors = list(_list_selectors(expressions))
    matchers = Counter(
        matcher
        for selector in selectors
        for matcher in dict.fromkeys(selector.matchers)
        if matcher[0] not in UNSPECIFIC_LABELS
    )
    return QueryFacts(
        expressions,
        Counter((target["expr"], str(target.get("legendFormat", ""))) for target in targets),
        [str(target["legendFormat"]) for target in targets if target.get("legendFormat")],
        frozenset(selector.name for selector in selectors if selector.name),
        matchers,
        len(selectors),
    )


def build_selector(matchers: Iterable[QueryMatcher]) -> dict[str, str | Matcher]:
    """The selector of a service with these matchers; of several of one label, the first."""
    selector: dict[str, str | Matcher] = {}
    for label, operator, value in matchers:
        build = MATCHER_BUILDERS.get(operator)
        selector.setdefault(label, build(value) if build else value)
    return selector


def strip_selectors(expression: str) -> str:
    """An expression without what it selects and without its numbers.

    That is the shape that it shares with other services, whatever they promise.
    """
    return NUMBER.sub("0", SELECTOR.sub("{}", expression))


def _list_selectors(expressions: Iterable[str]) -> Iterator[Selector]:
    for text in expressions:
        tree: Any = parse_expression(text).tree
        if tree is not None:
            yield from find_selectors(tree)
