"""Limits of the cost of linting."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.linting.measurement import Linting

BUILD_CPU_LIMIT = 1.0
"""Linting documents starts without grafanalib, and parses each query in that time."""

DEFINITION_CPU_LIMIT = 2.0
"""Linting a definition runs it and makes its documents as `build` does, then parses each query."""


def list_targets(linting: Linting) -> Iterator[CostTarget]:
    """Both limits with the measured values."""
    build = linting.build.cpu_seconds
    for name, limit, run in (
        ("documents", BUILD_CPU_LIMIT, linting.documents),
        ("the definition", DEFINITION_CPU_LIMIT, linting.definition),
    ):
        yield CostTarget(
            f"lint of {name} of {linting.dashboards} dashboards, CPU",
            limit,
            run.cpu_seconds.median / build.median,
            f"{run.cpu_seconds.format_text(2)} s",
            f"{build.format_text(2)} s, build",
        )
