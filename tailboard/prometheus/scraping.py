"""How the server scrapes the targets that queries choose, where it tells that."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping, Target, Window
from tailboard.metrics.exposition import matches
from tailboard.panels.duration import is_duration, seconds
from tailboard.prometheus.answers import hidden
from tailboard.prometheus.expanded import Expanded
from tailboard.prometheus.processes import processes
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import Selection
from tailboard.prometheus.twins import twins
from tailboard.queries.promql_reading import kind, nodes, series

Labels = Mapping[str, str]
Found = list[tuple[Labels, Target]]
Chosen = Mapping[Selection, Iterable[str]]


def scraping(queries: Iterable[Expanded], chosen: Chosen, programs: Programs) -> Evidence:
    """What the scrapes show, for the checks that judge it."""
    wanted = [it for it in chosen if it.matchers] or list(chosen)
    targets = [
        (labels, it)
        for labels, it in _targets(programs)
        if any(_is_chosen(labels, one) for one in wanted)
    ]
    return Evidence(
        programs.server.shown,
        scraping=Scraping(
            targets=tuple(it for _, it in targets),
            windows=tuple(dict.fromkeys(_windows(queries, targets, programs))),
            processes=tuple(processes(chosen, programs)),
            twins=tuple(dict.fromkeys(twins(chosen, programs))),
            renamed=tuple(sorted(programs.renamed)),
        ),
    )


def _targets(programs: Programs) -> Iterator[tuple[Labels, Target]]:
    found = programs.server.status("targets", state="active")
    active = found.get("activeTargets") if isinstance(found, Mapping) else None
    for it in active if isinstance(active, list) else ():
        labels = it.get("labels") if isinstance(it, Mapping) else None
        if isinstance(labels, Mapping):
            yield labels, _target(labels, it)


def _target(labels: Labels, found: Mapping[str, Any]) -> Target:
    return Target(
        str(labels.get("job", "")),
        str(labels.get("instance", "")),
        found.get("health") != "down",
        hidden(str(found.get("lastError") or "")),
        _seconds(found.get("scrapeInterval")),
        _seconds(found.get("scrapeTimeout")),
        float(found.get("lastScrapeDuration") or 0),
    )


def _seconds(text: object) -> float:
    return seconds(str(text)) if is_duration(text) else 0.0


def _is_chosen(labels: Labels, chosen: Selection) -> bool:
    return all(matches(op, value, (labels.get(it, ""),)) for it, op, value in chosen.matchers)


def _windows(queries: Iterable[Expanded], targets: Found, programs: Programs) -> Iterator[Window]:
    """The ranges of all queries, beside the slowest target that each asks about."""
    for query in queries:
        tree = query.query.reading.tree
        for node in nodes(tree) if tree is not None else ():
            if kind(node) != "MatrixSelector":
                continue
            chosen = programs.labels.selection(series(node)[0])
            asked = [it for labels, it in targets if _is_chosen(labels, chosen)]
            slowest = max(asked, key=lambda it: it.interval, default=None)
            if slowest and slowest.interval:
                length = node.range.total_seconds()
                yield Window(query.query.place, length, slowest.interval, slowest.job)
