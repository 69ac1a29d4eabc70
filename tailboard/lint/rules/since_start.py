"""A percentile, a mean or a share of counts since the process started, without a rate.

It hardly moves after a few days: an outage of ten minutes disappears in a month of good answers,
and each restart begins anew. What counters say of now is how fast they grow.

Bad: `histogram_quantile(0.99, sum by (le) (took_bucket))`, `took_seconds_sum / took_seconds_count`
Good: `histogram_quantile(0.99, sum by (le) (rate(took_bucket[5m])))`

Series of a batch job, whose last run some query reads, are about that run alone, and are
no finding. Exclude the rule where the whole life of another process is meant.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.analysis.counters import (
    find_batch_jobs,
    find_lifetime_quotients,
    has_raw_counter,
    is_of_batch_job,
    is_raw_counter,
)
from tailboard.queries.parser.promql import find_selectors, get_node_type, walk_nodes
from tailboard.queries.subject import Subject, list_queries

TIP = "take the rate of each counter first: rate(...[$__rate_interval]), in rules rate(...[5m])."


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    batch_jobs = find_batch_jobs(list_queries(subject))
    for query in list_queries(subject):
        if has_raw_counter(query) and not is_of_batch_job(query, batch_jobs):
            for problem, tip in _check_tree(query.expression.tree):
                yield problem, tip, query.place


def _check_tree(tree: Any) -> Problems:
    for name in dict.fromkeys(_find_lifetime_percentiles(tree)):
        yield f"a percentile of {name} since the process started", TIP
    for _, above, below in find_lifetime_quotients(tree):
        is_mean = above.endswith("_sum") and above[:-4] == below.removesuffix("_count")
        quotient = "mean" if is_mean else "share"
        yield f"a {quotient} of {above} by {below} since the process started", TIP


def _find_lifetime_percentiles(tree: Any) -> Iterator[str]:
    """The buckets of which a percentile is made as they are counted."""
    for node in walk_nodes(tree):
        if get_node_type(node) != "Call" or node.func.name != "histogram_quantile":
            continue
        for selector in find_selectors(node.args[-1]):
            if selector.name.endswith("_bucket") and is_raw_counter(selector):
                yield selector.name


RULE = LintRule(
    "since-start",
    "warning",
    "a percentile, mean or share since the process started",
    __doc__,
    check_document=_check_document,
)
