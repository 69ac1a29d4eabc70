"""What tailboard promises to cost at most."""

from collections.abc import Iterator

from benchmarks.checking import targets as checking
from benchmarks.contenders import ENCODER, GENERATE, OURS
from benchmarks.linting import targets as linting
from benchmarks.loading import targets as loading
from benchmarks.publishing import targets as publishing
from benchmarks.results import Results
from benchmarks.target import Target

HALF = 0.5
NO_GROWTH = 1.1
"""Ten times as many dashboards: their names and hashes are kept until all files are in place."""

TWICE = 2.0


def targets(results: Results) -> Iterator[Target]:
    """Every promise beside what was measured."""
    few, *_, many = (it.dashboards for it in results.growth())
    for base in (ENCODER, GENERATE):
        ours = results.ratio(OURS, base)
        yield Target(f"seconds beside {base.name}, start included", HALF, ours.seconds)
        yield Target(f"CPU seconds beside {base.name}, start included", HALF, ours.cpu_seconds)
    yield Target("bytes beside grafanalib's encoder", HALF, ours.written_bytes)
    yield Target(f"peak memory, {many} dashboards beside {few}", NO_GROWTH, results.growth_ratio())
    yield Target("--version beside an empty click program", TWICE, results.start_up.ratio)
    yield from linting.targets(results.linting)
    yield from checking.targets(results.checking)
    yield from publishing.targets(results.publishing)
    yield from loading.targets(results.loading)
