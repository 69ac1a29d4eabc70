"""A rate of what goes up and down: each fall counts as a restart, and the number means nothing.

A gauge is known by its name alone: by the word with which it ends, and no `_total`. What is read by
a function of histograms, or is a size of requests, may be a native histogram, and bytes received
or sent an old counter: neither is reported. A name is no proof, so it is a warning; `tailboard
check` knows the types, and finds `wrong-function`.

Bad: `rate(process_resident_memory_bytes[5m])`
Good: `deriv(process_resident_memory_bytes[5m])`, `rate(process_cpu_seconds_total[5m])`

Exclude it where the metric is a counter after all.
"""

from functools import lru_cache

from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import RATE_FUNCTIONS, Selector
from tailboard.queries.subject import Query

GAUGE = declare_pattern(
    r"(_ratio|_celsius|_in_flight|_inprogress|_in_progress|_timestamp_seconds|_unixtime"
    r"|_(start|boot|build|creation|created|mtime|expir(y|ation)|modif(y|ication)|last\w*)_time_seconds"
    r"|_info|_up|_open_fds|_max_fds|_queue_length|_queue_depth|_size|_backlog"
    r"|connections_(active|idle|open|in_use|current|max)"
    r"|(^|_)(active|idle|open|current|max|used|busy|pool|free)_connections)$"
    r"|^(up|pg_stat_activity_count)$"
    r"|(^|_)(memory|mem|heap|rss|swap|resident|working_set|free|avail|available|capacity|limit"
    r"|quota|used|usage|in_use|allocated|cache|cached|buffers?|queue|virtual)(_\w+)?_bytes$"
)
"""How the names of gauges end, by the habits of Prometheus' exporters.

Bytes and seconds alone say nothing: Ceph, MinIO and Elasticsearch count in them without `_total`.
"""

NO_GAUGE = declare_pattern(
    r"(request|response|message|payload|body)_?\w*(_bytes|_size)$"
    r"|_(received?|transmit(ted)?|read|rd|writ(e|ten)|wr|sent|in|out|rchar|wchar|hits?|misses"
    r"|evicted|evictions?)_bytes$|^mysql_global_status_"
)
"""How native histograms are called, and counters from before they were called `_total`."""


def _check_query(query: Query) -> Problems:
    for selector in query.selectors:
        if not selector.is_range or not _is_gauge(selector):
            continue
        function = next((name for name in selector.operations if name in RATE_FUNCTIONS), "")
        if function:
            yield (
                f"{function}() of {selector.name}, which looks like a gauge",
                "show the value itself, or deriv() of it.",
            )


def _is_gauge(selector: Selector) -> bool:
    if any(name.startswith("histogram_") for name in selector.operations):
        return False
    return _is_gauge_name(selector.name)


@lru_cache(maxsize=1024)
def _is_gauge_name(name: str) -> bool:
    return bool(GAUGE.search(name) and not NO_GAUGE.search(name))


RULE = LintRule(
    "rate-of-gauge",
    "warning",
    "a rate of a gauge",
    __doc__,
    check_query=_check_query,
)
