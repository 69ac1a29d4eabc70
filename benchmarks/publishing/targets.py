"""Limits of the cost of publishing."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.publishing.measurement import Publishing

LOOP_TIME_LIMIT = 0.5
PLAN_TIME_LIMIT = 1.5
"""Besides, a plan finds the server's APIs, searches for tagged dashboards and compares."""


def list_targets(publishing: Publishing | None) -> Iterator[CostTarget]:
    """Both limits with the measured values; none without a measurement."""
    if publishing:
        yield CostTarget(
            f"publish of {publishing.dashboards} unchanged dashboards, seconds",
            LOOP_TIME_LIMIT,
            publishing.ratio,
            f"{publishing.unchanged.format_text(2)} s",
            f"{publishing.unchanged_loop.format_text(2)} s, a loop of posts",
        )
        yield CostTarget(
            "plan of unchanged dashboards beside lists and build",
            PLAN_TIME_LIMIT,
            publishing.plan_ratio,
        )
