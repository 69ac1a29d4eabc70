"""A rate over a fixed range on a dashboard: zoomed out it has gaps, with slow scrapes it is empty.

Bad: `rate(requests_total[1m])` on a panel
Good: `rate(requests_total[$__rate_interval])`
An hour or more is taken for meant.
"""

import re

from publish.linting import LintRule, Said
from publish.subject import Query

FIXED = re.compile(r"\b(rate|irate|increase)\s*\([^\[\]]*\[(\d+[smh]+)\]")
SHORT = re.compile(r"\d+s|[1-5]?\dm")


def _of_query(query: Query) -> Said:
    if query.in_rule:
        return
    for function, window in FIXED.findall(query.text):
        if SHORT.fullmatch(window):
            yield (
                f"{function}() over a fixed range of {window}",
                "write [$__rate_interval]: Grafana makes it long enough for the scrapes.",
            )


RULE = LintRule(
    "fixed-range",
    "warning",
    "a fixed range where $__rate_interval belongs",
    __doc__,
    of_query=_of_query,
)
