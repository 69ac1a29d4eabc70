"""What a server shows of the metrics that queries name, for the checks that judge them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import inf, isfinite

from publish.distribution import Distribution, distribution
from publish.evidence import Evidence, Mean
from publish.exposition import Exposed
from publish.finding import Place
from publish.percentiles import BUCKET, Percentile, percentiles
from publish.prometheus.answers import RefusedError
from publish.prometheus.expanded import Expanded
from publish.prometheus.programs import Programs, counted
from publish.prometheus.selection import Selection, selection, selector
from publish.prometheus.server import Server
from publish.subject import Subject

OBSERVED = "1h"
"""The time that distributions are of, and before which growth is measured."""

Chosen = Mapping[Selection, Iterable[str]]


def gathered(
    subjects: Iterable[Subject], queries: Iterable[Expanded], chosen: Chosen, programs: Programs
) -> list[Evidence]:
    """Of the targets of each selection: their series, and where the percentiles lie."""
    asked = percentiles(subjects)
    selected = _selected(queries, programs)
    found = []
    for it in sorted(chosen):
        if it.matchers or len(chosen) == 1:
            with suppress(RefusedError):
                concerning = _concerning(it, asked, selected)
                found.append(_of(it, concerning, _apart(it, chosen), programs))
    return found


def _selected(
    queries: Iterable[Expanded], programs: Programs
) -> dict[str, set[tuple[Selection, Place]]]:
    """The targets of which each histogram's buckets are asked, and where."""
    found: dict[str, set[tuple[Selection, Place]]] = {}
    for query in queries:
        for it in query.query.selected:
            if it.name.endswith(BUCKET):
                of = (selection(it, programs.target_labels), query.query.place)
                found.setdefault(it.name.removesuffix(BUCKET), set()).add(of)
    return found


def _concerning(
    chosen: Selection,
    asked: Iterable[Percentile],
    selected: Mapping[str, set[tuple[Selection, Place]]],
) -> tuple[Percentile, ...]:
    """The percentiles of these targets; what a rule recorded may be of any that a rule names."""
    found = []
    for it in asked:
        of = selected.get(it.histogram, set())
        here = (
            {one for one, place in of if place == it.place}
            or {one for one, place in of if place.dashboard == it.place.dashboard}
            or {one for one, _ in of}
        )
        if chosen in here:
            found.append(it)
    return tuple(found)


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
    of = selector(chosen.matchers, f"{histogram}{BUCKET}")
    lines = server.instant(f"sum by (le) (increase({of}[{OBSERVED}]))").lines
    buckets = {
        float(it.labels["le"]): (it.points[-1][1], 1)
        for it in lines
        if _is_number(it.labels.get("le", "")) and isfinite(it.points[-1][1])
    }
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
    earlier = counted(server, chosen, sorted(metrics), OBSERVED)
    return {
        name: (count / max(before, 1.0), programs.series_now(chosen, name) / max(now, 1.0))
        for name, count in earlier.items()
    }


def _number(server: Server, expression: str) -> float:
    lines = server.instant(expression).lines
    return lines[0].points[-1][1] if lines else 0.0


def _is_number(text: str) -> bool:
    try:
        return float(text) <= inf
    except ValueError:
        return False
