"""What a program exposes, read from its metrics as text: a small catalogue instead of the samples.

https://prometheus.io/docs/instrumenting/exposition_formats/, and OpenMetrics.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite, isnan

from tailboard.metrics.sample import declared, sample
from tailboard.publish.errors import TailboardError

MOST_VALUES = 1000
"""How many values of one label are kept; beyond that, any value may be among them."""

LONGEST_VALUE = 1000
MOST_NOTES = 3

SUFFIXES = {
    "counter": ("", "_total"),
    "histogram": ("_bucket", "_count", "_sum"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum"),
    "info": ("", "_info"),
}
"""What the series of a family are called, by its type; the others are called like the family."""

FAMILY = re.compile(r"_(total|bucket|count|sum|info|gcount|gsum)$")
NUMERIC = {"le", "quantile"}
FINITE = re.compile(r"[-+\d.][\d.e+-]*$")


@dataclass
class Values:
    """The values of one label; with `more`, some that were not kept."""

    known: set[str] = field(default_factory=set)
    series: int = 0
    more: bool = False

    def add(self, value: str) -> None:
        """Count a series with this value."""
        self.series += 1
        if value in self.known:
            return
        if len(self.known) < MOST_VALUES and len(value) <= LONGEST_VALUE:
            self.known.add(value)
        else:
            self.more = True


@dataclass
class Exposed:
    """The series of one name: how many, and the values of each label."""

    series: int = 0
    labels: dict[str, Values] = field(default_factory=dict)
    total: float = 0.0
    """The finite values, added up."""

    buckets: dict[float, tuple[float, int]] = field(default_factory=dict)
    """Of each bound (`1` is `1.0`): the counts, added up, and of how many series."""

    def count(self, labels: Mapping[str, str], value: float | None) -> None:
        """Count a series; the value is None where it is no number."""
        self.series += 1
        for label, text in labels.items():
            if text:  # an empty label is none
                self.labels.setdefault(label, Values()).add(text)
        if value is None or not isfinite(value):
            return
        self.total += value
        bound = _bound(labels["le"]) if "le" in labels else None
        if bound is not None and (bound in self.buckets or len(self.buckets) < MOST_VALUES):
            counted, series = self.buckets.get(bound, (0.0, 0))
            self.buckets[bound] = (counted + value, series + 1)

    def may_have(self, label: str, op: str, wanted: str) -> bool:
        """Whether a series has a value of the label that a matcher wants."""
        values = self.labels.get(label, Values())
        found = values.known | ({""} if values.series < self.series else set())
        if label in NUMERIC:  # as any version of Prometheus may write them
            found |= {
                f"{float(it):{form}}" for it in found if FINITE.match(it) for form in ("", "g")
            }
        return values.more or matches(op, wanted, found)


@dataclass
class Catalogue:
    """Series by name, families by name with their types, and what was wrong with the texts."""

    metrics: dict[str, Exposed] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)
    """Where the series of each name are from."""

    declared: dict[str, Exposed] = field(default_factory=dict)
    """Series that a registry will have: their labels and bounds are known, the values are not."""

    @property
    def series(self) -> int:
        """How many series there are."""
        return sum(it.series for it in self.metrics.values())

    def shape(self, name: str) -> Exposed | None:
        """The labels of a series: of those that there are, else as they are declared."""
        return self.metrics.get(name) or self.declared.get(name)

    @property
    def names(self) -> set[str]:
        """The series that there are, and those of which a registry knows that they will come."""
        return {*self.metrics, *self.declared}

    def silent(self, name: str) -> bool:
        """Whether the series belongs to a family that is declared, and has no series at all."""
        for family in {name, FAMILY.sub("", name)} & {*self.families}:
            named = parts(family, self.families[family])
            if name in named and not any(it in self.metrics for it in named):
                return True
        return False

    def created(self, name: str) -> bool:
        """Whether a series only says since when another one counts."""
        base = name.removesuffix("_created")
        kinds = (self.families.get(base), self.families.get(f"{base}_total"))
        return base != name and any(it in {"counter", "histogram", "summary"} for it in kinds)


def read(lines: Iterable[bytes], catalogue: Catalogue, where: str) -> None:
    """Add what the lines say to the catalogue; `where` they are from is for the messages."""
    bad: list[tuple[int, bool]] = []
    empty, known = True, False
    before = {name: it.series for name, it in catalogue.metrics.items()}
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").removeprefix("\ufeff" if number == 1 else "").strip()
        if not text:
            continue
        if text.startswith("#"):
            known |= _comment(text, catalogue)
        elif _sample(text, catalogue):
            known = True
        else:
            bad.append((number, line.endswith(b"\n")))
        empty = False
    if empty:
        raise TailboardError(f"{where} is empty", tip="ask the program for its /metrics again.")
    if not known:
        raise TailboardError(f"{where} holds no metrics", tip="name what the program exposes.")
    catalogue.notes += _notes(bad, where)
    for name, it in catalogue.metrics.items():
        if it.series != before.get(name):
            catalogue.sources.setdefault(name, []).append(where)


def parts(family: str, kind: str) -> set[str]:
    """What the series of a family are called."""
    return {f"{family}{it}" for it in SUFFIXES.get(kind, ("",))}


def matches(op: str, wanted: str, values: Iterable[str]) -> bool:
    """Whether one of the values is as a matcher wants it."""
    if op in {"=", "!="}:
        return any((it == wanted) == (op == "=") for it in values)
    pattern = _pattern(wanted)
    return pattern is None or any(bool(pattern.fullmatch(it)) == (op == "=~") for it in values)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str] | None:
    """The regular expression; None if only Prometheus can read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text, re.DOTALL)
        except (re.error, RecursionError, OverflowError):
            return None


def _bound(le: str) -> float | None:
    """The bound of a bucket, however it is written; None if it is no number."""
    try:
        found = float(le)
    except ValueError:
        return None
    return None if isnan(found) else found


def _comment(text: str, catalogue: Catalogue) -> bool:
    """Whether the comment declares a family."""
    found = declared(text)
    if found:
        catalogue.families[found[0]] = found[1]
    return found is not None


def _sample(text: str, catalogue: Catalogue) -> bool:
    """Whether the line is a sample; then it is counted."""
    found = sample(text)
    if found is None:
        return False
    catalogue.metrics.setdefault(found.name, Exposed()).count(found.labels, found.value)
    return True


def _notes(bad: list[tuple[int, bool]], where: str) -> list[str]:
    """What was skipped; only the last line may lack its end."""
    if not bad:
        return []
    number, whole = bad[-1]
    if len(bad) == 1 and not whole:
        return [f"{where} is cut off in line {number}: what came after it is not compared"]
    shown = ", ".join(str(it) for it, _ in bad[:MOST_NOTES])
    more = " and others" if len(bad) > MOST_NOTES else ""
    lines = f"line{'s' if len(bad) > 1 else ''} {shown}{more}"
    return [f"{where}: {lines} cannot be read; Prometheus would refuse all of it"]
