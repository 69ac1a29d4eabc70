"""The state of a query that a server was asked, and why one gives nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from tailboard.check.checking import Selector, judged
from tailboard.check.selecting import ADDED, OWN, Known, Labels, listed, nearest, selected
from tailboard.check.state import (
    COLLIDES,
    DATA,
    EVENTLESS,
    GONE,
    NO_LABEL,
    NO_METRIC,
    NOT_CHECKED,
    QUERY_ERROR,
    TOO_MUCH,
    Answer,
)
from tailboard.metrics.exposition import Catalogue, matches
from tailboard.prometheus.asking import Outcome
from tailboard.prometheus.expanded import Expanded
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.relabelled import relabelled
from tailboard.prometheus.selection import Selection
from tailboard.prometheus.unrecorded import unrecorded
from tailboard.queries.promql_reading import Series, has_alternative, looks_back
from tailboard.queries.recorded import Recordings

WAIT = "nothing to do, if it has not happened yet; there is data as soon as it happens."
HONOR = "use the label with exported_, which is the program's; or scrape with honor_labels: true."
MOST_NAMELESS = 20
"""So many metrics are looked at for a selector that names none."""


def unasked(why: str) -> Answer:
    """The state of a query that was not asked, or whose silence was not looked into."""
    return Answer(NOT_CHECKED, why, "run it again when the server answers.")


def told(asked: Expanded, found: Outcome) -> Answer | None:
    """The state that the answer itself shows; None where there is no number."""
    if found.refused:
        return Answer(QUERY_ERROR, _because(asked, found.refused), "correct the expression.")
    if found.too_much and not (asked.query.in_rule and found.series):
        tip = "choose fewer with topk() or a matcher, or record it with a rule; see --timeout too."
        return Answer(TOO_MUCH, _because(asked, found.too_much), tip)
    return Answer() if found.numbers else None


def needed(asked: Iterable[Expanded], programs: Programs) -> dict[Selection, set[str]]:
    """The metrics that these queries name, by the targets that they choose."""
    found: dict[Selection, set[str]] = {}
    for it in asked:
        for series in it.query.selected:
            chosen = programs.labels.selection(series)
            found.setdefault(chosen, set()).update(_names(series, chosen, programs))
    return found


def explained(asked: Expanded, found: Outcome, programs: Programs, recorded: Recordings) -> Answer:
    """The state of a query; what it names is loaded already.

    Numbers may hide a mistake: the target's label instead of the program's, or `or vector(0)`.
    """
    known = _known(asked, programs, recorded)
    at_once = told(asked, found)

    def missing(it: Series) -> Answer | None:
        return _missing(it, asked, programs, known, recorded)

    def of(it: Series, by: Labels) -> Answer:
        return missing(it) or selected(it, by, known)

    if at_once is None:
        absent = (answer for it in asked.query.selected if (answer := missing(it)))
        return next(absent, None) or _empty(asked, found, programs, known)
    if at_once.state != DATA:
        return at_once
    filled_in = has_alternative(asked.query.reading.tree)
    static = _judged(asked, of if filled_in else partial(selected, known=known))
    hides = filled_in and static.state in {NO_METRIC, NO_LABEL}
    return static if hides or static.state == COLLIDES else at_once


def _judged(asked: Expanded, of: Selector) -> Answer:
    found = judged(asked.query, of)
    return replace(found, tip=HONOR) if found.state == COLLIDES else found


def _names(series: Series, chosen: Selection, programs: Programs) -> set[str]:
    if series.name:
        return {series.name} - OWN
    wanted = [(op, value) for label, op, value in series.matchers if label == "__name__"]
    there = programs.names(chosen) if wanted else ()
    named = [it for it in there if all(matches(op, value, (it,)) for op, value in wanted)]
    return set(sorted(named)[:MOST_NAMELESS])


def _known(asked: Expanded, programs: Programs, recorded: Iterable[str]) -> Known:
    """What the targets of all its selectors expose."""
    chosen = {programs.labels.selection(it) for it in asked.query.selected}
    there = Catalogue()
    unknown = {name for it in chosen for name in programs.unknown.get(it, ())}
    for it in sorted(chosen):
        one = programs.catalogue(it)
        there.families.update(one.families)
        for name, exposed in one.metrics.items():
            if name not in there.metrics or not there.metrics[name].series:
                there.metrics[name] = exposed
    labels = ADDED.union(*(programs.labels.of(it.matchers) for it in chosen))
    return Known(
        there,
        frozenset(unknown).union(recorded),
        frozenset(labels),
        frozenset(labels - ADDED),
        frozenset(),
        certain=True,
    )


def _empty(asked: Expanded, found: Outcome, programs: Programs, known: Known) -> Answer:
    static = _judged(asked, partial(selected, known=known))
    if static.state != DATA:
        problem = f"{static.problem}{_warned(found)}"
        return Answer(static.state, _because(asked, problem), static.tip)
    if "alert" in asked.query.target:
        return Answer()
    return _gone(asked, found, programs) or _eventless(asked, found)


def _missing(
    series: Series, asked: Expanded, programs: Programs, known: Known, recorded: Recordings
) -> Answer | None:
    """Whether there is nothing to expect: no such targets, none up, a rule not loaded."""
    if series.name in recorded:
        found = unrecorded(series, recorded[series.name], programs)
        return found and replace(found, problem=_because(asked, found.problem))
    chosen = programs.labels.selection(series)
    if not chosen.matchers or series.name in known.recorded:
        return None
    if not programs.names(chosen):
        return _no_targets(chosen, asked, programs)
    if series.name not in OWN and programs.are_down(chosen):
        tip = "start the program, or look why it cannot be scraped, at Status > Targets."
        return Answer(GONE, _because(asked, f"all targets of {chosen} are down"), tip)
    found = relabelled(series.name, chosen, programs)
    return found and replace(found, problem=_because(asked, found.problem))


def _no_targets(chosen: Selection, asked: Expanded, programs: Programs) -> Answer:
    for label, op, value in chosen.matchers:
        there = programs.values(label)
        if not matches(op, value, there):
            near = nearest(value, there) or listed("there is", there)
            problem = f'no series has {label}{op}"{value}"'
            return Answer(NO_LABEL, _because(asked, problem), near)
    problem = f"no series has all of {chosen}"
    return Answer(NO_LABEL, _because(asked, problem), "see which targets have these labels.")


def _gone(asked: Expanded, found: Outcome, programs: Programs) -> Answer | None:
    """Whether a metric that there was within the hour has no series any more."""
    for it in asked.query.selected:
        chosen = programs.labels.selection(it)
        there = it.name in programs.names(chosen) and it.name not in OWN
        if there and not programs.has_now(chosen, it.name):
            last = f"; the last was at {_clock(found.last)}" if found.last else ""
            of = f" of {chosen}" if chosen.matchers else ""
            tip = "see that the program runs, is scraped, and still exposes it."
            problem = f"{it.name} has no series{of} now{last}"
            return Answer(GONE, _because(asked, problem), tip)
    return None


def _eventless(asked: Expanded, found: Outcome) -> Answer:
    if found.last:
        problem = f"nothing now; the last was at {_clock(found.last)}"
    elif found.series:
        problem = "there are series, but no numbers: nothing is divided by nothing"
    elif looks_back(asked.query.reading.tree):
        problem = "the server has nothing yet from that long ago"
    else:
        problem = "all that it names is there, and nothing comes of it now"
    return Answer(EVENTLESS, _because(asked, f"{problem}{_warned(found)}"), WAIT)


def _warned(found: Outcome) -> str:
    """What is missing may be what the server could not read."""
    return f" (the server warns: {found.warned})" if found.warned else ""


def _because(asked: Expanded, problem: str) -> str:
    return f"{problem}; {asked.why_empty}" if asked.why_empty else problem


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M} UTC"
