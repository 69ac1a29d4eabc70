"""What a program exposes, read from its metrics as text: a small catalogue instead of the samples.

https://prometheus.io/docs/instrumenting/exposition_formats/, and OpenMetrics.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite, isnan

from tailboard.metrics.sample import parse_sample, parse_type_comment
from tailboard.publish.errors import TailboardError

MAX_VALUES = 1000
"""How many values of one label are kept; beyond that, any value may be among them."""

MAX_VALUE_LENGTH = 1000
MAX_NOTES = 3

SUFFIXES = {
    "counter": ("", "_total"),
    "histogram": ("_bucket", "_count", "_sum"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum"),
    "info": ("", "_info"),
}
"""What the series of a family are called, by its type; the others are called like the family."""

FAMILY_SUFFIX = re.compile(r"_(total|bucket|count|sum|info|gcount|gsum)$")
NUMERIC_LABELS = {"le", "quantile"}
FINITE_NUMBER = re.compile(r"[-+\d.][\d.e+-]*$")


@dataclass
class LabelValues:
    """The values of one label; with `more`, some that were not kept."""

    known_values: set[str] = field(default_factory=set)
    series_count: int = 0
    is_incomplete: bool = False

    def add_value(self, value: str) -> None:
        """Count a series with this value."""
        self.series_count += 1
        if value in self.known_values:
            return
        if len(self.known_values) < MAX_VALUES and len(value) <= MAX_VALUE_LENGTH:
            self.known_values.add(value)
        else:
            self.is_incomplete = True


@dataclass
class MetricSeries:
    """The series of one name: how many, and the values of each label."""

    series_count: int = 0
    labels: dict[str, LabelValues] = field(default_factory=dict)
    total: float = 0.0
    """The finite values, added up."""

    buckets: dict[float, tuple[float, int]] = field(default_factory=dict)
    """Of each bound (`1` is `1.0`): the counts, added up, and of how many series."""

    def add_series(self, labels: Mapping[str, str], value: float | None) -> None:
        """Count a series; the value is None where it is no number."""
        self.series_count += 1
        for label, text in labels.items():
            if text:  # an empty label is none
                self.labels.setdefault(label, LabelValues()).add_value(text)
        if value is None or not isfinite(value):
            return
        self.total += value
        bound = _parse_bound(labels["le"]) if "le" in labels else None
        if bound is not None and (bound in self.buckets or len(self.buckets) < MAX_VALUES):
            bucket_total, bucket_series = self.buckets.get(bound, (0.0, 0))
            self.buckets[bound] = (bucket_total + value, bucket_series + 1)

    def has_possible_match(self, label: str, op: str, pattern: str) -> bool:
        """Whether a series has a value of the label that a matcher wants."""
        values = self.labels.get(label, LabelValues())
        candidates = values.known_values | (
            {""} if values.series_count < self.series_count else set()
        )
        if label in NUMERIC_LABELS:  # as any version of Prometheus may write them
            candidates |= {
                f"{float(text):{form}}"
                for text in candidates
                if FINITE_NUMBER.match(text)
                for form in ("", "g")
            }
        return values.is_incomplete or has_match(op, pattern, candidates)


@dataclass
class Catalogue:
    """Series by name, families by name with their types, and what was wrong with the texts."""

    metrics: dict[str, MetricSeries] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)
    """Where the series of each name are from."""

    declarations: dict[str, MetricSeries] = field(default_factory=dict)
    """Series that a registry will have: their labels and bounds are known, the values are not."""

    @property
    def series_count(self) -> int:
        """How many series there are."""
        return sum(metric.series_count for metric in self.metrics.values())

    def find_metric(self, name: str) -> MetricSeries | None:
        """The labels of a series: of those that there are, else as they are declared."""
        return self.metrics.get(name) or self.declarations.get(name)

    @property
    def names(self) -> set[str]:
        """The series that there are, and those of which a registry knows that they will come."""
        return {*self.metrics, *self.declarations}

    def is_eventless(self, name: str) -> bool:
        """Whether the series belongs to a family that is declared, and has no series at all."""
        for family in {name, FAMILY_SUFFIX.sub("", name)} & {*self.families}:
            series_names = list_series_names(family, self.families[family])
            if name in series_names and not any(
                series_name in self.metrics for series_name in series_names
            ):
                return True
        return False

    def is_creation_time(self, name: str) -> bool:
        """Whether a series only says since when another one counts."""
        base = name.removesuffix("_created")
        kinds = (self.families.get(base), self.families.get(f"{base}_total"))
        return base != name and any(kind in {"counter", "histogram", "summary"} for kind in kinds)


def read_exposition(lines: Iterable[bytes], catalogue: Catalogue, source: str) -> None:
    """Add what the lines say to the catalogue; `where` they are from is for the messages."""
    skipped_lines: list[tuple[int, bool]] = []
    is_empty, has_metrics = True, False
    series_counts = {name: metric.series_count for name, metric in catalogue.metrics.items()}
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").removeprefix("\ufeff" if number == 1 else "").strip()
        if not text:
            continue
        if text.startswith("#"):
            has_metrics |= _add_family(text, catalogue)
        elif _add_sample(text, catalogue):
            has_metrics = True
        else:
            skipped_lines.append((number, line.endswith(b"\n")))
        is_empty = False
    if is_empty:
        raise TailboardError(f"{source} is empty", tip="ask the program for its /metrics again.")
    if not has_metrics:
        raise TailboardError(f"{source} holds no metrics", tip="name what the program exposes.")
    catalogue.notes += _describe_skipped_lines(skipped_lines, source)
    for name, metric in catalogue.metrics.items():
        if metric.series_count != series_counts.get(name):
            catalogue.sources.setdefault(name, []).append(source)


def list_series_names(family: str, kind: str) -> set[str]:
    """What the series of a family are called."""
    return {f"{family}{suffix}" for suffix in SUFFIXES.get(kind, ("",))}


def has_match(op: str, pattern: str, values: Iterable[str]) -> bool:
    """Whether one of the values is as a matcher wants it."""
    if op in {"=", "!="}:
        return any((value == pattern) == (op == "=") for value in values)
    regex = _compile_pattern(pattern)
    return regex is None or any(bool(regex.fullmatch(value)) == (op == "=~") for value in values)


@lru_cache(maxsize=1024)
def _compile_pattern(text: str) -> re.Pattern[str] | None:
    """The regular expression; None if only Prometheus can read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text, re.DOTALL)
        except (re.error, RecursionError, OverflowError):
            return None


