"""The catalogue of what programs expose: series, labels and types instead of the samples."""

from collections.abc import KeysView, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, isnan

from tailboard.metrics.sample import Sample
from tailboard.metrics.scrape_verdict import Refusal
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.patterns import has_match

MAX_VALUES = 1000
"""How many values of one label are kept; beyond that, any value may be among them."""

MAX_VALUE_LENGTH = 1000
MAX_NAME_LENGTH = 1000
MAX_NAMES = 100_000
"""How many metrics, and how many families, one catalogue keeps; samples beyond are only counted."""

MAX_LABELS = 200_000
"""How many labels of all metrics together are kept."""

MAX_VALUE_BYTES = 128 * 1024 * 1024
"""How much memory the values and bucket bounds of all labels together may take, estimated."""

VALUE_OVERHEAD = 150
BOUND_OVERHEAD = 250
"""What a value and a bound take besides their text, in bytes."""

SUFFIXES = {
    "counter": ("", "_total"),
    "histogram": ("_bucket", "_count", "_sum"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum"),
    "info": ("", "_info"),
}
"""What the series of a family are called, by its type; the others are called like the family."""

EVENT_SUFFIXES = ("_total", "_count", "_bucket")
"""How the series of counters, histograms and summaries end that count events."""

ESCAPED_CHARACTER = declare_pattern(r"[^a-zA-Z0-9_]")

FAMILY_SUFFIX = declare_pattern(r"_(total|bucket|count|sum|info|gcount|gsum)$")
NUMERIC_LABELS = {"le", "quantile"}
FINITE_NUMBER = declare_pattern(r"[-+\d.][\d.e+-]*$")


@dataclass(slots=True)
class Capacity:
    """How much more a catalogue keeps, so that no exposition exhausts the machine's memory."""

    names: int = MAX_NAMES
    families: int = MAX_NAMES
    labels: int = MAX_LABELS
    value_bytes: int = MAX_VALUE_BYTES

    def reserve_value_bytes(self, size: int) -> bool:
        """Take room for a value of this many bytes; False where there is none."""
        if size > self.value_bytes:
            return False
        self.value_bytes -= size
        return True


@dataclass(slots=True)
class LabelValues:
    """The values of one label in the order seen, and what the series of each add up to.

    `is_incomplete` where some were not kept.
    """

    totals: dict[str, float] = field(default_factory=dict)
    series_count: int = 0
    is_incomplete: bool = False

    @property
    def known_values(self) -> KeysView[str]:
        """The values that were kept."""
        return self.totals.keys()

    def add_value(self, value: str, amount: float, capacity: Capacity) -> None:
        """Count a series with this value, which itself has that amount."""
        self.series_count += 1
        if value in self.totals:
            self.totals[value] += amount
        elif (
            len(self.totals) < MAX_VALUES
            and len(value) <= MAX_VALUE_LENGTH
            and capacity.reserve_value_bytes(VALUE_OVERHEAD + len(value))
        ):
            self.totals[value] = amount
        else:
            self.is_incomplete = True

    def add_values(self, other: "LabelValues") -> None:
        """Add the series of another program."""
        self.series_count += other.series_count
        self.is_incomplete |= other.is_incomplete
        for value, amount in other.totals.items():
            if value in self.totals or len(self.totals) < MAX_VALUES:
                self.totals[value] = self.totals.get(value, 0.0) + amount
            else:
                self.is_incomplete = True


@dataclass(slots=True)
class MetricSeries:
    """The series of one name: how many, and the values of each label."""

    series_count: int = 0
    labels: dict[str, LabelValues] = field(default_factory=dict)
    total: float = 0.0
    """The finite values, added up."""

    lowest: float = inf
    highest: float = -inf
    """The smallest and the largest of the finite values; beyond each other where there is none."""

    is_whole: bool = True
    """Whether all of the finite values are whole numbers."""

    buckets: dict[float, tuple[float, int]] = field(default_factory=dict)
    """Of each bound (`1` is `1.0`): the counts, added up, and of how many series."""

    def add_series(
        self, labels: Mapping[str, str], value: float | None, capacity: Capacity
    ) -> bool:
        """Count a series, of value None if it is no number; return whether all labels are kept."""
        self.series_count += 1
        has_all_labels = True
        amount = value if value is not None and isfinite(value) else 0.0
        for label, text in labels.items():
            if not text:  # an empty label is none
                continue
            if label not in self.labels:
                if not capacity.labels or len(label) > MAX_NAME_LENGTH:
                    has_all_labels = False
                    continue
                capacity.labels -= 1
                self.labels[label] = LabelValues()
            self.labels[label].add_value(text, amount, capacity)
        if value is None or not isfinite(value):
            return has_all_labels
        self.total += value
        self.lowest, self.highest = min(self.lowest, value), max(self.highest, value)
        self.is_whole &= value.is_integer()
        bound = _parse_bound(labels["le"]) if "le" in labels else None
        if bound is not None and (
            bound in self.buckets
            or (len(self.buckets) < MAX_VALUES and capacity.reserve_value_bytes(BOUND_OVERHEAD))
        ):
            bucket_total, bucket_series = self.buckets.get(bound, (0.0, 0))
            self.buckets[bound] = (bucket_total + value, bucket_series + 1)
        return has_all_labels

    def add_metric(self, other: "MetricSeries") -> None:
        """Add the series of another program."""
        self.series_count += other.series_count
        self.total += other.total
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)
        self.is_whole &= other.is_whole
        for label, values in other.labels.items():
            self.labels.setdefault(label, LabelValues()).add_values(values)
        for bound, (total, count) in other.buckets.items():
            bucket_total, bucket_series = self.buckets.get(bound, (0.0, 0))
            self.buckets[bound] = (bucket_total + total, bucket_series + count)

    def has_possible_match(self, label: str, op: str, pattern: str) -> bool:
        """Whether a series has a value of the label that a matcher wants."""
        values = self.labels.get(label, LabelValues())
        candidates = {*values.known_values}
        if values.series_count < self.series_count:
            candidates.add("")
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

    help_texts: dict[str, str] = field(default_factory=dict)
    """What is said of each family, as far as there is room for it."""

    declarations: dict[str, MetricSeries] = field(default_factory=dict)
    """Series that a registry will have: their labels and bounds are known, the values are not."""

    native_histograms: set[str] = field(default_factory=set)
    """Histograms that a server stores as one series each, and not, or not only, as buckets."""

    capacity: Capacity = field(default_factory=Capacity)
    dropped_count: int = 0
    """How many samples and types were not kept, or not with all labels, for want of capacity."""

    refusals: list[Refusal] = field(default_factory=list)
    """The scrapes that Prometheus would refuse."""

    refused_names: dict[str, Refusal] = field(default_factory=dict)
    """The metrics that those would have had."""

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

    @property
    def eventless_names(self) -> set[str]:
        """The series of families that are declared, and have no series at all."""
        return {
            name
            for family, kind in self.families.items()
            for name in list_series_names(family, kind)
            if self.is_eventless(name)
        }

    def is_creation_time(self, name: str) -> bool:
        """Whether a series only says since when another one counts.

        Such a one has its sibling's name and `_created`, whatever type is declared of either.
        """
        base = name.removesuffix("_created")
        if base == name:
            return False
        kinds = (self.families.get(base), self.families.get(f"{base}_total"))
        is_declared = any(kind in {"counter", "histogram", "summary"} for kind in kinds)
        return is_declared or any(f"{base}{suffix}" in self.names for suffix in EVENT_SUFFIXES)

    def name_escaped_families(self) -> None:
        """Call families as their series are called, where only these have an escaped name.

        prometheus-client writes `# TYPE shop:orders counter`, and the series `shop_orders_total`.
        """
        for family, kind in [*self.families.items()]:
            escaped_name = ESCAPED_CHARACTER.sub("_", family)
            has_series, has_escaped_series = (
                any(series in self.metrics for series in list_series_names(name, kind))
                for name in (family, escaped_name)
            )
            if escaped_name not in self.families and has_escaped_series and not has_series:
                self.families[escaped_name] = self.families.pop(family)

    def add_scrape(self, scrape: "Catalogue", source: str) -> None:
        """Add what one program exposes."""
        self.families.update(scrape.families)
        self.help_texts.update(scrape.help_texts)
        self.dropped_count += scrape.dropped_count
        for name, metric in scrape.metrics.items():
            self.sources.setdefault(name, []).append(source)
            if name in self.metrics:
                self.metrics[name].add_metric(metric)
            else:
                self.metrics[name] = metric

    def add_refusal(self, refusal: Refusal, scrape: "Catalogue") -> None:
        """Note that what a program exposes is refused, and what is missing for it."""
        self.refusals.append(refusal)
        for name in (*scrape.metrics, *scrape.families):
            self.refused_names.setdefault(name, refusal)

    def add_family(self, family: str, kind: str) -> None:
        """Note the type of a family, or that there is no room for it."""
        if family not in self.families:
            if not self.capacity.families or len(family) > MAX_NAME_LENGTH:
                self.dropped_count += 1
                return
            self.capacity.families -= 1
        self.families[family] = kind

    def add_help(self, family: str, text: str) -> None:
        """Note what is said of a family, if it is short and there is room for it."""
        size = VALUE_OVERHEAD + len(family) + len(text)
        is_short = len(family) <= MAX_NAME_LENGTH and len(text) <= MAX_VALUE_LENGTH
        if (
            is_short
            and len(self.help_texts) < MAX_NAMES
            and self.capacity.reserve_value_bytes(size)
        ):
            self.help_texts[family] = text

    def add_sample(self, sample: Sample) -> None:
        """Count a series, or that there is no room for it or for all of its labels."""
        metric = self.metrics.get(sample.name)
        if metric is None:
            if not self.capacity.names or len(sample.name) > MAX_NAME_LENGTH:
                self.dropped_count += 1
                return
            self.capacity.names -= 1
            metric = self.metrics[sample.name] = MetricSeries()
        if not metric.add_series(sample.labels, sample.value, self.capacity):
            self.dropped_count += 1


def list_series_names(family: str, kind: str) -> set[str]:
    """What the series of a family are called."""
    return {f"{family}{suffix}" for suffix in SUFFIXES.get(kind, ("",))}


def _parse_bound(le: str) -> float | None:
    """The bound of a bucket, however it is written; None if it is no number."""
    try:
        bound = float(le)
    except ValueError:
        return None
    return None if isnan(bound) else bound
