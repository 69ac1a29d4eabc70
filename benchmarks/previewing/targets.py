"""Limits of what a preview of many dashboards costs."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.previewing.measurement import Previewing

REQUEST_LIMIT = 2.0
"""Queries for each distinct one that is drawn; the others say why panels are empty."""

CPU_LIMIT = 1.0
"""CPU seconds of the pages of one dashboard, the start of the program included."""

BYTES_LIMIT = 1.0
"""MiB of the pages of one dashboard, their share of the drawing program included."""

MIB = 1024 * 1024


def list_targets(previewing: Previewing | None) -> Iterator[CostTarget]:
    """The limits of the pages; pictures take longer, and have none."""
    if previewing is None:
        return
    count = previewing.dashboards
    yield CostTarget(
        "queries of a preview, those about empty panels included, for each that is drawn",
        REQUEST_LIMIT,
        previewing.received_queries / previewing.queries,
        f"{previewing.received_queries}",
        f"{previewing.queries}",
    )
    pages = previewing.costs[0]
    yield CostTarget(
        f"CPU of a page of a preview, of {count}",
        CPU_LIMIT,
        pages.cpu_seconds.median / count,
        f"{pages.cpu_seconds.format_text(2)} s",
    )
    yield CostTarget(
        f"MiB of a page of a preview, of {count}",
        BYTES_LIMIT,
        pages.written_bytes / MIB / count,
        f"{pages.written_bytes / MIB:.1f} MiB",
    )
