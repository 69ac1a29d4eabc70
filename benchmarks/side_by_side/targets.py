"""The limit of the cost of several jobs."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.side_by_side.measurement import SideBySide

SECONDS_LIMIT = 0.75
"""Of two processors; more of them make it less."""


def list_targets(result: SideBySide) -> Iterator[CostTarget]:
    """The limit with the measured value; none where there is one processor."""
    if result.jobs > 1:
        yield CostTarget(
            f"build --jobs {result.jobs} of {result.dashboards} dashboards, seconds",
            SECONDS_LIMIT,
            result.several_seconds.median / result.one_seconds.median,
            f"{result.several_seconds.format_text(2)} s",
            f"{result.one_seconds.format_text(2)} s, --jobs 1",
        )
