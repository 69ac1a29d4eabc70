"""Targets behind which one process is, so that all that it counts is there several times."""

from collections.abc import Iterable, Iterator, Mapping

from tailboard.check.scraping import Twins
from tailboard.prometheus.answers import Line, RefusedError
from tailboard.prometheus.processes import START, counters
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import Selection, selector

AGO = "2m"
"""Longer than from one scrape to another: of one process no target is behind by more."""

MOST_SERIES = 2000

Labels = frozenset[tuple[str, str]]
Counts = dict[Labels, float]


def twins(chosen: Mapping[Selection, Iterable[str]], programs: Programs) -> Iterator[Twins]:
    """Instances whose process started at the same hundredth of a second, and counts the same."""
    for it, names in sorted(chosen.items()):
        if it.matchers:
            yield from _of(it, counters(names, programs.families(it)), programs)


def _of(chosen: Selection, names: list[str], programs: Programs) -> Iterator[Twins]:
    started: dict[tuple[str, float], list[str]] = {}
    for line in _lines(selector(chosen.matchers, START), programs):
        job, instance = (line.labels.get(it, "") for it in ("job", "instance"))
        started.setdefault((job, line.points[-1][1]), []).append(instance)
    for (job, _), instances in sorted(started.items()):
        if len(instances) > 1 and names:
            of_job = Selection((*chosen.matchers, ("job", "=", job)))
            now, before = (_counts(of_job, names, ago, programs) for ago in ("", f" offset {AGO}"))
            yield from (Twins(job, it) for it in _alike(sorted(instances), now, before))


def _alike(
    instances: list[str], now: Mapping[str, Counts], before: Mapping[str, Counts]
) -> Iterator[tuple[str, ...]]:
    """Those that count the same, scraped one after the other."""

    def is_behind(one: str, other: str) -> bool:
        there = now.get(other, {})
        return all(it in there and count <= there[it] for it, count in before.get(one, {}).items())

    while instances:
        first, *others = instances
        counting = any(before.get(first, {}).values())
        same = [it for it in others if is_behind(first, it) and is_behind(it, first)]
        if counting and same:
            yield (first, *same)
        instances = [it for it in others if it not in same]


def _counts(chosen: Selection, names: list[str], ago: str, programs: Programs) -> dict[str, Counts]:
    """What each instance has counted: by the name and the labels of the program."""
    found: dict[str, Counts] = {}
    for name in names:
        for it in _lines(f"{selector(chosen.matchers, name)}{ago}", programs):
            given = it.labels.keys() - programs.labels.of_series(it.labels)
            own = {(label, it.labels[label]) for label in given}
            counts = found.setdefault(it.labels.get("instance", ""), {})
            counts[frozenset({*own, ("", name)})] = it.points[-1][1]
    return found


def _lines(expression: str, programs: Programs) -> tuple[Line, ...]:
    """The series; none where there are very many, or where the server refuses."""
    try:
        lines = programs.server.instant(expression, most=MOST_SERIES + 1).lines
    except RefusedError:
        return ()
    return lines if len(lines) <= MOST_SERIES else ()
