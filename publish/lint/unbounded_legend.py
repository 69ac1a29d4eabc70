"""One line for each value of a label that has many: the browser and Prometheus both suffer.

Bad: `sum by (path) (rate(requests_total[$__rate_interval]))`
Good: `topk(10, sum by (path) (...))`
"""

from publish.linting import LintRule, Said
from publish.subject import Query

MANY = {"path", "url", "uri", "endpoint", "handler", "route", "view", "http_route", "http_target"}
BOUNDED = {"topk", "bottomk", "count", "count_values", "limitk"}


def _of_query(query: Query) -> Said:
    if query.in_rule or query.target.get("instant"):
        return
    for it in query.selected:
        kept = MANY & {*(it.by or ())}
        if kept and not BOUNDED & {*it.within} and "histogram_quantile" not in it.within[1:2]:
            label = min(kept)
            if "topk" not in query.text:
                yield f"one line for each {label}", "show the largest: topk(10, ...)."
                return


RULE = LintRule(
    "unbounded-legend",
    "warning",
    "as many lines as a label has values",
    __doc__,
    of_query=_of_query,
)
