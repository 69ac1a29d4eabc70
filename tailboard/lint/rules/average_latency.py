"""An average drawn as the latency: it hides the slow requests, which are the ones that hurt.

It is the rate of `X_sum` by that of `X_count`, where X is a time by its unit or its name. An
average that says so is honest: where the panel's title or the query's legend calls it mean, average
or avg, and where the same panel shows a percentile of X beside it.

Bad: `rate(took_seconds_sum[5m]) / rate(took_seconds_count[5m])`
Good: `histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))`

Exclude it where a mean is what was promised.
"""

import re
from collections.abc import Iterator

from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import (
    RATE_FUNCTIONS,
    find_selectors,
    get_node_type,
    walk_nodes,
)
from tailboard.queries.subject import Panel, Query

TIME_METRIC = declare_pattern(
    r"duration|latency|_took|_(seconds|milliseconds|microseconds|nanoseconds|minutes|ms|us|ns)$"
)
MEAN_WORD = declare_pattern(r"\b(mean|average|avg)\b", re.IGNORECASE)


def _check_panel(panel: Panel) -> Problems:
    for query in panel.queries:
        is_average = any(not _has_percentile(panel, name) for name in _find_averages(query))
        if is_average and not _is_called_mean(panel, query):
            yield "it shows an average as the latency", "show P50, P95 and P99, or one beside it."
            return


def _is_called_mean(panel: Panel, query: Query) -> bool:
    """Whether the title or the legend says that it is an average."""
    texts = (panel.json.get("title"), query.target.get("legendFormat"))
    return any(MEAN_WORD.search(str(text or "")) for text in texts)


def _find_averages(query: Query) -> Iterator[str]:
    """The times of which it shows the average."""
    names = {selector.name for selector in query.selectors}
    if not any(f"{name[:-4]}_count" in names for name in names if name.endswith("_sum")):
        return
    for node in walk_nodes(query.expression.tree):
        if get_node_type(node) == "BinaryExpr" and str(node.op) == "/":
            sums, counts = _find_rate_names(node.lhs, "_sum"), _find_rate_names(node.rhs, "_count")
            yield from (name for name in sorted(sums & counts) if TIME_METRIC.search(name))


def _find_rate_names(node: object, suffix: str) -> set[str]:
    selectors = (
        selector for selector in find_selectors(node) if RATE_FUNCTIONS & {*selector.operations}
    )
    return {
        selector.name.removesuffix(suffix)
        for selector in selectors
        if selector.name.endswith(suffix)
    }


def _has_percentile(panel: Panel, name: str) -> bool:
    """Whether it is beside the average: of the histogram, of what was recorded, of a summary."""
    for selector in (selector for query in panel.queries for selector in query.selectors):
        if "histogram_quantile" in selector.operations and (
            ":" in selector.name or _is_histogram_of(selector.name, name)
        ):
            return True
        if selector.name == name and any(label == "quantile" for label, _, _ in selector.matchers):
            return True
    return False


def _is_histogram_of(series_name: str, name: str) -> bool:
    return series_name in {name, f"{name}_bucket"}


RULE = LintRule(
    "average-latency",
    "warning",
    "an average drawn as the latency",
    __doc__,
    check_panel=_check_panel,
)
