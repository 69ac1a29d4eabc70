"""A rate over a fixed range on a dashboard: zoomed out it has gaps, with slow scrapes it is empty.

Bad: `rate(requests_total[1m])` on a panel
Good: `rate(requests_total[$__rate_interval])`
An hour or more is taken for meant. `increase` is for a person to mend: its number is that of its
range.
"""

import re
from typing import Any

from publish.linting import LintRule, Said
from publish.subject import Query, with_queries

FIXED = re.compile(r"\b((rate|irate|increase)\s*\([^\[\]]*)\[(\d+[smh]+)\]")
SHORT = re.compile(r"\d+s|[1-5]?\dm")


def _of_query(query: Query) -> Said:
    if query.in_rule or query.reading.tree is None:
        return
    for _, function, window in FIXED.findall(query.text):
        if SHORT.fullmatch(window):
            yield (
                f"{function}() over a fixed range of {window}",
                "write [$__rate_interval]: Grafana makes it long enough for the scrapes.",
            )


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return with_queries(document, lambda text: FIXED.sub(_mended, text))


def _mended(found: re.Match[str]) -> str:
    meant = found[2] == "increase" or not SHORT.fullmatch(found[3])
    return found[0] if meant else f"{found[1]}[$__rate_interval]"


RULE = LintRule(
    "fixed-range",
    "warning",
    "a fixed range where $__rate_interval belongs",
    __doc__,
    of_query=_of_query,
    fix=_fix,
)
