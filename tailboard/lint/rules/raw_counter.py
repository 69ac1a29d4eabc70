"""A counter drawn or compared itself: it only grows, and falls to 0 with each restart.

A line of it says little but how long the process has been running. An alert on `> 0` fires until
the next restart, long after the last error. Counters are recognized by name alone: `_total`,
`_bucket`, and `_count` and `_sum` of times and sizes.

Bad: `sum by (job) (errors_total)`
Good: `sum by (job) (rate(errors_total[$__rate_interval]))`

A batch job's counters, whose last run some query reads, are about that run. Exclude the
rule where a counter is kept over restarts and its value is meant.
"""

from collections.abc import Collection, Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.analysis.counters import (
    Matcher,
    find_batch_jobs,
    find_raw_counter,
    has_raw_counter,
    is_of_batch_job,
)
from tailboard.queries.analysis.value_ranges import MIRRORED, is_comparison
from tailboard.queries.parser.promql import find_selectors, has_offset, walk_nodes
from tailboard.queries.subject import Query, Subject, list_queries

LINE_PANELS = {"timeseries", "graph"}


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    batch_jobs = find_batch_jobs(list_queries(subject))
    for panel in subject.panels:
        names = (_find_counter(query, batch_jobs) for query in panel.queries)
        name = next(filter(None, names), "") if panel.json.get("type") in LINE_PANELS else ""
        if name:
            yield (
                f"it draws the counter {name} itself, which only grows",
                f"show how fast it grows: rate({name}[$__rate_interval]).",
                panel.place,
            )
    for query, rule in subject.rules:
        name = _find_counter(query, batch_jobs)
        if name and "alert" in rule and not query.is_in_grafana_rule:
            yield (
                _describe_alert(name, query.expression.tree),
                f"compare how fast it grows: increase({name}[5m]).",
                query.place,
            )


def _describe_alert(name: str, tree: Any) -> str:
    for node in filter(is_comparison, walk_nodes(tree)):
        sides = [
            {selector.name for selector in find_selectors(side)} for side in (node.lhs, node.rhs)
        ]
        if name not in sides[0] | sides[1]:
            continue
        comparison = node.op if name in sides[0] else MIRRORED[node.op]
        if comparison in {">", ">=", "!="}:
            return f"it compares the counter {name} itself, and fires until a restart"
        return f"it compares the counter {name} itself, which starts at 0 with each restart"
    return f"it reads the counter {name} itself, which only grows"


def _find_counter(query: Query, batch_jobs: Collection[Matcher]) -> str:
    """A counter that is read without a rate; empty where there is none, or a difference of two."""
    if not has_raw_counter(query) or is_of_batch_job(query, batch_jobs):
        return ""
    tree = query.expression.tree
    return "" if has_offset(tree) else find_raw_counter(tree)


RULE = LintRule(
    "raw-counter",
    "warning",
    "a counter drawn or compared itself",
    __doc__,
    check_document=_check_document,
)
