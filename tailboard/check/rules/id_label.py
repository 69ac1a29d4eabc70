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

from tailboard.check.cardinality import find_bad_labels
from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.metrics.catalogue import LabelValues
from tailboard.metrics.identifiers import NUMBER, STATUS, is_long_id, shorten_id

BOUNDED_LABEL = re.compile(
    r"(^|[_.])(le|quantile|pid|port|status|code|generation|cpu|core|shard|partition|version|slot|"
    r"bucket|year|month|day|hour|minute|db|size|worker|instance)([_.]|$)"
)
SECRET_LABEL = re.compile(
    r"(^|[_.])(api[_.]?key|token|secret|session([_.]?id)?|password|cookie)$", re.IGNORECASE
)
LONG_VALUE = re.compile(r"(?=\S*\d)\S{16,}")
MIN_IDS, MIN_NUMBERS = 3, 10
TIP = "drop the label; count by what there are few of. Which one it was belongs in logs and traces."


def find_ids(label: str, values: LabelValues) -> list[str]:
    """The values of a label that are ids, if enough of them are."""
    if SECRET_LABEL.search(label) and (
        keys := [value for value in values.known_values if LONG_VALUE.fullmatch(value)]
    ):
        return sorted(keys)
    if BOUNDED_LABEL.search(label):
        return []
    long_ids = sorted(value for value in values.known_values if is_long_id(value))
    if len(long_ids) >= MIN_IDS and 2 * len(long_ids) >= len(values.known_values):
        return long_ids
    numbers = [value for value in values.known_values if NUMBER.fullmatch(value)]
    is_status = all(STATUS.fullmatch(number) for number in numbers)
    is_numeric = len(numbers) >= MIN_NUMBERS and 2 * len(numbers) >= len(values.known_values)
    return (
        sorted(numbers, key=lambda number: (len(number), number))
        if is_numeric and not is_status
        else []
    )


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for bad_label in find_bad_labels(evidence, find_ids):
        yield bad_label.build_problem("ids", TIP, shorten_id)


CHECK = Check("id-label", "warning", "a label that holds ids", __doc__, _check_evidence)
