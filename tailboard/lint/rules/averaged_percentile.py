"""A mean or a sum of percentiles: the result is no percentile of anything.

The P99 of all requests is not the mean of the P99 of each pod: a pod with ten requests counts as
much as one with a million. It is found where `avg` or `sum` is around `histogram_quantile`, around
a quantile of a summary, and around series that are called `p99` or are recorded from one. A group
that keeps `instance` has the quantile of one program: nothing is put together there.

Bad: `avg(rpc_seconds{quantile="0.99"})`, `avg(histogram_quantile(0.99, rate(took_bucket[5m])))`
Good: `max(rpc_seconds{quantile="0.99"})`, `histogram_quantile(0.99, sum by (le) (took:rate5m))`

The quantiles of summaries cannot be put together at all: `max` shows the worst one, and a histogram
gives the true one.

Exclude it where each series is the only one of its group, so that nothing is put together.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.analysis.recordings import (
    Recordings,
    find_recordings,
    find_rules_of_selector,
)
from tailboard.queries.parser.promql import (
    Selector,
    find_grouping_labels,
    find_selectors,
    get_node_type,
    walk_nodes,
)
from tailboard.queries.subject import Subject, list_queries

MEAN_AGGREGATIONS = {"avg", "sum"}
MEAN_FUNCTIONS = {"avg_over_time", "sum_over_time"}
MEANS = MEAN_AGGREGATIONS | MEAN_FUNCTIONS
PERCENTILE_FUNCTIONS = {"histogram_quantile", "histogram_quantiles"}
PERCENTILE_NAME = declare_pattern(
    r"(^|[_:])(p(50|75|9[0-9]{1,2})|9[0-9]{1,2}(th)?_?percentile)($|[_:])", re.IGNORECASE
)
TRANSPARENT_NODES = {"BinaryExpr", "ParenExpr", "SubqueryExpr", "UnaryExpr"}
"""Nodes whose result is still one value for each percentile."""

EXTREME_QUANTILES = {"", "0", "0.0", "1", "1.0"}
"""The least and the largest value of a summary; an empty text selects its count and its sum."""

VALUE_FUNCTIONS = {"label_join", "label_replace", "round", "sort", "sort_desc", "clamp_max"}


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    recordings = find_recordings(pair for subject in subjects for pair in subject.rules)
    for query in (query for subject in subjects for query in list_queries(subject)):
        # Trees are parsed again where many are in use: the selectors say which are worth it.
        if not any(_is_candidate(selector, recordings) for selector in query.selectors):
            continue
        for node in walk_nodes(query.expression.tree):
            operation, inner = _split_mean(node)
            name = _find_percentile(inner, recordings) if operation else ""
            if name:
                yield (
                    f"{operation}() of percentiles of {name}: the result is no percentile",
                    "add up the buckets first, histogram_quantile(0.99, sum by (le) (rate(...))), "
                    "or show the worst with max().",
                    query.place,
                )
                break


def _is_candidate(selector: Selector, recordings: Recordings) -> bool:
    """Whether a mean or a sum of percentiles may be made of a selector's series."""
    operations = selector.operations
    # They are listed from the inside: what stands behind a percentile is made of it.
    percentiles = [name for name in operations if name in PERCENTILE_FUNCTIONS]
    outer_operations = operations[operations.index(percentiles[0]) :] if percentiles else ()
    return not MEANS.isdisjoint(outer_operations) or (
        not MEANS.isdisjoint(operations) and _is_percentile(selector, recordings)
    )


def _is_percentile(selector: Selector, recordings: Recordings) -> bool:
    """Whether the series of a selector are percentiles themselves."""
    quantiles = {value for label, _, value in selector.matchers if label == "quantile"}
    if quantiles:
        return quantiles.isdisjoint(EXTREME_QUANTILES)
    if _is_percentile_name(selector.name):
        return True
    rules = find_rules_of_selector(selector, recordings)
    return any(_is_percentile_rule(rule.expression.tree) for rule in rules)


@lru_cache(maxsize=1024)
def _is_percentile_name(name: str) -> bool:
    return PERCENTILE_NAME.search(name) is not None


def _split_mean(node: Any) -> tuple[str, Any]:
    """The aggregation or function that a node is, if it makes a mean or a sum, and its operand."""
    node_type = get_node_type(node)
    if node_type == "AggregateExpr" and node.op in MEAN_AGGREGATIONS:
        is_per_program = "instance" in (find_grouping_labels(node) or ())
        return ("", None) if is_per_program else (node.op, node.expr)
    if node_type == "Call" and node.func.name in MEAN_FUNCTIONS:
        return str(node.func.name), node.args[0]
    return "", None


def _find_percentile(node: Any, recordings: Recordings) -> str:
    """Of which series a node has the percentiles, one value for each; empty where it has none."""
    node_type = get_node_type(node)
    if node_type == "Call" and node.func.name in PERCENTILE_FUNCTIONS:
        return next((selector.name for selector in find_selectors(node)), "a histogram")
    if node_type == "Call" and node.func.name in VALUE_FUNCTIONS:
        return _find_percentile(node.args[0], recordings)
    if node_type == "BinaryExpr":
        return _find_operand_percentile(node, recordings)
    if node_type in TRANSPARENT_NODES:
        return _find_percentile(node.expr, recordings)
    if node_type not in {"VectorSelector", "MatrixSelector"}:
        return ""
    selector = find_selectors(node)[0]
    return selector.name if _is_percentile(selector, recordings) else ""


def _find_operand_percentile(node: Any, recordings: Recordings) -> str:
    """The percentiles that an operator scales or filters; the right side of `and` only chooses."""
    left = _find_percentile(node.lhs, recordings)
    if left or node.op in {"and", "unless"}:
        return left
    return _find_percentile(node.rhs, recordings) if node.op in {"or", "*", "+"} else ""


def _is_percentile_rule(tree: Any) -> bool:
    while get_node_type(tree) == "ParenExpr":
        tree = tree.expr
    return get_node_type(tree) == "Call" and tree.func.name in PERCENTILE_FUNCTIONS


RULE = LintRule(
    "averaged-percentile",
    "error",
    "a mean or a sum of percentiles",
    __doc__,
    check_run=_check_run,
)
