"""One line for each value of a label that has many: the browser and Prometheus both suffer.

Such labels are routes, paths and addresses under their usual names, with `http_` or `exported_`
before them too, users, sessions, requests, orders and the like by their ids, and e-mail addresses.
They are found where `by` keeps them to the end. Where a counter or a histogram is not summed, or
summed by `without`, nobody knows its labels, and only those that the legend names are found.

Bad: `sum by (path) (rate(requests_total[$__rate_interval]))`
Good: `topk(10, sum by (path) (rate(requests_total[$__rate_interval])))`

Exclude it where the label has a few values only.
"""

from functools import lru_cache

from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import Selector
from tailboard.queries.subject import JsonMapping, Query

UNBOUNDED_LABEL = declare_pattern(
    r"(exported_|http_|request_|server_)*"
    r"((path|url|uri|endpoint|handler|route|view)(_template|_path|_full)?|http_target"
    r"|(user|customer|visitor|session|request|trace|span|order|cart|message|transaction"
    r"|correlation)_?id|(user_)?e?mail|(client|remote|source)_(ip|addr|address)|user_agent)"
)
REQUEST_METRIC = declare_pattern(r"http|request")
AMBIGUOUS_LABELS = {"handler", "view"}
"""Labels that databases and name servers have too, with a few values each."""

COUNTER_SUFFIXES = ("_total", "_bucket", "_count", "_sum")
BOUNDED_AGGREGATIONS = {"topk", "bottomk", "count", "count_values", "limitk"}
LEGEND_LABEL = declare_pattern(r"\{\{\s*(.+?)\s*\}\}")


def _check_query(query: Query) -> Problems:
    if query.is_in_rule or query.target.get("instant") or "topk" in query.text:
        return
    for selector in query.selectors:
        if labels := _find_unbounded_labels(selector, query.target):
            yield f"one line for each {min(labels)}", "show the largest: topk(10, ...)."
            return


def _find_unbounded_labels(selector: Selector, target: JsonMapping) -> set[str]:
    """The labels of many values that distinguish its lines."""
    if not BOUNDED_AGGREGATIONS.isdisjoint(selector.operations):
        return set()
    line_labels = selector.remaining_labels
    if line_labels is None:
        line_labels = _list_legend_labels(selector, target)
    labels = {*filter(_is_unbounded, line_labels)}
    return labels and labels - selector.dropped_labels - {
        label for label, op, _ in selector.matchers if op == "="
    }


@lru_cache(maxsize=1024)
def _is_unbounded(label: str) -> bool:
    return UNBOUNDED_LABEL.fullmatch(label.replace(".", "_")) is not None


def _list_legend_labels(selector: Selector, target: JsonMapping) -> frozenset[str]:
    """What the legend shows of a counter, but for labels of a few values."""
    if not selector.name.endswith(COUNTER_SUFFIXES):
        return frozenset()
    labels = LEGEND_LABEL.findall(str(target.get("legendFormat") or ""))
    bounded_labels = set() if REQUEST_METRIC.search(selector.name) else AMBIGUOUS_LABELS
    return frozenset(labels) - bounded_labels


RULE = LintRule(
    "unbounded-legend",
    "warning",
    "as many lines as a label has values",
    __doc__,
    check_query=_check_query,
)
