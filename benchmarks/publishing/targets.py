"""What publishing promises to cost at most."""

from collections.abc import Iterator

from benchmarks.cost_target import CostTarget
from benchmarks.publishing.measurement import Publishing

LOOP_TIME_LIMIT = 0.5


def list_targets(publishing: Publishing | None) -> Iterator[CostTarget]:
    """The promise beside what was measured, where anything was."""
    if publishing:
        yield CostTarget(
            "unchanged dashboards beside a loop of posts", LOOP_TIME_LIMIT, publishing.ratio
        )
