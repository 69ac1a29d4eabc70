"""Which convention a program follows, judged by label sets: four libraries share their names.

One exposition is one program, and gets one convention: the one that explains most of it. Where the
application lacks what that one has, or has what it lacks, single metrics are taken away or added.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from tailboard.init.presence import State, is_known, series_names, state, why_absent
from tailboard.init.recognised import Change, Recognised
from tailboard.init.variants import Variant, variants
from tailboard.metrics.exposition import Catalogue
from tailboard.panels.concept import (
    DURATION,
    OVERALL_DURATION,
    PUSH_FAILURE,
    REDIS_DURATION,
    REQUESTS,
    TASKS,
    Concept,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.conventions.process import PROCESS, without_process
from tailboard.panels.metric import Histogram, Metric, Role

OWN = Convention(name="own_metrics", library="own metrics", metrics={})
"""For a program that follows no convention."""

REQUEST_CONCEPTS = {REQUESTS, DURATION, OVERALL_DURATION}
COUNTED_ONLY = {REQUESTS, TASKS}
PUSHED_ONLY = {PUSH_FAILURE}
"""What only a convention of pushed metrics can have; nobody else misses it."""

OF_PROCESS = ("process_", "python_")
WORKERS = without_process("no process_* and python_* are exposed, as with several workers")

TELLING: Mapping[str, tuple[Role, Callable[[set[str]], bool]]] = {
    "fastapi_instrumentator": (Role.STATUS, lambda it: any("xx" in one for one in it)),
    "fastapi_instrumentator_ungrouped": (
        Role.STATUS,
        lambda it: any(re.fullmatch(r"\d{3}", one) for one in it),
    ),
    "litestar": (Role.ROUTE, lambda it: not any("{" in one for one in it)),
    "litestar_grouped": (Role.ROUTE, lambda it: any("{" in one for one in it)),
}
"""Where two conventions have the same names and labels: what the values of a label look like."""


def recognise(there: Catalogue) -> Recognised:
    """The convention that explains most of what there is, as this application has it."""
    candidates = [
        _Match(variant, variant.convention(), there)
        for known in CONVENTIONS
        for variant in variants(known, there)
    ]
    best = max((it for it in candidates if it.convincing), key=lambda it: it.rank, default=None)
    base = best.convention if best else OWN
    changes = dict(_changes(base, there))
    convention = base.evolve(metrics={concept: it.metric for concept, it in changes.items()})
    silent = (
        concept
        for concept, metric in convention.metrics.items()
        if state(metric, convention, there) is State.SILENT
    )
    absent = {concept: it.why for concept, it in changes.items() if it.metric is None}
    known = {*convention.metrics, *PUSHED_ONLY}
    lacking = {c: why for c, why in base.missing.items() if c not in known}
    found = Recognised(
        best.variant if best else None,
        changes,
        convention,
        frozenset(silent),
        {**absent, **lacking},
        tuple(_beside(candidates, convention)),
    )
    if not found.guesses_workers:
        return found
    return replace(found, missing={c: WORKERS.get(c, why) for c, why in found.missing.items()})


class _Match:
    """A variant of a convention beside a catalogue: how much of it is there."""

    def __init__(self, variant: Variant, convention: Convention, there: Catalogue) -> None:
        self.variant, self.convention, self.there = variant, convention, there
        states = {c: state(it, convention, there) for c, it in convention.metrics.items()}
        self.found = {
            it for it, metric in convention.metrics.items() if is_known(metric, convention, there)
        }
        self.own = self._names(self.found - {*PROCESS})
        absent = {it for it, found in states.items() if found is State.ABSENT}
        client = {c for c, metric in PROCESS.items() if convention.metrics.get(c) == metric}
        self._process = len(client & self.found), -len({*PROCESS} & absent)

    @property
    def convincing(self) -> bool:
        """Whether it may be more than a coincidence of one name."""
        least = 2 if self.variant.varied else 1
        asked = REQUEST_CONCEPTS & {*self.convention.metrics}
        return len(self.own) >= least and (not asked or bool(asked & self.found))

    @property
    def rank(self) -> tuple[Any, ...]:
        """What makes one convention the better explanation, most important first."""
        labels = sum(len(self.convention.metrics[it].labels) for it in self.found)
        return (
            bool(REQUEST_CONCEPTS & self.found),  # its labels and exclusions are for all of it
            len(self.own),
            not self.variant.varied,
            self._told(),
            labels,
            *self._process,
            -CONVENTIONS.index(self.variant.known),
        )

    def _names(self, concepts: set[Concept[Any]]) -> set[str]:
        return {self.convention.metrics[it].name for it in concepts}

    def _told(self) -> bool:
        """Whether the values of the telling label look as they should."""
        if self.convention.name not in TELLING or REQUESTS not in self.found:
            return True
        role, looks_right = TELLING[self.convention.name]
        metric = self.convention.metrics[REQUESTS]
        exposed = self.there.metrics.get(series_names(metric)[0])
        return exposed is None or looks_right(exposed.labels[metric.labels[role]].known)


def _changes(base: Convention, there: Catalogue) -> Iterator[tuple[Concept[Any], Change]]:
    """What the application has otherwise than the convention."""
    has_process = any(it.startswith(OF_PROCESS) for it in there.names)
    concepts = {it: None for known in (base, *CONVENTIONS) for it in known.metrics}
    for concept in concepts:
        metric = base.metrics.get(concept)
        why = why_absent(metric, base, there) if metric else ""
        if metric and not why:
            if bounds := _other_bounds(concept, metric, there):
                yield concept, Change(_rebucketed(metric, bounds), buckets=bounds)
            continue
        other = _elsewhere(concept, base, there)
        if other:
            found = other.metrics[concept]
            bounds = _other_bounds(concept, found, there)
            yield (
                concept,
                Change(_rebucketed(found, bounds) if bounds else found, why, other, bounds),
            )
        elif metric:
            several = concept in PROCESS and not has_process
            yield concept, Change(None, WORKERS[concept] if several else _explained(metric, why))


def _elsewhere(concept: Concept[Any], base: Convention, there: Catalogue) -> Convention | None:
    """Another convention whose metric for the concept is there; a side of the same program."""
    not_the_programs = concept in PROCESS and concept in base.missing
    if concept in REQUEST_CONCEPTS or not_the_programs or _pushes(base):
        return None
    for known in CONVENTIONS:
        metric = known.metrics.get(concept)
        if metric is None or known.matchers or _pushes(known):
            continue
        if is_known(metric, known, there):
            return known
    return None


def _pushes(known: Convention) -> bool:
    return any(isinstance(it, Histogram) and it.pushed for it in known.metrics.values())


def _explained(metric: Metric, why: str) -> str:
    """Why a metric is not there; some conventions know it."""
    return f"{why}. {metric.caution}" if metric.caution.startswith("Empty unless") else f"{why}."


def _other_bounds(concept: Concept[Any], metric: Metric, there: Catalogue) -> tuple[float, ...]:
    """The bounds of a histogram's buckets, if they are not those of the convention."""
    if not isinstance(metric, Histogram) or concept in COUNTED_ONLY or concept == REDIS_DURATION:
        return ()  # of Redis, each command has only the buckets that it filled
    bounds = finite_bounds(metric.name, there)
    return () if bounds == tuple(sorted(metric.buckets)) else bounds


def finite_bounds(name: str, there: Catalogue) -> tuple[float, ...]:
    """The finite bounds of a histogram's buckets, in its own unit."""
    exposed = there.shape(f"{name}_bucket")
    return tuple(sorted(it for it in exposed.buckets if isfinite(it))) if exposed else ()


def _rebucketed(metric: Metric, bounds: tuple[float, ...]) -> Metric:
    """The histogram with other buckets; what was said of the old ones is no longer true."""
    if not isinstance(metric, Histogram):
        return metric
    said = "" if "bucket" in metric.caution else metric.caution
    return replace(metric, buckets=bounds, exact=True, caution=said)


def _beside(candidates: list[_Match], chosen: Convention) -> Iterator[Convention]:
    """Conventions that explain two or more metrics which the chosen one does not."""
    known = {it.name for it in chosen.metrics.values()}
    left = sorted(
        (it for it in candidates if it.convincing and len(it.own - known) >= 2),
        key=lambda it: it.rank,
        reverse=True,
    )
    for match in left:
        if len(match.own - known) >= 2:
            known |= match.own
            yield match.convention
