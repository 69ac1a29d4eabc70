"""Limits of tailboard's cost."""

from collections.abc import Iterator

from benchmarks.alerting import targets as alerting
from benchmarks.checking import targets as checking
from benchmarks.harness.cost_target import CostTarget
from benchmarks.linting import targets as linting
from benchmarks.loading import targets as loading
from benchmarks.publishing import targets as publishing
from benchmarks.results import Results
from benchmarks.writing.tools import GENERATE_DASHBOARDS, GRAFANALIB_ENCODER, TAILBOARD_TOOL

PEER_COST_LIMIT = 0.5
GROWTH_LIMIT = 1.1
"""For ten times as many dashboards: names and hashes are kept until all files are written."""

START_UP_LIMIT = 2.0


def list_targets(results: Results) -> Iterator[CostTarget]:
    """Every limit with the measured value."""
    few, *_, many = (writing.dashboards for writing in results.list_growth())
    for base in (GRAFANALIB_ENCODER, GENERATE_DASHBOARDS):
        ratios = results.compute_ratios(TAILBOARD_TOOL, base)
        yield CostTarget(
            f"seconds beside {base.name}, start included", PEER_COST_LIMIT, ratios.seconds
        )
        yield CostTarget(
            f"CPU seconds beside {base.name}, start included", PEER_COST_LIMIT, ratios.cpu_seconds
        )
    yield CostTarget("bytes beside grafanalib's encoder", PEER_COST_LIMIT, ratios.written_bytes)
    yield CostTarget(
        f"peak memory, {many} dashboards beside {few}", GROWTH_LIMIT, results.compute_growth_ratio()
    )
    yield CostTarget(
        "--version beside an empty click program", START_UP_LIMIT, results.start_up.ratio
    )
    yield from linting.list_targets(results.linting)
    yield from checking.list_targets(results.checking)
    yield from publishing.list_targets(results.publishing)
    yield from loading.list_targets(results.loading)
    yield from alerting.list_targets(results.alerting)
