"""The results as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.alerting import report as alerting
from benchmarks.checking import report as checking
from benchmarks.harness.cost_target import list_rows as target_rows
from benchmarks.harness.machine import describe_machine, describe_versions
from benchmarks.harness.text_table import format_table
from benchmarks.linting import report as linting
from benchmarks.loading import report as loading
from benchmarks.previewing import report as previewing
from benchmarks.publishing import report as publishing
from benchmarks.querying import report as querying
from benchmarks.results import Results
from benchmarks.targets import list_targets
from benchmarks.writing.measurement import SINGLE_DASHBOARD
from benchmarks.writing.tools import GENERATE_DASHBOARDS, GRAFANALIB_ENCODER, TOOLS
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
            for rows in (_list_writings, _list_ratios, _list_starts, _list_jobs, _list_requests)
        ),
        NOTES,
        linting.render_report(results.linting),
        checking.render_report(results.checking),
        querying.render_report(results.querying),
        publishing.render_report(results.publishing),
        loading.render_report(results.loading),
        alerting.render_report(results.alerting),
        previewing.render_report(results.previewing),
        format_table(list(target_rows(list_targets(results)))),
    )
    return "\n\n".join(blocks)


def render_markdown(results: Results, date: str) -> str:
    """BENCHMARKS.md: the promises as a table, then everything that was measured."""
    targets = list(list_targets(results))
    met_count = sum(target.is_met for target in targets)
    distributions = dict.fromkeys(tool.distribution for tool in TOOLS)
    table = [[*row] for row in target_rows(targets)]
    lines = [
        "# Benchmarks",
        "",
        f"Measured on {date} by `make bench-report`, which writes this page: no number is typed.",
        "",
        f"- Machine: {describe_machine()}",
        f"- Versions: {describe_versions(distributions)}",
        f"- {met_count} of {len(targets)} promises are met.",
        "",
        "Each cost is the median of its turns, with the smallest and the largest. The tools run",
        "in turn, each in a process of its own. A promise is met by a ratio of at most the limit.",
        "",
        *(f"| {' | '.join(cell.replace('|', '/') or ' ' for cell in row)} |" for row in table[:1]),
        f"|{' --- |' * len(table[0])}",
        *(f"| {' | '.join(cell.replace('|', '/') or ' ' for cell in row)} |" for row in table[1:]),
        "",
        "## All that was measured",
        "",
        "```text",
        render_report(results),
        "```",
    ]
    return "\n".join(lines)


def _format_heading(results: Results) -> str:
    counts = " and ".join(str(count) for count in results.counts)
    return f"{counts} dashboards of {PANEL_COUNT} panels; {describe_machine()}"


def _list_writings(results: Results) -> Iterator[Sequence[str]]:
    yield (
        *("dashboards", "", "seconds", "start", "CPU s", "start", "peak MiB", "start"),
        *("MiB written", "KiB each"),
    )
    for count in results.counts:
        for tool in TOOLS:
            writing, start = (
                results.find_writing(tool, count),
                results.find_writing(tool, SINGLE_DASHBOARD),
            )
            yield (
                f"{count}",
                tool.title,
                writing.seconds.format_text(2),
                f"{start.seconds.median:.2f}",
                writing.cpu_seconds.format_text(2),
                f"{start.cpu_seconds.median:.2f}",
                writing.peak_bytes.format_text(1, MIB),
                f"{start.peak_bytes.median / MIB:.1f}",
                f"{writing.written_bytes / MIB:.1f}",
                f"{writing.written_bytes / count / KIB:.1f}",
            )


def _list_ratios(results: Results) -> Iterator[Sequence[str]]:
    yield "dashboards", "", "beside", "seconds", "work", "CPU", "work", "peak memory", "bytes"
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
        yield (
            f"{ratios.dashboards}",
            ratios.tool,
            ratios.beside,
            *(f"{number:.2f}" for number in numbers),
        )


def _list_starts(results: Results) -> Iterator[Sequence[str]]:
    yield "start-up", "ms", "CPU ms", "beside", "ms", "CPU ms"
    for own, peer in results.start_up.list_comparisons():
        yield (
            own.title,
            own.seconds.format_text(0, 1e-3),
            own.cpu_seconds.format_text(0, 1e-3),
            peer.title,
            peer.seconds.format_text(0, 1e-3),
            peer.cpu_seconds.format_text(0, 1e-3),
        )


def _list_jobs(results: Results) -> Iterator[Sequence[str]]:
    result = results.side_by_side
    heading = f"build of {result.definitions} definitions, {result.dashboards} dashboards"
    yield heading, "seconds", "CPU s"
    yield "--jobs 1", result.one_seconds.format_text(2), result.one_cpu_seconds.format_text(2)
    yield (
        f"--jobs {result.jobs}",
        result.several_seconds.format_text(2),
        result.several_cpu_seconds.format_text(2),
    )


def _list_requests(results: Results) -> Iterator[Sequence[str]]:
    planning = results.planning
    heading = f"requests, {planning.dashboards} dashboards"
    yield heading, "plan, unchanged", "publish, one changed", "lists alone"
    lists = {planning.apis.api: f"{planning.time.list_requests}"}
    for requests in (planning.apis, planning.classic):
        counts = (f"{requests.unchanged_plan}", f"{requests.one_change}")
        yield (requests.api, *counts, lists.get(requests.api, ""))
