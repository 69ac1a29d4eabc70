"""Counters that an expression reads without a rate: their values since the process started."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import Selector, find_selectors, get_node_type, walk_nodes
from tailboard.queries.subject import Query

COUNTER = declare_pattern(
    r"_total$|_bucket$|_(seconds|milliseconds|ms|bytes|duration|latency)_(count|sum)$"
)
"""How counters are called, and the parts of histograms and summaries of times and sizes."""

STATE_WORD = declare_pattern(
    r"(^|_)(active|available|availabilities|backed|backends|capacity|connections|databases|db_collections|current|disks"
    r"|drives|free|incidents|inodes|members|membership|memory|nodes|offline|online|open|pending|pgs?"
    r"|pods|pools?|queued|registered|replicas|resources?|running|sessions|shards|storage|threads|time_up"
    r"|unapplied|used|users|waiting|zombies)(_|$)|uptime"
    r"|(^|_)(cache|database|db|disk|file|heap|index|log|store|table|volume)_size(_|$)"
    r"|^velero_(backup|restore)_total$"
)
"""Words for what is there now: with one in its name, `_total` means all of them, and no counter."""

PERIOD_PREFIXES = ("ali_", "aliyun_", "aws_", "azure_", "stackdriver_")
"""How metrics of clouds' services begin: a sample is about the last minutes, whatever its name."""

PART_SUFFIX = declare_pattern(r"_(total|bucket|count|sum)$")

RANGE_OPERATIONS = {"delta", "deriv", "idelta", "increase", "irate", "rate"}
ARITHMETIC = {"+", "-", "*", "/", "%", "^", "atan2"}

PRESENCE_OPERATIONS = {
    *("absent", "count", "count_values", "group", "present_over_time", "timestamp"),
}
"""Functions and aggregations to which the value does not matter."""


BATCH_METRIC = declare_pattern(r"push_(failure_)?time_seconds|.*last_(success|run|completion).*")
"""Series that a batch job has: what else it exposes or pushes is about its last run."""

JOB_LABELS = {"job", "exported_job"}

Matcher = tuple[str, str, str]


def find_batch_jobs(queries: Iterable[Query]) -> set[Matcher]:
    """The matchers of jobs of which some query asks when they ran last."""
    return {
        matcher
        for query in queries
        for selector in query.selectors
        if _is_batch_metric(selector.name)
        for matcher in selector.matchers
        if matcher[0] in JOB_LABELS
    }


@lru_cache(maxsize=1024)
def _is_batch_metric(name: str) -> bool:
    return BATCH_METRIC.fullmatch(name) is not None


def is_of_batch_job(query: Query, batch_jobs: Collection[Matcher]) -> bool:
    """Whether some series of a query are those of a batch job."""
    return any(
        matcher in batch_jobs for selector in query.selectors for matcher in selector.matchers
    )


def is_raw_counter(selector: Selector) -> bool:
    """Whether it reads the counts themselves; their names are all that is known."""
    return (
        not selector.is_range
        and _is_counter_name(selector.name)
        and PRESENCE_OPERATIONS.isdisjoint(selector.operations)
        and RANGE_OPERATIONS.isdisjoint(selector.operations)
        # A subquery reads a range, whatever is in it.
        and not any(name.endswith("_over_time") for name in selector.operations)
    )


@lru_cache(maxsize=1024)
def _is_counter_name(name: str) -> bool:
    return bool(
        COUNTER.search(name)
        and not STATE_WORD.search(name)
        and not name.startswith(PERIOD_PREFIXES)
    )


def has_raw_counter(query: Query) -> bool:
    """Whether a query reads some counter without a rate."""
    return any(map(is_raw_counter, query.selectors))


def find_raw_counter(tree: Any) -> str:
    """The first counter whose value the result of an expression is; empty where there is none.

    What only decides whether there is a result (`and`, `unless`), on either side of `and`, and what
    is combined with other values of now, a difference of two counters or a share of a capacity, is
    left out.
    """
    skipped_names = {
        selector.name for node in _list_skipped(tree) for selector in find_selectors(node)
    }
    names = (selector.name for selector in find_selectors(tree) if is_raw_counter(selector))
    return next((name for name in names if name not in skipped_names), "")


def _list_skipped(tree: Any) -> Iterator[Any]:
    for node in walk_nodes(tree):
        if get_node_type(node) != "BinaryExpr":
            continue
        if node.op in {"and", "unless"}:
            yield node.rhs
        if node.op == "and" and _is_guard(node.lhs, find_selectors(node.rhs)):
            yield node.lhs
        if node.op in ARITHMETIC:
            sides = (find_selectors(node.lhs), find_selectors(node.rhs))
            if all(sides) and not any(selector.is_range for side in sides for selector in side):
                yield node


def _is_guard(node: Any, conditions: Iterable[Selector]) -> bool:
    """Whether it only says, with `> 0`, that there is something of what the conditions read."""
    while get_node_type(node) == "ParenExpr":
        node = node.expr
    if get_node_type(node) != "BinaryExpr" or node.op not in {">", "!="}:
        return False
    metrics = {PART_SUFFIX.sub("", selector.name) for selector in conditions}
    return getattr(node.rhs, "val", None) == 0 and any(
        PART_SUFFIX.sub("", selector.name) in metrics for selector in find_selectors(node.lhs)
    )


def find_lifetime_quotients(tree: Any) -> Iterator[tuple[Any, str, str]]:
    """Divisions of two raw counters: the node, and the counters above and below.

    What is divided by the same counter at another time (`offset`) is a growth, and is left out.
    """
    for node in walk_nodes(tree):
        if get_node_type(node) != "BinaryExpr" or node.op != "/":
            continue
        sides = [find_selectors(node.lhs), find_selectors(node.rhs)]
        if all(sides) and all(is_raw_counter(selector) for side in sides for selector in side):
            names = (sides[0][0].name, sides[1][0].name)
            if not _has_offset(node):
                yield node, *names


def _has_offset(tree: Any) -> bool:
    return any(getattr(node, "offset", None) is not None for node in walk_nodes(tree))
