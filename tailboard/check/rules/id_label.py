"""A label that holds ids: each makes series of its own, which never end.

Bad: `orders_total{order_id="4711"}`
Good: `orders_total{outcome="paid"}`
UUIDs, ULIDs, long hexadecimal numbers and random tokens are ids from three on; numbers from ten on,
and only if most values are; of a label that is called a key, token, session or password, one long
value is enough. Metrics that say what runs (`..._info`) carry ids by design, and some labels
are few numbers by nature: status codes, ports, process ids.
"""

import re
from collections.abc import Iterator

from tailboard.check.cardinality import holding
from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.metrics.exposition import Values
from tailboard.metrics.identifiers import NUMBER, STATUS, is_long_id, shortened

BOUNDED = re.compile(
    r"(^|_)(le|quantile|pid|port|status|code|generation|cpu|core|shard|partition|version|slot|"
    r"bucket|year|month|day|hour|minute|db|size|worker|instance)(_|$)"
)
SECRET = re.compile(r"(^|_)(api_?key|token|secret|session(_?id)?|password|cookie)$", re.IGNORECASE)
LONG = re.compile(r"(?=\S*\d)\S{16,}")
FEWEST, FEWEST_NUMBERS = 3, 10
TIP = "drop the label; count by what there are few of. Which one it was belongs in logs and traces."


def ids(label: str, values: Values) -> list[str]:
    """The values of a label that are ids, if enough of them are."""
    if SECRET.search(label) and (keys := [it for it in values.known if LONG.fullmatch(it)]):
        return sorted(keys)
    if BOUNDED.search(label):
        return []
    long = sorted(it for it in values.known if is_long_id(it))
    if len(long) >= FEWEST and 2 * len(long) >= len(values.known):
        return long
    numbers = [it for it in values.known if NUMBER.fullmatch(it)]
    statuses = all(STATUS.fullmatch(it) for it in numbers)
    most = len(numbers) >= FEWEST_NUMBERS and 2 * len(numbers) >= len(values.known)
    return sorted(numbers, key=lambda it: (len(it), it)) if most and not statuses else []


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in holding(evidence, ids):
        yield it.said("ids", TIP, shortened)


CHECK = Check("id-label", "warning", "a label that holds ids", __doc__, _judge)
