"""The results as plain tables."""

from collections.abc import Iterator, Sequence

from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.text_table import format_table
from benchmarks.loading.results import Loading, QueryCost
from benchmarks.loading.server import PROGRAM, find_obstacle
from benchmarks.loading.services import SCRAPE_INTERVAL
from tailboard.panels.recording import WINDOW

MILLION = 1e6
P99_PANEL = "P99 latency"
"""The panel that the report always names."""

NOTES = f"""\
All queries of the overview's panels, one after the other: an hour in steps of {SCRAPE_INTERVAL}
s, tables at one time, all instances. $__rate_interval is {4 * SCRAPE_INTERVAL} s, as Grafana
computes it for a scrape every {SCRAPE_INTERVAL} s, and 75 s where a panel requests 60 points
only. Seconds are wall-clock seconds from request to response, the median (minimum-maximum) of
rounds in turn; CPU is the server's time meanwhile, which other programs on the machine disturb
less. A sample counts each time that a step reads it: Prometheus' totalQueryableSamples. Panels of
the collapsed row count too; annotations and variables do not. The recorded series were computed
from the raw ones by the rules' own expressions, which no time here includes; evaluating all rules
once is what Prometheus does every {SCRAPE_INTERVAL} s instead. "queries raw" read nothing
recorded in either dashboard. As Grafana sends them, raw rates have its shorter window, so that
the results differ while the load changes, and so does the choice of topk."""


def render_report(loading: Loading | None) -> str:
    """The report as text, or the reason why nothing was measured."""
    if loading is None:
        return f"Loading from recorded rates is not measured: {find_obstacle() or f'no {PROGRAM}'}."
    blocks = (
        f"loading the overview of a service of {loading.instances} instances: {loading.series} "
        f"series, {loading.bucket_series} of them buckets; {loading.recorded_series} recorded",
        *(
            format_table(list(rows(loading)))
            for rows in (_list_costs, _list_panels, _list_differences)
        ),
        NOTES,
    )
    return "\n\n".join(blocks)


def _list_costs(loading: Loading) -> Iterator[Sequence[str]]:
    yield "", "seconds", "server's CPU s", "million samples"
    yield "from raw series", *_format_cells(loading.raw, loading.raw_cpu)
    yield "from recorded rates", *_format_cells(loading.recorded, loading.recorded_cpu)
    ratios = loading.seconds_ratio, loading.cpu_ratio, loading.samples_ratio
    yield "raw / recorded", *(f"{ratio:.1f}" for ratio in ratios)
    yield "evaluating the rules once", *_format_cells(loading.rules, loading.rules_cpu)


def _format_cells(query_cost: QueryCost, cpu: MedianRange) -> tuple[str, ...]:
    return (
        query_cost.seconds.format_text(2),
        cpu.format_text(2),
        f"{query_cost.samples / MILLION:.2f}",
    )


def _list_panels(loading: Loading) -> Iterator[Sequence[str]]:
    """A row for each panel, the smallest gain first."""
    yield "panel", "raw s", "recorded s", "ratio", "raw M", "recorded M", "ratio", "queries raw"
    for panel in sorted(loading.panels, key=lambda panel: panel.samples_ratio):
        yield (
            panel.title,
            f"{panel.raw.seconds.median:.3f}",
            f"{panel.recorded.seconds.median:.3f}",
            f"{panel.seconds_ratio:.1f}",
            f"{panel.raw.samples / MILLION:.2f}",
            f"{panel.recorded.samples / MILLION:.2f}",
            f"{panel.samples_ratio:.1f}",
            f"{panel.left_raw} of {panel.queries}",
        )


def _list_differences(loading: Loading) -> Iterator[Sequence[str]]:
    """The query with the largest difference, and that of the P99 panel."""
    yield "largest relative difference", "", "in", "of the P99", "points", "unmatched"
    windows = {f"both over {WINDOW}": loading.same_window, "as Grafana sends them": loading.as_sent}
    for name, differences in windows.items():
        largest = max(differences, key=lambda difference: difference.largest)
        of_p99 = [difference for difference in differences if difference.panel == P99_PANEL]
        yield (
            name,
            f"{largest.largest:.1e}",
            f"{largest.panel}, {largest.name}",
            f"{max(difference.largest for difference in of_p99):.1e}",
            str(sum(difference.compared for difference in differences)),
            str(sum(difference.unmatched for difference in differences)),
        )
