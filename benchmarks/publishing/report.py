"""The results as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.harness.text_table import format_table
from benchmarks.publishing.measurement import Publishing
from benchmarks.writing.workload import PANEL_COUNT


def render_report(publishing: Publishing | None) -> str:
    """The report as text."""
    if publishing is None:
        return "publishing: not measured, there is no grafana on the PATH"
    heading = f"publishing {publishing.dashboards} dashboards of {PANEL_COUNT} panels"
    return f"{heading}\n\n{format_table(list(_list_rows(publishing)))}"


def _list_rows(publishing: Publishing) -> Iterator[Sequence[str]]:
    yield "", "new, seconds", "unchanged, seconds"
    yield "tailboard publish", f"{publishing.new:.2f}", publishing.unchanged.format_text(2)
    yield (
        "loop of requests.post",
        f"{publishing.new_loop:.2f}",
        publishing.unchanged_loop.format_text(2),
    )
    yield "tailboard plan", "", publishing.plan.format_text(2)
    yield "tailboard plan, classic API", "", publishing.classic_plan.format_text(2)
    yield "loop that only lists", "", publishing.lists.format_text(2)
    yield "tailboard build", "", publishing.build.format_text(2)
