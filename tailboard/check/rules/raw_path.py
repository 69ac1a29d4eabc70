"""A label that holds paths as they were asked for: each id makes series that never end.

Bad: `http_requests_total{path="/orders/4711"}`
Good: `http_requests_total{path="/orders/{id}"}`
"""

from collections.abc import Iterator

from tailboard.check.cardinality import holding
from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.metrics.identifiers import paths_with_ids

TIP = (
    "use the template of the route, as in /orders/{id}, and one value for paths without a route; "
    "or drop the label."
)


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in holding(evidence, lambda _, values: paths_with_ids(values.known)):
        yield it.said("paths with ids", TIP)


CHECK = Check("raw-path", "warning", "a label that holds paths with ids", __doc__, _judge)
