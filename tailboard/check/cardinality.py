"""How many series there are, of which metric, and because of which label."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tailboard.check.check_running import Said, named
from tailboard.check.evidence import Evidence, family
from tailboard.metrics.exposition import MOST_VALUES, Values
from tailboard.metrics.identifiers import masked
from tailboard.publish.counted import counted

BY_DESIGN = ("_info",)
"""Endings of metrics whose one series says what runs, with ids if need be."""

OWN = {"le", "quantile"}


@dataclass(frozen=True)
class Count:
    """The series of a metric, a histogram's parts together; the values of each label.

    `sets` are the different sets of labels: a histogram has many series for each.
    """

    metric: str
    series: int
    sets: int
    labels: dict[str, int]

    def shown(self, label: str) -> str:
        """How many values a label has, as far as they are counted."""
        values = self.labels[label]
        return f"more than {MOST_VALUES}" if values > MOST_VALUES else str(values)


@dataclass(frozen=True)
class Holding:
    """A label with values that it should not have, and the metrics that have it."""

    label: str
    metrics: tuple[str, ...]
    values: tuple[str, ...]

    def said(self, what: str, tip: str, shown: Callable[[str], str] = masked) -> Said:
        """The problem, once for all metrics; of the values only what `shown` leaves of them."""
        others = len(self.metrics) - 1
        also = f", as in {counted(others, 'other metric')}" if others else ""
        problem = (
            f"{self.label} holds {what}: {named(dict.fromkeys(map(shown, self.values)))}{also}"
        )
        return Said(self.metrics[0], problem, tip, self.label)


def counts(evidence: Evidence) -> list[Count]:
    """Every metric, the one with the most series first."""
    parts: dict[str, list[str]] = {}
    for name in evidence.metrics:
        parts.setdefault(family(name, evidence.families), []).append(name)
    found = [_count(metric, names, evidence) for metric, names in parts.items()]
    return sorted(found, key=lambda it: (-it.series, it.metric))


def holding(evidence: Evidence, bad: Callable[[str, Values], Iterable[str]]) -> Iterator[Holding]:
    """The labels of which some values are bad, whatever metrics they are on."""
    found: dict[str, dict[str, None]] = {}
    values: dict[str, dict[str, None]] = {}
    for name, exposed in evidence.metrics.items():
        if name.endswith(BY_DESIGN):
            continue
        for label in exposed.labels.keys() - OWN:
            if some := list(bad(label, exposed.labels[label])):
                found.setdefault(label, {})[family(name, evidence.families)] = None
                values.setdefault(label, {}).update(dict.fromkeys(some))
    for label, metrics in sorted(found.items()):
        yield Holding(label, tuple(sorted(metrics)), tuple(values[label]))


def _count(metric: str, names: list[str], evidence: Evidence) -> Count:
    exposed = [evidence.metrics[it] for it in names]
    labels: dict[str, int] = {}
    for it in exposed:
        for label, values in it.labels.items():
            if label not in OWN:
                known = len(values.known) + values.more
                labels[label] = max(labels.get(label, 0), known)
    return Count(metric, sum(it.series for it in exposed), min(it.series for it in exposed), labels)
