"""The results as a plain table."""

import os
import platform
from collections.abc import Iterator, Sequence

from benchmarks.alerting import report as alerting
from benchmarks.checking import report as checking
from benchmarks.harness.cost_target import list_rows as target_rows
from benchmarks.harness.text_table import format_table
from benchmarks.linting import report as linting
from benchmarks.loading import report as loading
from benchmarks.previewing import report as previewing
from benchmarks.publishing import report as publishing
from benchmarks.results import Results
from benchmarks.targets import list_targets
from benchmarks.writing.measurement import SINGLE_DASHBOARD
from benchmarks.writing.tools import GENERATE_DASHBOARDS, GRAFANALIB_ENCODER, TAILBOARD_TOOL, TOOLS
from benchmarks.writing.workload import PANEL_COUNT

MIB = 1024 * 1024
KIB = 1024
NOTES = """\
Each number is the median (minimum-maximum) of runs in processes of their own, the tools in turn.
"seconds" are wall-clock seconds from the start of the process to its end: the interpreter, the
imports, the panels, the encoding and the writing. "start" is the same command with one dashboard,
"work" the difference. CPU is user and system time, which other programs on the machine disturb
less. Memory is the largest resident set. "grafanalib's encoder" is the function that its command
generate-dashboards calls, without the file that the command imports for every dashboard.
tailboard also hashes its files, compares them with the existing ones and moves them into place
together; the others overwrite theirs one by one."""


def render_report(results: Results) -> str:
    """The report as text."""
    blocks = (
        _format_heading(results),
        *(
            format_table(list(rows(results)))
            for rows in (_list_writings, _list_ratios, _list_growth, _list_start_up)
        ),
        NOTES,
        linting.render_report(results.linting),
        checking.render_report(results.checking),
        publishing.render_report(results.publishing),
        loading.render_report(results.loading),
        alerting.render_report(results.alerting),
        previewing.render_report(results.previewing),
        format_table(list(target_rows(list_targets(results)))),
    )
    return "\n\n".join(blocks)


def _format_heading(results: Results) -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.system()}"
    return f"{results.dashboards} dashboards of {PANEL_COUNT} panels; {machine}"


def _list_writings(results: Results) -> Iterator[Sequence[str]]:
    yield "", "seconds", "start", "CPU s", "start", "peak MiB", "start", "MiB written", "KiB each"
    for tool in TOOLS:
        writing, start = (
            results.find_writing(tool, results.dashboards),
            results.find_writing(tool, SINGLE_DASHBOARD),
        )
        yield (
            tool.title,
            writing.seconds.format_text(2),
            f"{start.seconds.median:.2f}",
            writing.cpu_seconds.format_text(2),
            f"{start.cpu_seconds.median:.2f}",
            writing.peak_bytes.format_text(1, MIB),
            f"{start.peak_bytes.median / MIB:.1f}",
            f"{writing.written_bytes / MIB:.1f}",
            f"{writing.written_bytes / results.dashboards / KIB:.1f}",
        )


def _list_ratios(results: Results) -> Iterator[Sequence[str]]:
    yield "", "beside", "seconds", "work", "CPU", "work", "peak memory", "bytes"
    for ratios in results.list_ratios():
        if ratios.tool in (GRAFANALIB_ENCODER.name, GENERATE_DASHBOARDS.name):
            continue
        numbers = (
            ratios.seconds,
            ratios.work_seconds,
            ratios.cpu_seconds,
            ratios.work_cpu_seconds,
            ratios.peak_bytes,
            ratios.written_bytes,
        )
        yield ratios.tool, ratios.beside, *(f"{number:.2f}" for number in numbers)


def _list_growth(results: Results) -> Iterator[Sequence[str]]:
    start = results.find_writing(TAILBOARD_TOOL, SINGLE_DASHBOARD).peak_bytes.median
    yield "tailboard's memory", "peak MiB", "above start"
    for writing in results.list_growth():
        above = (writing.peak_bytes.median - start) / MIB
        yield (
            f"{writing.dashboards} dashboards",
            writing.peak_bytes.format_text(1, MIB),
            f"{above:.1f}",
        )
    yield "one more dashboard", f"{results.compute_growth_per_dashboard() / KIB:.1f} KiB"


def _list_start_up(results: Results) -> Iterator[Sequence[str]]:
    start_up = results.start_up
    yield "start-up", "ms", "CPU ms"
    yield (
        "tailboard --version",
        start_up.tailboard.format_text(0, 1e-3),
        start_up.tailboard_cpu.format_text(0, 1e-3),
    )
    yield (
        "empty click program",
        start_up.empty_click.format_text(0, 1e-3),
        start_up.empty_click_cpu.format_text(0, 1e-3),
    )
    yield "ratio", f"{start_up.ratio:.2f}", f"{start_up.cpu_ratio:.2f}"
