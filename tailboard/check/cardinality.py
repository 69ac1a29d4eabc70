"""How many series there are, of which metric, and because of which label."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tailboard.check.engine import MetricProblem, format_names
from tailboard.check.evidence import Evidence, find_family
from tailboard.metrics.catalogue import MAX_VALUES, LabelValues
from tailboard.metrics.identifiers import mask_value
from tailboard.publish.plural import format_count

INFO_SUFFIXES = ("_info",)
"""Endings of metrics whose one series says what runs, with ids if need be."""

BOUND_LABELS = {"le", "quantile"}


@dataclass(frozen=True)
class SeriesCount:
    """The series of a metric, a histogram's parts together; the values of each label.

    `sets` are the different sets of labels: a histogram has many series for each.
    """

    metric: str
    series: int
    sets: int
    labels: dict[str, int]

    def format_value_count(self, label: str) -> str:
        """How many values a label has, as far as they are counted."""
        values = self.labels[label]
        return f"more than {MAX_VALUES}" if values > MAX_VALUES else str(values)


@dataclass(frozen=True)
class BadLabel:
    """A label with values that it should not have, and the metrics that have it."""

    label: str
    metrics: tuple[str, ...]
    values: tuple[str, ...]

    def build_problem(
        self, description: str, tip: str, format_value: Callable[[str], str] = mask_value
    ) -> MetricProblem:
        """The problem, once for all metrics, with the values that `format_value` returns."""
        others = len(self.metrics) - 1
        suffix = f", as in {format_count(others, 'other metric')}" if others else ""
        values = format_names(dict.fromkeys(map(format_value, self.values)))
        problem = f"{self.label} holds {description}: {values}{suffix}"
        return MetricProblem(self.metrics[0], problem, tip, self.label)


def count_series(evidence: Evidence) -> list[SeriesCount]:
    """Every metric, the one with the most series first."""
    parts: dict[str, list[str]] = {}
    for name in evidence.metrics:
        parts.setdefault(find_family(name, evidence.families), []).append(name)
    series_counts = [
        _count_metric_series(metric, names, evidence) for metric, names in parts.items()
    ]
    return sorted(
        series_counts, key=lambda series_count: (-series_count.series, series_count.metric)
    )


def find_bad_labels(
    evidence: Evidence, find_bad_values: Callable[[str, LabelValues], Iterable[str]]
) -> Iterator[BadLabel]:
    """The labels of which some values are bad, whatever metrics they are on."""
    metrics_by_label: dict[str, dict[str, None]] = {}
    values_by_label: dict[str, dict[str, None]] = {}
    for name, exposed in evidence.metrics.items():
        if name.endswith(INFO_SUFFIXES):
            continue
        for label in exposed.labels.keys() - BOUND_LABELS:
            if bad_values := list(find_bad_values(label, exposed.labels[label])):
                metrics_by_label.setdefault(label, {})[find_family(name, evidence.families)] = None
                values_by_label.setdefault(label, {}).update(dict.fromkeys(bad_values))
    for label, metrics in sorted(metrics_by_label.items()):
        yield BadLabel(label, tuple(sorted(metrics)), tuple(values_by_label[label]))


def _count_metric_series(metric: str, names: list[str], evidence: Evidence) -> SeriesCount:
    all_series = [evidence.metrics[name] for name in names]
    labels: dict[str, int] = {}
    for series in all_series:
        for label, values in series.labels.items():
            if label not in BOUND_LABELS:
                value_count = len(values.known_values) + values.is_incomplete
                labels[label] = max(labels.get(label, 0), value_count)
    return SeriesCount(
        metric,
        sum(series.series_count for series in all_series),
        min(series.series_count for series in all_series),
        labels,
    )
