"""Metrics that no convention knows: which of them can be shown, and by which of their labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tailboard.check.rules.id_label import BOUNDED, SECRET, ids
from tailboard.init.presence import TOTAL
from tailboard.init.recognised import Recognised
from tailboard.metrics.exposition import FAMILY, Catalogue, Exposed, Values
from tailboard.metrics.identifiers import is_email, is_long_id, paths_with_ids
from tailboard.metrics.sample import METRIC
from tailboard.panels.matcher import LABEL_NAME

MOST_PANELS = 36
"""A few fewer than load well on one dashboard."""

MOST_VALUES = 20
MOST_LINES = 60
FEW_BUCKETS = 3
ADDED = {"le", "quantile", "job", "instance", "pid", "exported_job", "exported_instance"}
NOT_SPLITTING = ("otel_scope_", "service_instance_")
RUNTIME = ("process_", "python_", "cpython_", "go_", "promhttp_", "scrape_", "system_", "otel_")
CALLED_ID = re.compile(r"(^|_)(id|uuid|guid|e?mail)$")
LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True)
class OwnMetrics:
    """Names and the labels that split them; and the metrics without a panel, with the reason."""

    histograms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gauges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unshown: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.histograms or self.counters or self.gauges)

    def __len__(self) -> int:
        return len(self.histograms) + len(self.counters) + len(self.gauges)


def own_metrics(there: Catalogue, recognised: Recognised) -> OwnMetrics:
    """What is left when the conventions have explained what they can."""
    shown: dict[str, dict[str, tuple[str, ...]]] = {"histogram": {}, "counter": {}, "gauge": {}}
    unshown: dict[str, str] = {}
    explained, room = recognised.explained(), MOST_PANELS
    for name, kind in sorted(_families(there), key=lambda it: ([*shown, it[1]].index(it[1]), it)):
        series = _series(name, kind, there)
        if {series, name} & explained or name.startswith(RUNTIME) or there.created(name):
            continue
        why = _why_not(name, kind, series, recognised, there)
        panels = 2 if kind == "histogram" else 1
        if not why and panels > room:
            why = f"one dashboard shows at most {MOST_PANELS} panels"
        if why:
            unshown[name] = why
        else:
            room -= panels
            shown[kind][series.removesuffix("_count") if kind == "histogram" else series] = (
                splitting(_as_after_an_event(series, there))
            )
    return OwnMetrics(shown["histogram"], shown["counter"], shown["gauge"], unshown)


def _as_after_an_event(series: str, there: Catalogue) -> Exposed:
    """The labels of a series; of one without an event yet, nothing is known of their values."""
    if series in there.metrics or series not in there.declared:
        return there.metrics.get(series, Exposed())
    return Exposed(1, {label: Values(series=1) for label in there.declared[series].labels})


def splitting(exposed: Exposed) -> tuple[str, ...]:
    """The labels that are worth a line for each of their values: few values, and no identities."""
    usable = {
        label: max(1, len(values.known))
        for label, values in exposed.labels.items()
        if label not in ADDED and not label.startswith(NOT_SPLITTING) and _is_small(label, values)
    }
    kept: list[str] = []
    lines = 1
    for label, count in sorted(usable.items(), key=lambda it: (it[1] == 1, it[1], it[0])):
        if lines * count <= MOST_LINES and len(kept) < 3:
            lines *= count
            kept.append(label)
    return tuple(sorted(kept))


def _is_small(label: str, values: Values) -> bool:
    few = not values.more and len(values.known) <= MOST_VALUES
    many = _is_called_an_id(label) or ids(label, values) or _name_one_of_many(values.known)
    return few and not many and bool(LABEL_NAME.fullmatch(label))


def _is_called_an_id(label: str) -> bool:
    """Whether its name says that there will be many, however few they are now."""
    return bool(SECRET.search(label) or (CALLED_ID.search(label) and not BOUNDED.search(label)))


def _name_one_of_many(values: set[str]) -> bool:
    """Whether there will be more values with every customer, order or request."""
    ids = (is_long_id(it) or is_email(it) or LONG_NUMBER.fullmatch(it) for it in values)
    return any(ids) or bool(paths_with_ids(values))


def _families(there: Catalogue) -> Iterator[tuple[str, str]]:
    """Every family with its type; what declares none has that of its name."""
    yield from there.families.items()
    declared = {*there.families}
    for name in there.metrics:
        family = FAMILY.sub("", name)
        if {name, family} & declared or there.created(name):
            continue
        if name.endswith("_bucket") and "le" in there.metrics[name].labels:
            yield family, "histogram"
        elif name.endswith(TOTAL):
            yield name, "counter"
        elif f"{family}_bucket" not in there.metrics:
            yield name, "gauge"


def _series(name: str, kind: str, there: Catalogue) -> str:
    """The series whose labels are those of the family."""
    if kind == "histogram":
        return f"{name}_count"
    return name if name in there.names or kind != "counter" else f"{name}{TOTAL}"


def _why_not(name: str, kind: str, series: str, recognised: Recognised, there: Catalogue) -> str:
    """Why a metric gets no panel; nothing where it does."""
    bounds = (there.shape(f"{name}_bucket") or Exposed()).buckets
    reasons = {
        "it says what is, and measures nothing": kind == "info" or name.endswith("_info"),
        "the library's own, and no panel of ours needs it": recognised.of_library(name),
        "a summary's percentiles cannot be added up": kind == "summary",
        f"its type is {kind}": kind not in {"histogram", "counter", "gauge", "summary"},
        "its name needs quotes in PromQL": not METRIC.fullmatch(name),
        "it has no series yet": there.shape(series) is None,
        "it has too few buckets for percentiles": kind == "histogram" and len(bounds) < FEW_BUCKETS,
        "it was pushed, so that its rate means nothing": recognised.pushed and kind != "gauge",
    }
    return next((why for why, holds in reasons.items() if holds), "")
