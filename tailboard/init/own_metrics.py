"""Metrics that no convention knows: which of them can be shown, and by which of their labels."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from tailboard.check.rules.id_label import BOUNDED_LABEL, SECRET_LABEL, find_ids
from tailboard.init.outcomes import Outcome, Steps, find_outcomes, find_steps
from tailboard.init.presence import QUANTILE_LABEL, TOTAL_SUFFIX, is_summary
from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import FAMILY_SUFFIX, Catalogue, LabelValues, MetricSeries
from tailboard.metrics.identifiers import find_paths_with_ids, is_email, is_long_id
from tailboard.panels.metric import Unit
from tailboard.panels.metric_names import find_unit, is_non_additive, is_timestamp

MAX_PANELS = 36
"""A few fewer than load well on one dashboard."""

MAX_VALUES = 20
MAX_LINES = 60
MIN_BUCKETS = 3
IGNORED_LABELS = {"le", "quantile", "job", "instance", "pid", "exported_job", "exported_instance"}
IGNORED_LABEL_PREFIXES = ("otel_scope_", "otel.scope.", "service_instance_", "service.instance.")
RUNTIME_PREFIXES = (
    "process_",
    "python_",
    "cpython_",
    "go_",
    "promhttp_",
    "scrape_",
    "system_",
    "otel_",
    *("process.", "cpython.", "system.", "otel."),
)
KINDS = {
    "histogram": "histograms",
    "summary": "summaries",
    "counter": "counters",
    "gauge": "gauges",
}
"""The types that have panels, and the argument of the dashboard that takes them."""

DISTRIBUTION_KINDS = {"histogram", "summary"}
SHARE_KINDS = {1: "shares", 100: "percentages"}
ALL_KINDS = (*KINDS.values(), *SHARE_KINDS.values())
AMBIGUOUS_SHARES = ("_perc", "_pct", "_usage", "_utilization")
"""How names of gauges end that are shares, and do not say whether of 1 or of 100."""

ID_LABEL = re.compile(r"(^|[_.])(id|uuid|guid|e?mail)$")
LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True)
class OwnMetrics:
    """Names and the labels that split them; and the metrics without a panel, with the reason.

    `shares` are gauges of which 1 is the whole, `percentages` those of which 100 is. `outcomes` are
    the counters that say what succeeds, `steps` those that count the steps of a funnel.
    """

    histograms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gauges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    percentages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    omissions: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    steps: Mapping[str, Steps] = field(default_factory=dict)

    @property
    def labels_by_kind(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """The metrics of each kind that there is, by the name of the argument that takes them."""
        return {kind: names for kind in ALL_KINDS if (names := getattr(self, kind))}

    def __bool__(self) -> bool:
        return bool(self.labels_by_kind)

    def __len__(self) -> int:
        return sum(map(len, self.labels_by_kind.values()))


def find_own_metrics(catalogue: Catalogue, recognition: Recognition) -> OwnMetrics:
    """What is left when the conventions have explained what they can."""
    labels_by_kind: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in ALL_KINDS}
    omissions: dict[str, str] = {}
    explained_series, panel_budget = recognition.list_explained_series(), MAX_PANELS
    for name, kind in sorted(
        _list_families(catalogue),
        key=lambda family: ([*KINDS, family[1]].index(family[1]), family),
    ):
        series = _build_series_name(name, kind, catalogue)
        if (
            {series, name} & explained_series
            or name.startswith(RUNTIME_PREFIXES)
            or catalogue.is_creation_time(name)
        ):
            continue
        split_labels = select_split_labels(_build_expected_shape(series, catalogue))
        reason = _describe_omission(name, kind, series, recognition, catalogue)
        if kind == "summary" and is_summary(name, catalogue):
            split_labels = (*split_labels, QUANTILE_LABEL)
        has_several_panels = kind in DISTRIBUTION_KINDS
        panel_count = (2 + bool(split_labels)) if has_several_panels else 1
        if not reason and panel_count > panel_budget:
            reason = f"one dashboard shows at most {MAX_PANELS} panels"
        if reason:
            omissions[name] = reason
        else:
            panel_budget -= panel_count
            argument = classify_gauge(name, catalogue) if kind == "gauge" else KINDS[kind]
            labels_by_kind[argument][
                series.removesuffix("_count") if kind in DISTRIBUTION_KINDS else series
            ] = split_labels
    return OwnMetrics(
        **labels_by_kind,
        omissions=omissions,
        outcomes=find_outcomes(labels_by_kind["counters"], catalogue),
        steps=find_steps(labels_by_kind["counters"], catalogue),
    )


def classify_gauge(name: str, catalogue: Catalogue) -> str:
    """Whether a gauge is a share of 1, of 100, or neither, by its name and what it was."""
    gauge = catalogue.metrics.get(name, MetricSeries())
    if not 0 <= gauge.lowest <= gauge.highest:
        return "gauges"
    if name.endswith(AMBIGUOUS_SHARES):
        kinds = (kind for whole, kind in SHARE_KINDS.items() if gauge.highest <= whole)
        return next(kinds, "gauges")
    has_unit = find_unit(name) is not Unit.ONE or is_timestamp(name) or is_non_additive(name)
    return "gauges" if has_unit or gauge.is_whole or gauge.highest > 1 else "shares"


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
    return has_few and not is_identifier


def _is_id_label(label: str) -> bool:
    """Whether its name says that there will be many, however few they are now."""
    return bool(
        SECRET_LABEL.search(label) or (ID_LABEL.search(label) and not BOUNDED_LABEL.search(label))
    )


def _has_unbounded_values(values: Set[str]) -> bool:
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
        elif is_summary(name, catalogue):
            yield name, "summary"
        elif is_summary(family, catalogue):
            continue
        elif name.endswith(TOTAL_SUFFIX):
            yield name, "counter"
        elif f"{family}_bucket" not in catalogue.metrics:
            yield name, "gauge"


def _build_series_name(name: str, kind: str, catalogue: Catalogue) -> str:
    """The series whose labels are those of the family."""
    if kind in DISTRIBUTION_KINDS:
        return f"{name}_count"
    return name if kind != "counter" or catalogue.find_metric(name) else f"{name}{TOTAL_SUFFIX}"


def _describe_omission(
    name: str, kind: str, series: str, recognition: Recognition, catalogue: Catalogue
) -> str:
    """Why a metric gets no panel; nothing where it does."""
    bounds = (catalogue.find_metric(f"{name}_bucket") or MetricSeries()).buckets
    is_untyped = name not in catalogue.families and "." in name and kind == "gauge"
    reasons = {
        "it says what is, and measures nothing": kind == "info" or name.endswith("_info"),
        "the library's own, and no panel of ours needs it": recognition.is_library_metric(name),
        f"its type is {kind}": kind not in KINDS,
        "nothing says whether it is a counter or a gauge": is_untyped,
        "it has no series yet": catalogue.find_metric(series) is None,
        "it has too few buckets for percentiles": kind == "histogram"
        and len(bounds) < MIN_BUCKETS
        and name not in catalogue.native_histograms,
        "it was pushed, so that its rate means nothing": recognition.is_pushed and kind != "gauge",
    }
    return next((reason for reason, is_true in reasons.items() if is_true), "")
