"""One line for each value of a label that has many: the browser and Prometheus both suffer.

Such labels are routes, paths and addresses under their usual names, with `http_` or `exported_`
before them too, users, sessions, requests, orders and the like by their ids, and e-mail addresses.
They are found where `by` keeps them to the end. Where a counter or a histogram is not summed, or
summed by `without`, nobody knows its labels, and only those that the legend names are found.

Bad: `sum by (path) (rate(requests_total[$__rate_interval]))`
Good: `topk(10, sum by (path) (rate(requests_total[$__rate_interval])))`
"""

import re

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.promql_reading import Series
from tailboard.queries.subject import Query

MANY = re.compile(
    r"(exported_|http_|request_|server_)*"
    r"((path|url|uri|endpoint|handler|route|view)(_template|_path|_full)?|http_target"
    r"|(user|customer|visitor|session|request|trace|span|order|cart|message|transaction"
    r"|correlation)_?id|(user_)?e?mail|(client|remote|source)_(ip|addr|address)|user_agent)"
)
OF_REQUESTS = re.compile(r"http|request")
ELSEWHERE_FEW = {"handler", "view"}
"""Labels that databases and name servers have too, with a few values each."""

COUNTED = ("_total", "_bucket", "_count", "_sum")
BOUNDED = {"topk", "bottomk", "count", "count_values", "limitk"}
IN_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def _of_query(query: Query) -> Said:
    if query.in_rule or query.target.get("instant") or "topk" in query.text:
        return
    named = IN_LEGEND.findall(str(query.target.get("legendFormat") or ""))
    for it in query.selected:
        kept = [] if BOUNDED & {*it.within} else _unbounded(it, named)
        if kept:
            yield f"one line for each {min(kept)}", "show the largest: topk(10, ...)."
            return


def _unbounded(it: Series, named: list[str]) -> list[str]:
    """The labels of many values by which its lines are told apart."""
    chosen = {label for label, op, _ in it.matchers if op == "="}
    told = _from_legend(it, named) if it.left is None else it.left
    return [label for label in told - it.dropped - chosen if MANY.fullmatch(label)]


def _from_legend(it: Series, named: list[str]) -> frozenset[str]:
    if not it.name.endswith(COUNTED):
        return frozenset()
    few = set() if OF_REQUESTS.search(it.name) else ELSEWHERE_FEW
    return frozenset(named) - few


RULE = LintRule(
    "unbounded-legend",
    "warning",
    "as many lines as a label has values",
    __doc__,
    of_query=_of_query,
)
