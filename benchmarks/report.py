"""The results as a plain table."""

import os
import platform
from collections.abc import Iterator, Sequence

from benchmarks.aligned import aligned
from benchmarks.checking import report as checking
from benchmarks.contenders import CONTENDERS, ENCODER, GENERATE, OURS
from benchmarks.linting import report as linting
from benchmarks.loading import report as loading
from benchmarks.publishing import report as publishing
from benchmarks.results import Results
from benchmarks.target import rows as target_rows
from benchmarks.targets import targets
from benchmarks.workload import PANELS
from benchmarks.writing import ONE

MIB = 1024 * 1024
KIB = 1024
NOTES = """\
Each number is the median (least-most) of runs in processes of their own, the contenders in turn.
"seconds" is the clock from the start of the process to its end: the interpreter, the imports, the
panels, the encoding and the writing. "start" is the same command with one dashboard, "work" the
difference. CPU is user and system time, which other programs on the machine disturb less.
Memory is the largest resident set. "grafanalib's encoder" is the function that its command
generate-dashboards calls, without the file that the command imports for every dashboard.
tailboard also hashes its files, compares them with what is there and puts them in place together;
the others overwrite theirs one by one."""


def report(results: Results) -> str:
    """Everything, for people."""
    blocks = (
        _heading(results),
        *(aligned(list(rows(results))) for rows in (_writings, _ratios, _growth, _start_up)),
        NOTES,
        linting.report(results.linting),
        checking.report(results.checking),
        publishing.report(results.publishing),
        loading.report(results.loading),
        aligned(list(target_rows(targets(results)))),
    )
    return "\n\n".join(blocks)


def _heading(results: Results) -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.system()}"
    return f"{results.dashboards} dashboards of {PANELS} panels; {machine}"


def _writings(results: Results) -> Iterator[Sequence[str]]:
    yield "", "seconds", "start", "CPU s", "start", "peak MiB", "start", "MiB written", "KiB each"
    for contender in CONTENDERS:
        it, start = results.of(contender, results.dashboards), results.of(contender, ONE)
        yield (
            contender.title,
            it.seconds.text(2),
            f"{start.seconds.median:.2f}",
            it.cpu_seconds.text(2),
            f"{start.cpu_seconds.median:.2f}",
            it.peak_bytes.text(1, MIB),
            f"{start.peak_bytes.median / MIB:.1f}",
            f"{it.written_bytes / MIB:.1f}",
            f"{it.written_bytes / results.dashboards / KIB:.1f}",
        )


def _ratios(results: Results) -> Iterator[Sequence[str]]:
    yield "", "beside", "seconds", "work", "CPU", "work", "peak memory", "bytes"
    for it in results.ratios():
        if it.contender in (ENCODER.name, GENERATE.name):
            continue
        numbers = (
            it.seconds,
            it.work_seconds,
            it.cpu_seconds,
            it.work_cpu_seconds,
            it.peak_bytes,
            it.written_bytes,
        )
        yield it.contender, it.beside, *(f"{number:.2f}" for number in numbers)


def _growth(results: Results) -> Iterator[Sequence[str]]:
    start = results.of(OURS, ONE).peak_bytes.median
    yield "tailboard's memory", "peak MiB", "above start"
    for it in results.growth():
        above = (it.peak_bytes.median - start) / MIB
        yield f"{it.dashboards} dashboards", it.peak_bytes.text(1, MIB), f"{above:.1f}"
    yield "one more dashboard", f"{results.growth_per_dashboard() / KIB:.1f} KiB"


def _start_up(results: Results) -> Iterator[Sequence[str]]:
    it = results.start_up
    yield "start-up", "ms", "CPU ms"
    yield "tailboard --version", it.tailboard.text(0, 1e-3), it.tailboard_cpu.text(0, 1e-3)
    yield "empty click program", it.empty_click.text(0, 1e-3), it.empty_click_cpu.text(0, 1e-3)
    yield "ratio", f"{it.ratio:.2f}", f"{it.cpu_ratio:.2f}"
