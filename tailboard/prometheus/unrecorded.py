"""Why a server does not have what the rules of a run record."""

from collections.abc import Iterable, Mapping

from tailboard.check.selecting import listed, nearest
from tailboard.check.state import EVENTLESS, NO_LABEL, Answer
from tailboard.metrics.exposition import matches
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import LONGEST, Matcher, Selection
from tailboard.queries.promql_reading import Series
from tailboard.queries.recorded import Recorded, fit

RECORDLESS = Answer(
    EVENTLESS,
    "a rule of this run is to record it, and has had nothing to record yet",
    "see the state of the rules of this run.",
)
UNLOADED = Answer(
    EVENTLESS,
    "rules of this run record it, and the server has not loaded them yet",
    "load the rules into Prometheus, then check again.",
)


def unrecorded(asked: Series, made: Iterable[Recorded], programs: Programs) -> Answer | None:
    """Why the server has no series of a selector of what rules record; None where it has."""
    made = tuple(made)
    chosen = tuple(
        sorted(it for it in set(asked.matchers) if it[0] != "__name__" and len(it[2]) <= LONGEST)
    )
    if asked.name in programs.names(Selection(chosen)):
        return None
    fitting = [it for it in made if fit(it.labels, chosen)]
    if fitting and not any(asked.name in programs.names(_of(it.labels)) for it in fitting):
        loaded = (it for name, it in programs.recording if name == asked.name)
        return RECORDLESS if any(fit(it, chosen) for it in loaded) else UNLOADED
    return _without_value(chosen, made, programs)


def _without_value(
    chosen: Iterable[Matcher], made: tuple[Recorded, ...], programs: Programs
) -> Answer | None:
    """Whether a label that every series has lacks the value; of others it may still happen."""
    for label, op, value in chosen:
        given = [it.labels[label] for it in made if label in it.labels]
        known = given if len(given) == len(made) else []
        if label in programs.labels.of_any:
            known = [*given, *programs.values(label)]
        if known and not matches(op, value, known):
            there = sorted({*known, *programs.values(label)})
            tip = nearest(value, there) or listed("there is", there)
            return Answer(NO_LABEL, f'no series has {label}{op}"{value}"', tip)
    return None


def _of(labels: Mapping[str, str]) -> Selection:
    return Selection(tuple(sorted((label, "=", value) for label, value in labels.items())))
