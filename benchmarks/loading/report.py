"""What was measured as plain tables."""

from collections.abc import Iterator, Sequence

from benchmarks.aligned import aligned
from benchmarks.loading.results import Loading, Reading
from benchmarks.loading.scene import SCRAPE
from benchmarks.loading.server import PROGRAM, missing
from benchmarks.spread import Spread
from tailboard.panels.recording import WINDOW

MILLION = 1e6
P99 = "P99 latency"
"""The panel of the number that people look at first."""

NOTES = f"""\
All queries of the overview's panels, one after the other: an hour in steps of {SCRAPE} s, tables at
one moment, all instances. $__rate_interval is {4 * SCRAPE} s, as Grafana computes it for a scrape
every {SCRAPE} s, and 75 s where a panel asks for 60 points only. Seconds are the clock's from
question to answer, the median (least-most) of rounds in turn; CPU is what the server spends
meanwhile, which other programs on the machine disturb less. A sample counts each time that a
step looks at it: Prometheus' totalQueryableSamples. Panels of the collapsed row count too;
annotations and variables do not. The recorded series were computed from the raw ones by the
rules' own expressions, which no time here holds; evaluating all rules once is what Prometheus
does every {SCRAPE} s instead. "queries raw" read nothing recorded in either dashboard. As asked,
raw rates look back over Grafana's shorter window, so a load that moves differs, and so does whom
topk chooses."""


def report(loading: Loading | None) -> str:
    """Everything, for people; or why there is nothing."""
    if loading is None:
        return f"Loading from recorded rates is not measured: {missing() or f'no {PROGRAM}'}."
    blocks = (
        f"loading the overview of a service of {loading.instances} instances: {loading.series} "
        f"series, {loading.bucket_series} of them buckets; {loading.recorded_series} recorded",
        *(aligned(list(rows(loading))) for rows in (_costs, _panels, _differences)),
        NOTES,
    )
    return "\n\n".join(blocks)


def _costs(loading: Loading) -> Iterator[Sequence[str]]:
    yield "", "seconds", "server's CPU s", "million samples"
    yield "from raw series", *_cells(loading.raw, loading.raw_cpu)
    yield "from recorded rates", *_cells(loading.recorded, loading.recorded_cpu)
    ratios = loading.seconds_ratio, loading.cpu_ratio, loading.samples_ratio
    yield "raw / recorded", *(f"{it:.1f}" for it in ratios)
    yield "evaluating the rules once", *_cells(loading.rules, loading.rules_cpu)


def _cells(it: Reading, cpu: Spread) -> tuple[str, ...]:
    return it.seconds.text(2), cpu.text(2), f"{it.samples / MILLION:.2f}"


def _panels(loading: Loading) -> Iterator[Sequence[str]]:
    """What gains least comes first."""
    yield "panel", "raw s", "recorded s", "ratio", "raw M", "recorded M", "ratio", "queries raw"
    for it in sorted(loading.panels, key=lambda it: it.samples_ratio):
        yield (
            it.title,
            f"{it.raw.seconds.median:.3f}",
            f"{it.recorded.seconds.median:.3f}",
            f"{it.seconds_ratio:.1f}",
            f"{it.raw.samples / MILLION:.2f}",
            f"{it.recorded.samples / MILLION:.2f}",
            f"{it.samples_ratio:.1f}",
            f"{it.left_raw} of {it.queries}",
        )


def _differences(loading: Loading) -> Iterator[Sequence[str]]:
    """Of all queries the one that differs most, and the one that matters most."""
    yield "largest relative difference", "", "in", "of the P99", "points", "unmatched"
    windows = {f"both over {WINDOW}": loading.same_window, "as asked": loading.as_asked}
    for name, found in windows.items():
        most = max(found, key=lambda it: it.largest)
        yield (
            name,
            f"{most.largest:.1e}",
            f"{most.panel}, {most.name}",
            f"{max(it.largest for it in found if it.panel == P99):.1e}",
            str(sum(it.compared for it in found)),
            str(sum(it.unmatched for it in found)),
        )
