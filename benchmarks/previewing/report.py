"""The results as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.harness.text_table import format_table
from benchmarks.previewing.measurement import Previewing

MIB = 1024 * 1024


def render_report(previewing: Previewing | None) -> str:
    """The report as text."""
    if previewing is None:
        return "preview: not measured, there is no Prometheus"
    heading = (
        f"preview of {previewing.dashboards} dashboards with {previewing.panels} panels, "
        f"{previewing.empty_panels} without data; {previewing.instances} instances; "
        f"{previewing.queries} queries, each distinct one once"
    )
    return f"{heading}\n\n{format_table(list(_list_rows(previewing)))}"


def _list_rows(previewing: Previewing) -> Iterator[Sequence[str]]:
    yield "", "seconds", "CPU s", "peak MiB", "MiB written"
    for cost in previewing.costs:
        yield (
            cost.name,
            cost.seconds.format_text(2),
            cost.cpu_seconds.format_text(2),
            cost.peak_bytes.format_text(1, MIB),
            f"{cost.written_bytes / MIB:.1f}",
        )
