"""Limits of the cost of linting."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.linting.measurement import Linting

CPU_SECONDS_LIMIT = 2.0
"""CPU seconds, since wall-clock seconds depend on the machine's other load."""

BUILD_CPU_LIMIT = 2.5
"""Linting runs the definition and makes the documents as `build` does, then parses each query."""


def list_targets(linting: Linting) -> Iterator[CostTarget]:
    """Both limits with the measured values."""
    name = f"{linting.dashboards} dashboards"
    yield CostTarget(f"CPU seconds of lint, {name}", CPU_SECONDS_LIMIT, linting.cpu_seconds)
    yield CostTarget(
        f"CPU seconds of lint beside build, {name}", BUILD_CPU_LIMIT, linting.cpu_ratio
    )
