"""Metrics that no convention knows: which of them can be shown, and by which of their labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tailboard.check.rules.id_label import BOUNDED_LABEL, SECRET_LABEL, find_ids
from tailboard.init.presence import TOTAL_SUFFIX
from tailboard.init.recognition import Recognition
from tailboard.metrics.exposition import FAMILY_SUFFIX, Catalogue, LabelValues, MetricSeries
from tailboard.metrics.identifiers import find_paths_with_ids, is_email, is_long_id
from tailboard.metrics.sample import METRIC_NAME
from tailboard.panels.matcher import LABEL_NAME

MAX_PANELS = 36
"""A few fewer than load well on one dashboard."""

MAX_VALUES = 20
MAX_LINES = 60
MIN_BUCKETS = 3
IGNORED_LABELS = {"le", "quantile", "job", "instance", "pid", "exported_job", "exported_instance"}
IGNORED_LABEL_PREFIXES = ("otel_scope_", "service_instance_")
RUNTIME_PREFIXES = (
    "process_",
    "python_",
    "cpython_",
    "go_",
    "promhttp_",
    "scrape_",
    "system_",
    "otel_",
)
ID_LABEL = re.compile(r"(^|_)(id|uuid|guid|e?mail)$")
LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True)
class OwnMetrics:
    """Names and the labels that split them; and the metrics without a panel, with the reason."""

    histograms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gauges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    omissions: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.histograms or self.counters or self.gauges)

    def __len__(self) -> int:
        return len(self.histograms) + len(self.counters) + len(self.gauges)


def find_own_metrics(catalogue: Catalogue, recognition: Recognition) -> OwnMetrics:
    """What is left when the conventions have explained what they can."""
    split_labels_by_type: dict[str, dict[str, tuple[str, ...]]] = {
        "histogram": {},
        "counter": {},
        "gauge": {},
    }
    omissions: dict[str, str] = {}
    explained_series, panel_budget = recognition.list_explained_series(), MAX_PANELS
    for name, kind in sorted(
        _list_families(catalogue),
        key=lambda family: ([*split_labels_by_type, family[1]].index(family[1]), family),
    ):
        series = _build_series_name(name, kind, catalogue)
        if (
            {series, name} & explained_series
            or name.startswith(RUNTIME_PREFIXES)
            or catalogue.is_creation_time(name)
        ):
            continue
        reason = _describe_omission(name, kind, series, recognition, catalogue)
        panel_count = 2 if kind == "histogram" else 1
        if not reason and panel_count > panel_budget:
            reason = f"one dashboard shows at most {MAX_PANELS} panels"
        if reason:
            omissions[name] = reason
        else:
            panel_budget -= panel_count
            split_labels_by_type[kind][
                series.removesuffix("_count") if kind == "histogram" else series
            ] = select_split_labels(_build_expected_shape(series, catalogue))
    return OwnMetrics(
        split_labels_by_type["histogram"],
        split_labels_by_type["counter"],
        split_labels_by_type["gauge"],
        omissions,
    )


def _build_expected_shape(series: str, catalogue: Catalogue) -> MetricSeries:
    """The labels of a series; of one without an event yet, nothing is known of their values."""
    if series in catalogue.metrics or series not in catalogue.declarations:
        return catalogue.metrics.get(series, MetricSeries())
    return MetricSeries(
        1, {label: LabelValues(series_count=1) for label in catalogue.declarations[series].labels}
    )


def select_split_labels(metric_series: MetricSeries) -> tuple[str, ...]:
    """The labels that are worth a line for each of their values: few values, and no identities."""
    value_counts = {
        label: max(1, len(values.known_values))
        for label, values in metric_series.labels.items()
        if label not in IGNORED_LABELS
        and not label.startswith(IGNORED_LABEL_PREFIXES)
        and _has_few_values(label, values)
    }
    split_labels: list[str] = []
    line_count = 1
    for label, count in sorted(
        value_counts.items(), key=lambda entry: (entry[1] == 1, entry[1], entry[0])
    ):
        if line_count * count <= MAX_LINES and len(split_labels) < 3:
            line_count *= count
            split_labels.append(label)
    return tuple(sorted(split_labels))


def _has_few_values(label: str, values: LabelValues) -> bool:
    has_few = not values.is_incomplete and len(values.known_values) <= MAX_VALUES
    is_identifier = (
        _is_id_label(label) or find_ids(label, values) or _has_unbounded_values(values.known_values)
    )
    return has_few and not is_identifier and bool(LABEL_NAME.fullmatch(label))


def _is_id_label(label: str) -> bool:
    """Whether its name says that there will be many, however few they are now."""
    return bool(
        SECRET_LABEL.search(label) or (ID_LABEL.search(label) and not BOUNDED_LABEL.search(label))
    )


def _has_unbounded_values(values: set[str]) -> bool:
    """Whether there will be more values with every customer, order or request."""
    id_checks = (
        is_long_id(value) or is_email(value) or LONG_NUMBER.fullmatch(value) for value in values
    )
    return any(id_checks) or bool(find_paths_with_ids(values))


def _list_families(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every family with its type; what declares none has that of its name."""
    yield from catalogue.families.items()
    family_names = {*catalogue.families}
    for name in catalogue.metrics:
        family = FAMILY_SUFFIX.sub("", name)
        if {name, family} & family_names or catalogue.is_creation_time(name):
            continue
        if name.endswith("_bucket") and "le" in catalogue.metrics[name].labels:
            yield family, "histogram"
        elif name.endswith(TOTAL_SUFFIX):
            yield name, "counter"
        elif f"{family}_bucket" not in catalogue.metrics:
            yield name, "gauge"


def _build_series_name(name: str, kind: str, catalogue: Catalogue) -> str:
    """The series whose labels are those of the family."""
    if kind == "histogram":
        return f"{name}_count"
    return name if kind != "counter" or catalogue.find_metric(name) else f"{name}{TOTAL_SUFFIX}"


def _describe_omission(
    name: str, kind: str, series: str, recognition: Recognition, catalogue: Catalogue
) -> str:
    """Why a metric gets no panel; nothing where it does."""
    bounds = (catalogue.find_metric(f"{name}_bucket") or MetricSeries()).buckets
    reasons = {
        "it says what is, and measures nothing": kind == "info" or name.endswith("_info"),
        "the library's own, and no panel of ours needs it": recognition.is_library_metric(name),
        "a summary's percentiles cannot be added up": kind == "summary",
        f"its type is {kind}": kind not in {"histogram", "counter", "gauge", "summary"},
        "its name needs quotes in PromQL": not METRIC_NAME.fullmatch(name),
        "it has no series yet": catalogue.find_metric(series) is None,
        "it has too few buckets for percentiles": kind == "histogram" and len(bounds) < MIN_BUCKETS,
        "it was pushed, so that its rate means nothing": recognition.is_pushed and kind != "gauge",
    }
    return next((reason for reason, is_true in reasons.items() if is_true), "")
