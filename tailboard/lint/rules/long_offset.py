"""An `offset` beyond the 15 days that Prometheus keeps by default: nothing is there.

The result is empty, and an alert that compares with it never fires. Who keeps more says so to
Prometheus (`--storage.tsdb.retention.time`), or has Thanos or Mimir.

Bad: `sum(rate(orders_total[1h])) < 0.5 * sum(rate(orders_total[1h] offset 4w))`
Good: `sum(rate(orders_total[1h])) < 0.5 * sum(rate(orders_total[1h] offset 1w))`

Exclude it where the data is kept longer.
"""

from datetime import timedelta

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.parser.promql import walk_nodes
from tailboard.queries.subject import Query

DEFAULT_RETENTION = timedelta(days=15)


def _check_query(query: Query) -> Problems:
    if query.expression.problem:
        return
    nodes = (getattr(node, "vector_selector", node) for node in walk_nodes(query.expression.tree))
    offsets = [offset for node in nodes if (offset := getattr(node, "offset", None)) is not None]
    longest = max(offsets, default=timedelta())
    if longest > DEFAULT_RETENTION:
        yield (
            f"its offset of {longest.days} days is beyond the {DEFAULT_RETENTION.days} that "
            "Prometheus keeps by default",
            "compare with a time that is kept; if more is kept, exclude this rule.",
        )


RULE = LintRule(
    "long-offset",
    "warning",
    "an offset beyond what is kept by default",
    __doc__,
    check_query=_check_query,
    query_word="offset",
)
