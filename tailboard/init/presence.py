"""Whether one metric of a convention is among what a program exposes: name, labels, type."""

from collections.abc import Iterator, Mapping
from enum import Enum

from tailboard.metrics.catalogue import Catalogue, MetricSeries
from tailboard.panels.convention import Convention
from tailboard.panels.matcher import Matcher, differs, equals
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Summary, Total

TOTAL_SUFFIX = "_total"
QUANTILE_LABEL = "quantile"
NON_COUNTER_TYPES = {"gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"}
NON_GAUGE_TYPES = {"counter", "histogram", "summary"}


class Presence(Enum):
    """Present, declared but without a series yet, or absent in the convention's form."""

    PRESENT = "found"
    NO_EVENT = "no event yet"
    ABSENT = "absent"


def classify_presence(metric: Metric, convention: Convention, catalogue: Catalogue) -> Presence:
    """What there is of a metric, with all of its labels."""
    if describe_absence(metric, convention, catalogue):
        return Presence.ABSENT
    return (
        Presence.PRESENT
        if list_metric_series(metric)[0] in catalogue.metrics
        else Presence.NO_EVENT
    )


def is_known(metric: Metric, convention: Convention, catalogue: Catalogue) -> bool:
    """Whether it is there, or will be: its labels are known and right."""
    has_shape = catalogue.find_metric(list_metric_series(metric)[0]) is not None
    return has_shape and not describe_absence(metric, convention, catalogue)


def describe_absence(metric: Metric, convention: Convention, catalogue: Catalogue) -> str:
    """What is wrong with a metric; nothing if it is there, or may still come."""
    return next(_find_problems(metric, convention, catalogue), "")


def list_metric_series(metric: Metric) -> tuple[str, ...]:
    """The series that carry a metric; of a histogram, those of the buckets first."""
    if isinstance(metric, Summary):
        return f"{metric.name}_count", f"{metric.name}_sum"
    if isinstance(metric, Histogram):
        return f"{metric.name}_bucket", f"{metric.name}_count", f"{metric.name}_sum"
    if isinstance(metric, Difference):
        return metric.name, metric.minus
    if isinstance(metric, Total):
        return metric.name, metric.plus
    return (metric.name,)


def is_summary(name: str, catalogue: Catalogue) -> bool:
    """Whether a metric has quantiles of its own, whatever type is declared of it."""
    metric_series = catalogue.metrics.get(name)
    return metric_series is not None and QUANTILE_LABEL in metric_series.labels


def _find_problems(metric: Metric, convention: Convention, catalogue: Catalogue) -> Iterator[str]:
    declared_type = _find_type(metric.name, catalogue)
    if declared_type in (
        NON_GAUGE_TYPES
        if isinstance(metric, Gauge)
        else NON_COUNTER_TYPES - {_find_expected_type(metric)}
    ):
        yield f"{metric.name} is a {declared_type}"
    for name in list_metric_series(metric):
        if shape := catalogue.find_metric(name):
            yield from _find_label_problems(name, metric, convention, shape)
        elif not catalogue.is_eventless(name):
            yield f"there is no {metric.name if isinstance(metric, Histogram) else name}"


def _find_label_problems(
    name: str, metric: Metric, convention: Convention, metric_series: MetricSeries
) -> Iterator[str]:
    """The labels without which a series is not the one that is meant."""
    matchers = dict(_build_matchers({**convention.matchers, **metric.matchers}))
    # What only some events carry, as failures their error, is not there before the first of them.
    event_labels = {label for label, matcher in matchers.items() if matcher == differs("")}
    for label in metric.labels.values():
        if label not in metric_series.labels and label not in event_labels:
            yield f"{name} has no label {label}"
    for label, matcher in matchers.items():
        if label in event_labels:
            continue
        is_event_counter = isinstance(metric, Counter | Total) and label in metric_series.labels
        if not is_event_counter and not metric_series.has_possible_match(
            label, matcher.op, matcher.value
        ):
            yield f'{name} has no series with {label}{matcher.op}"{matcher.value}"'


def _build_matchers(matchers: Mapping[str, str | Matcher]) -> Iterator[tuple[str, Matcher]]:
    for label, value in matchers.items():
        yield label, equals(value) if isinstance(value, str) else value


def _find_expected_type(metric: Metric) -> str:
    if isinstance(metric, Summary):
        return "summary"
    return "histogram" if isinstance(metric, Histogram) else "counter"


def _find_type(name: str, catalogue: Catalogue) -> str:
    return catalogue.families.get(name) or catalogue.families.get(
        name.removesuffix(TOTAL_SUFFIX), ""
    )
