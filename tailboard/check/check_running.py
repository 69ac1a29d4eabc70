"""Running checks: the check says what misleads about a metric, this says where and how bad."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tailboard.check.evidence import Evidence
from tailboard.findings.finding import Finding, Place, Severity
from tailboard.metrics.distribution import Distribution, better
from tailboard.metrics.quantity import pasted
from tailboard.publish.counted import counted
from tailboard.queries.percentiles import Percentile

MOST_NAMED = 3


@dataclass(frozen=True)
class Said:
    """What is wrong with a metric, or with one of its labels, and what to do about it.

    Where it is less certain than the check is as a rule, it has a severity of its own.
    """

    metric: str
    problem: str
    tip: str
    label: str = ""
    severity: Severity | None = None


@dataclass(frozen=True)
class Check:
    """One thing that metrics must get right for the queries that ask for them.

    `page` says why, with a bad and a good example. What a check in `unless` said of the same label,
    or of the same metric, is not said again; it has to run before.
    """

    name: str
    severity: Severity
    summary: str
    page: str | None
    judge: Callable[[Evidence], Iterable[Said]]
    unless: tuple[str, ...] = ()


def findings(evidence: Evidence, checks: Iterable[Check]) -> Iterator[Finding]:
    """Everything that these checks find, check by check; the place is a metric and its label.

    Of a metric that is wrong, what else its numbers seem to say is left out.
    """
    wrong: set[str] = set()
    said: dict[str, set[str]] = {}
    for check in checks:
        already = {it for name in check.unless for it in said.get(name, ())}
        here = said.setdefault(check.name, set())
        for it in check.judge(evidence):
            about = it.label or it.metric
            if about not in already and (it.label or it.metric not in wrong):
                place = Place(evidence.source(it.metric), "", it.metric, it.label)
                severity = it.severity or check.severity
                yield Finding(check.name, severity, place, it.problem, it.tip)
            here.add(about)
            if check.severity == "error":
                wrong.add(it.metric)


def by_histogram(evidence: Evidence) -> dict[str, list[Percentile]]:
    """The percentiles that are asked for, of each histogram that has something to tell."""
    found: dict[str, list[Percentile]] = {}
    for it in evidence.percentiles:
        if it.histogram in evidence.distributions and evidence.distributions[it.histogram].total:
            found.setdefault(it.histogram, []).append(it)
    return found


def shown_in(asked: Iterable[Percentile]) -> str:
    """How many panels and rules it concerns, and the first of them."""
    panels = list(dict.fromkeys(f"{it.place.dashboard}: {it.place.panel}" for it in asked))
    return f"in {counted(len(panels), 'panel or rule', 'panels and rules')}: {named(panels)}"


def proposed(observed: Distribution, asked: Iterable[Percentile]) -> str:
    """Better buckets, as they are pasted into a program."""
    thresholds = {it for one in asked for it in one.thresholds}
    return f"buckets={pasted(better(observed, thresholds))}"


def named(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """The first of some names, and how many more there are."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}"
