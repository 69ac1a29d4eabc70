"""What the rules of a run record, and why a server does not have it."""

from collections.abc import Iterable, Mapping

from publish.exposition import matches
from publish.prometheus.programs import Programs
from publish.prometheus.selection import LONGEST, Matcher, Selection
from publish.promql_reading import Series
from publish.selecting import listed, nearest
from publish.state import EVENTLESS, NO_LABEL, Answer
from publish.subject import Subject

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

Labels = Mapping[str, str]
Recordings = Mapping[str, tuple[Labels, ...]]
"""The labels that each recording rule adds, by the name of what it records."""


def recordings(subjects: Iterable[Subject]) -> Recordings:
    """What the rules of these subjects record."""
    found: dict[str, tuple[Labels, ...]] = {}
    for _, rule in (it for subject in subjects for it in subject.rules):
        if "record" in rule:
            name, labels = str(rule["record"]), rule.get("labels") or {}
            made = {label: str(value) for label, value in labels.items()}
            found[name] = (*found.get(name, ()), made)
    return found


def unrecorded(asked: Series, made: Iterable[Labels], programs: Programs) -> Answer | None:
    """Why the server has no series of a selector of what rules record; None where it has."""
    made = tuple(made)
    chosen = tuple(
        sorted(it for it in set(asked.matchers) if it[0] != "__name__" and len(it[2]) <= LONGEST)
    )
    if asked.name in programs.names(Selection(chosen)):
        return None
    fitting = [it for it in made if _fit(it, chosen)]
    if fitting and not any(asked.name in programs.names(_of(it)) for it in fitting):
        loaded = (it for name, it in programs.recording if name == asked.name)
        return RECORDLESS if any(_fit(it, chosen) for it in loaded) else UNLOADED
    return _without_value(chosen, made, programs)


def _without_value(
    chosen: Iterable[Matcher], made: tuple[Labels, ...], programs: Programs
) -> Answer | None:
    """Whether a label that every series has lacks the value; of others it may still happen."""
    for label, op, value in chosen:
        given = [it[label] for it in made if label in it]
        known = given if len(given) == len(made) else []
        if label in programs.target_labels:
            known = [*given, *programs.values(label)]
        if known and not matches(op, value, known):
            there = sorted({*known, *programs.values(label)})
            tip = nearest(value, there) or listed("there is", there)
            return Answer(NO_LABEL, f'no series has {label}{op}"{value}"', tip)
    return None


def _fit(labels: Labels, chosen: Iterable[Matcher]) -> bool:
    return all(matches(op, value, (labels[it],)) for it, op, value in chosen if it in labels)


def _of(labels: Labels) -> Selection:
    return Selection(tuple(sorted((label, "=", value) for label, value in labels.items())))
