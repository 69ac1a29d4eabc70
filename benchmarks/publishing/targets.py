"""The limit of the cost of publishing."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.publishing.measurement import Publishing

LOOP_TIME_LIMIT = 0.5


def list_targets(publishing: Publishing | None) -> Iterator[CostTarget]:
    """The limit with the measured value; none without a measurement."""
    if publishing:
        yield CostTarget(
            "unchanged dashboards beside a loop of posts", LOOP_TIME_LIMIT, publishing.ratio
        )
