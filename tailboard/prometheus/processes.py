"""What became of the processes behind targets within an hour: starts, and whether counters fell."""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from tailboard.check.scraping import Processes
from tailboard.prometheus.answers import RefusedError
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import Selection, selector

HOUR = "1h"
MOST_COUNTERS = 5
"""So many counters are looked at to see whether they fall."""

ENOUGH = 100
"""So much a process that has just started has not counted when it is first scraped."""

SKEW = 60
"""Seconds by which the clocks of a program and of Prometheus may differ."""

START = "process_start_time_seconds"
OF_THE_PROCESS = ("process_", "python_")
COUNTED = {"histogram", "summary"}

Instance = tuple[str, str]


def processes(chosen: Mapping[Selection, Iterable[str]], programs: Programs) -> Iterator[Processes]:
    """Of each instance that started again, or of which a counter fell."""
    for it, names in sorted(chosen.items()):
        if it.matchers:
            yield from _of(it, counters(names, programs.families(it)), programs)


def counters(names: Iterable[str], families: Mapping[str, str]) -> list[str]:
    """What may only fall when its process starts again, as far as names and types tell."""
    return [
        it
        for it in sorted(names)
        if not it.startswith(OF_THE_PROCESS)
        and (_is_total(it, families) or families.get(it.removesuffix("_count")) in COUNTED)
    ][:MOST_COUNTERS]


def _is_total(name: str, families: Mapping[str, str]) -> bool:
    declared = families.get(name) or families.get(name.removesuffix("_total"), "counter")
    return name.endswith("_total") and declared in {"counter", "unknown", "untyped"}


def _of(chosen: Selection, names: list[str], programs: Programs) -> Iterator[Processes]:
    start = selector(chosen.matchers, START)
    starts = _by_instance(f"changes({start}[{HOUR}])", programs)
    back = _by_instance(f"resets({start}[{HOUR}])", programs)
    fell = _fell(chosen, names, programs)
    up = selector(chosen.matchers, "up")
    scrapes = _by_instance(f"count_over_time({up}[{HOUR}])", programs) if names else {}
    for it in sorted({*starts, *back, *fell}):
        resets, counter = fell.get(it, (0, ""))
        if starts.get(it) or back.get(it) or resets:
            yield Processes(
                *it,
                starts=starts.get(it, 0),
                back=back.get(it, 0),
                resets=resets,
                scrapes=scrapes.get(it, 0),
                counter=counter,
                tells_start=it in starts,
                kept=_kept(chosen, it, names, programs) if starts.get(it) and not resets else "",
            )


def _fell(
    chosen: Selection, names: list[str], programs: Programs
) -> dict[Instance, tuple[int, str]]:
    """How often the counter of each instance fell that fell most, and which one it is.

    One after another: together, they may have the same labels, which Prometheus refuses.
    """
    found: dict[Instance, tuple[int, str]] = {}
    for name in names:
        of = selector(chosen.matchers, name)
        for instance, resets in _by_instance(f"resets({of}[{HOUR}])", programs).items():
            if resets > found.get(instance, (0, ""))[0]:
                found[instance] = (resets, name)
    return found


def _kept(chosen: Selection, of: Instance, names: list[str], programs: Programs) -> str:
    """A counter that was as high as before when its process had started again."""
    matchers = (*chosen.matchers, ("job", "=", of[0]), ("instance", "=", of[1]))
    age = _by_instance(f"time() - {selector(matchers, START)}", programs).get(of, 0)
    for name in names if age > 0 else ():
        series = selector(matchers, name)
        before = f"last_over_time({series}[{HOUR}] offset {age + SKEW}s)"
        after = f"min_over_time({series}[{age}s])"
        if _by_instance(f"{after} >= {before} >= {ENOUGH}", programs):
            return name
    return ""


def _by_instance(expression: str, programs: Programs) -> dict[Instance, int]:
    """The largest number of each instance; none where the server refuses to count."""
    try:
        lines = programs.server.instant(f"max by (job, instance) ({expression})").lines
    except RefusedError:
        return {}
    return {
        (it.labels.get("job", ""), it.labels.get("instance", "")): int(it.points[-1][1])
        for it in lines
        if isfinite(it.points[-1][1])
    }