def _parse_bound(le: str) -> float | None:
    """The bound of a bucket, however it is written; None if it is no number."""
    try:
        bound = float(le)
    except ValueError:
        return None
    return None if isnan(bound) else bound


def _add_family(text: str, catalogue: Catalogue) -> bool:
    """Whether the comment declares a family."""
    declaration = parse_type_comment(text)
    if declaration:
        catalogue.families[declaration[0]] = declaration[1]
    return declaration is not None


def _add_sample(text: str, catalogue: Catalogue) -> bool:
    """Whether the line is a sample; then it is counted."""
    parsed_sample = parse_sample(text)
    if parsed_sample is None:
        return False
    catalogue.metrics.setdefault(parsed_sample.name, MetricSeries()).add_series(
        parsed_sample.labels, parsed_sample.value
    )
    return True


def _describe_skipped_lines(skipped_lines: list[tuple[int, bool]], source: str) -> list[str]:
    """What was skipped; only the last line may lack its end."""
    if not skipped_lines:
        return []
    number, is_whole = skipped_lines[-1]
    if len(skipped_lines) == 1 and not is_whole:
        return [f"{source} is cut off in line {number}: what came after it is not compared"]
    numbers = ", ".join(str(line_number) for line_number, _ in skipped_lines[:MAX_NOTES])
    suffix = " and others" if len(skipped_lines) > MAX_NOTES else ""
    lines = f"line{'s' if len(skipped_lines) > 1 else ''} {numbers}{suffix}"
    return [f"{source}: {lines} cannot be read; Prometheus would refuse all of it"]
