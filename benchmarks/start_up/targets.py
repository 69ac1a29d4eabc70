"""Limits of the cost of starting."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.start_up.measurement import StartUp

LIMITS = (2.0, 2.0, 1.3)
"""Of the comparisons in their order: twice an empty program, and little beside grafanalib."""


def list_targets(start_up: StartUp) -> Iterator[CostTarget]:
    """Every limit with the measured values, in CPU seconds: other programs disturb them less."""
    for limit, (own, peer) in zip(LIMITS, start_up.list_comparisons(), strict=True):
        yield CostTarget(
            f"{own.title}, CPU",
            limit,
            own.cpu_seconds.median / peer.cpu_seconds.median,
            f"{own.cpu_seconds.format_text(0, 1e-3)} ms",
            f"{peer.cpu_seconds.format_text(0, 1e-3)} ms, {peer.title}",
        )
