"""Limits of tailboard's cost."""

from collections.abc import Iterator

from benchmarks.alerting import targets as alerting
from benchmarks.checking import targets as checking
from benchmarks.harness.cost_target import CostTarget
from benchmarks.linting import targets as linting
from benchmarks.loading import targets as loading
from benchmarks.planning import targets as planning
from benchmarks.previewing import targets as previewing
from benchmarks.publishing import targets as publishing
from benchmarks.querying import targets as querying
from benchmarks.results import Results
from benchmarks.side_by_side import targets as side_by_side
from benchmarks.start_up import targets as start_up
from benchmarks.writing.tools import (
    FOUNDATION_SDK,
    GENERATE_DASHBOARDS,
    GRAFANALIB_ENCODER,
    TAILBOARD_TOOL,
    Tool,
)

PEER_LIMITS: tuple[tuple[Tool, float], ...] = (
    (GRAFANALIB_ENCODER, 0.5),
    (GENERATE_DASHBOARDS, 0.5),
    (FOUNDATION_SDK, 1.0),
)
BYTES_LIMIT = 0.5
GROWTH_LIMIT = 1.1
"""Names and hashes are kept until all files are written."""

MIB = 1024 * 1024


def list_targets(results: Results) -> Iterator[CostTarget]:
    """Every limit with the measured value."""
    for count in results.counts:
        yield from _list_writing_targets(results, count)
    few, many = (results.find_writing(TAILBOARD_TOOL, count) for count in results.growth_counts)
    yield CostTarget(
        f"peak memory of {many.dashboards} dashboards",
        GROWTH_LIMIT,
        results.compute_growth_ratio(),
        f"{many.peak_bytes.format_text(1, MIB)} MiB",
        f"{few.peak_bytes.format_text(1, MIB)} MiB, {few.dashboards} dashboards",
    )
    yield from start_up.list_targets(results.start_up)
    yield from side_by_side.list_targets(results.side_by_side)
    yield from linting.list_targets(results.linting)
    yield from checking.list_targets(results.checking)
    yield from querying.list_targets(results.querying)
    yield from planning.list_targets(results.planning)
    yield from publishing.list_targets(results.publishing)
    yield from loading.list_targets(results.loading)
    yield from previewing.list_targets(results.previewing)
    yield from alerting.list_targets(results.alerting)


def _list_writing_targets(results: Results, count: int) -> Iterator[CostTarget]:
    own = results.find_writing(TAILBOARD_TOOL, count)
    for peer_tool, limit in PEER_LIMITS:
        peer = results.find_writing(peer_tool, count)
        yield CostTarget(
            f"build of {count} dashboards, start included, CPU",
            limit,
            own.cpu_seconds.median / peer.cpu_seconds.median,
            f"{own.cpu_seconds.format_text(2)} s",
            f"{peer.cpu_seconds.format_text(2)} s, {peer_tool.title}",
        )
    encoder = results.find_writing(GRAFANALIB_ENCODER, count)
    yield CostTarget(
        f"bytes of {count} dashboards",
        BYTES_LIMIT,
        own.written_bytes / encoder.written_bytes,
        f"{own.written_bytes / MIB:.1f} MiB",
        f"{encoder.written_bytes / MIB:.1f} MiB, {GRAFANALIB_ENCODER.title}",
    )
