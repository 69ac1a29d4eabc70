"""What judging promises to cost at most."""

from collections.abc import Iterator

from benchmarks.linting.measurement import Linting
from benchmarks.target import Target

SECONDS = 2.0
"""CPU seconds: on a core of its own the clock shows the same, on a busy machine anything."""

BESIDE_BUILD = 2.5
"""It runs the definition and makes the documents as `build` does, then reads every expression."""


def targets(linting: Linting) -> Iterator[Target]:
    """Both promises beside what was measured."""
    name = f"{linting.dashboards} dashboards"
    yield Target(f"CPU seconds of lint, {name}", SECONDS, linting.cpu_seconds)
    yield Target(f"CPU seconds of lint beside build, {name}", BESIDE_BUILD, linting.cpu_ratio)
