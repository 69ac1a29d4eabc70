"""What was measured as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.aligned import aligned
from benchmarks.publishing.measurement import Publishing
from benchmarks.workload import PANELS


def report(publishing: Publishing | None) -> str:
    """Everything, for people."""
    if publishing is None:
        return "publishing: not measured, there is no grafana on the PATH"
    heading = f"publishing {publishing.dashboards} dashboards of {PANELS} panels"
    return f"{heading}\n\n{aligned(list(_rows(publishing)))}"


def _rows(publishing: Publishing) -> Iterator[Sequence[str]]:
    yield "", "new, seconds", "unchanged, seconds"
    yield "tailboard publish", f"{publishing.new:.2f}", publishing.unchanged.text(2)
    yield "loop of requests.post", f"{publishing.new_loop:.2f}", publishing.unchanged_loop.text(2)
