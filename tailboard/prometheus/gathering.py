"""What a server shows of the metrics that queries name, for the checks that judge them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import isfinite

from tailboard.check.evidence import Evidence, Mean
from tailboard.findings.finding import Place
from tailboard.metrics.distribution import Distribution, distribution
from tailboard.metrics.exposition import Exposed
from tailboard.prometheus.answers import RefusedError
from tailboard.prometheus.expanded import Expanded
from tailboard.prometheus.observed import OBSERVED, observed_buckets
from tailboard.prometheus.programs import Programs, series_counts
from tailboard.prometheus.selection import Selection, selector
from tailboard.prometheus.server import Server
from tailboard.queries.percentiles import BUCKET, Percentile, percentiles
from tailboard.queries.subject import Subject

Chosen = Mapping[Selection, Iterable[str]]
Asked = dict[tuple[str, Place | str | None], set[Selection]]


def gathered(
    subjects: Iterable[Subject], queries: Iterable[Expanded], chosen: Chosen, programs: Programs
) -> list[Evidence]:
    """Of the targets of each selection: their series, and where the percentiles lie."""
    concerning = _by_targets(percentiles(subjects), _selected(queries, programs))
    found = []
    for it in sorted(chosen):
        if it.matchers or len(chosen) == 1:
            with suppress(RefusedError):
                asked = tuple(concerning.get(it, ()))
                found.append(_of(it, asked, _apart(it, chosen), programs))
    return found


def _selected(queries: Iterable[Expanded], programs: Programs) -> Asked:
    """The targets of which each histogram is asked: at a place, on a dashboard, at all."""
    found: Asked = {}
    for query in queries:
        place = query.query.place
        for it in query.query.selected:
            if it.name.endswith(BUCKET):
                histogram = it.name.removesuffix(BUCKET)
                of = programs.labels.selection(it)
                for where in (place, place.dashboard, None):
                    found.setdefault((histogram, where), set()).add(of)
    return found


def _by_targets(asked: Iterable[Percentile], selected: Asked) -> dict[Selection, list[Percentile]]:
    """The percentiles of each targets; what a rule recorded may be of any that a rule names."""
    found: dict[Selection, list[Percentile]] = {}
    for it in asked:
        for where in (it.place, it.place.dashboard, None):
            if here := selected.get((it.histogram, where)):
                for one in here:
                    found.setdefault(one, []).append(it)
                break
    return found


def _apart(chosen: Selection, all_chosen: Chosen) -> set[str]:
    """The metrics that no wider selection has as well, so that each is judged once."""
    wider = [it for it in all_chosen if it.matchers and {*it.matchers} < {*chosen.matchers}]
    return {*all_chosen[chosen]}.difference(*(all_chosen[it] for it in wider))


def _of(
    chosen: Selection, asked: tuple[Percentile, ...], names: set[str], programs: Programs
) -> Evidence:
    server = programs.server
    there = programs.catalogue(chosen)
    metrics = {it: there.metrics[it] for it in sorted(names) if it in there.metrics}
    histograms = sorted({it.histogram for it in asked})
    means = {it: mean for it in histograms if (mean := _mean(server, chosen, it))}
    observed = {
        it: found
        for it in histograms
        if (found := _distribution(server, chosen, it, means.get(it)))
    }
    return Evidence(
        f"{server.shown} {chosen}" if chosen.matchers else server.shown,
        asked,
        observed,
        means,
        {name: it for name, it in metrics.items() if it.series},
        there.families,
        growth=_growth(metrics, chosen, programs),
    )


def _distribution(
    server: Server, chosen: Selection, histogram: str, mean: Mean | None
) -> Distribution | None:
    buckets = observed_buckets(server, chosen, histogram)
    return distribution(buckets, mean.mean if mean else None)


def _mean(server: Server, chosen: Selection, histogram: str) -> Mean | None:
    count = _increase(server, chosen, f"{histogram}_count")
    total = _increase(server, chosen, f"{histogram}_sum")
    return Mean(count, total / count) if count > 0 else None


def _increase(server: Server, chosen: Selection, name: str) -> float:
    of = selector(chosen.matchers, name)
    value = _number(server, f"sum(increase({of}[{OBSERVED}]))")
    return value if isfinite(value) else 0.0


def _growth(
    metrics: Mapping[str, Exposed], chosen: Selection, programs: Programs
) -> dict[str, tuple[float, float]]:
    """The series that each metric has per target: an hour ago, and now."""
    if not metrics:
        return {}
    targets = selector(chosen.matchers, "up")
    server = programs.server
    now, before = (_number(server, f"count({targets}{ago})") for ago in ("", f" offset {OBSERVED}"))
    earlier = series_counts(server, chosen, sorted(metrics), OBSERVED)
    return {
        name: (count / max(before, 1.0), programs.series_now(chosen, name) / max(now, 1.0))
        for name, count in earlier.items()
    }


def _number(server: Server, expression: str) -> float:
    lines = server.instant(expression).lines
    return lines[0].points[-1][1] if lines else 0.0
