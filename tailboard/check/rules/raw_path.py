"""A label that holds paths as they were asked for: each id makes series that never end.

Bad: `http_requests_total{path="/orders/4711"}`
Good: `http_requests_total{path="/orders/{id}"}`
"""

from collections.abc import Iterator

from tailboard.check.cardinality import find_bad_labels
from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.metrics.identifiers import find_paths_with_ids

TIP = (
    "use the template of the route, as in /orders/{id}, and one value for paths without a route; "
    "or drop the label."
)


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for bad_label in find_bad_labels(
        evidence, lambda _, values: find_paths_with_ids(values.known_values)
    ):
        yield bad_label.build_problem("paths with ids", TIP)


CHECK = Check("raw-path", "warning", "a label that holds paths with ids", __doc__, _check_evidence)
