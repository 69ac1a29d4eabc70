"""A rate of what goes up and down: each fall counts as a restart, and the number means nothing.

Bad: `rate(process_resident_memory_bytes[5m])`
Good: `deriv(process_resident_memory_bytes[5m])`, `rate(process_cpu_seconds_total[5m])`
"""

import re

from publish.linting import LintRule, Said
from publish.promql_reading import RATES
from publish.subject import Query

GAUGE = re.compile(
    r"(_bytes|_ratio|_celsius|_in_flight|_inprogress|_in_progress|_timestamp_seconds|_unixtime"
    r"|_time_seconds|_info|_up|_open_fds|_max_fds|_queue_length)$|^up$"
)
"""How the names of gauges end, by the habits of Prometheus' exporters."""


def _of_query(query: Query) -> Said:
    for it in query.selected:
        function = next((name for name in it.within if name in RATES), "")
        if function and it.ranged and GAUGE.search(it.name):
            yield (
                f"{function}() of {it.name}, which looks like a gauge",
                "show the value itself, or deriv() of it.",
            )


RULE = LintRule(
    "rate-of-gauge",
    "error",
    "a rate of a gauge",
    __doc__,
    of_query=_of_query,
)
