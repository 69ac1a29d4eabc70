"""What judging promises to cost at most."""

from collections.abc import Iterator

from benchmarks.cost_target import CostTarget
from benchmarks.linting.measurement import Linting

CPU_SECONDS_LIMIT = 2.0
"""CPU seconds: on a core of its own the clock shows the same, on a busy machine anything."""

BUILD_CPU_LIMIT = 2.5
"""It runs the definition and makes the documents as `build` does, then reads every expression."""


def list_targets(linting: Linting) -> Iterator[CostTarget]:
    """Both promises beside what was measured."""
    name = f"{linting.dashboards} dashboards"
    yield CostTarget(f"CPU seconds of lint, {name}", CPU_SECONDS_LIMIT, linting.cpu_seconds)
    yield CostTarget(
        f"CPU seconds of lint beside build, {name}", BUILD_CPU_LIMIT, linting.cpu_ratio
    )
