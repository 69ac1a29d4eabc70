"""Whether one metric of a convention is among what a program exposes: name, labels, type."""

from collections.abc import Iterator, Mapping
from enum import Enum

from tailboard.metrics.exposition import Catalogue, Exposed
from tailboard.panels.convention import Convention
from tailboard.panels.matcher import Matcher, equals
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Total

TOTAL = "_total"
NOT_COUNTED = {"gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"}
NOT_GAUGES = {"counter", "histogram", "summary"}


class State(Enum):
    """There, declared but without a series yet, or not there as the convention has it."""

    FOUND = "found"
    SILENT = "no event yet"
    ABSENT = "absent"


def state(metric: Metric, convention: Convention, there: Catalogue) -> State:
    """What there is of a metric, with all of its labels."""
    if why_absent(metric, convention, there):
        return State.ABSENT
    return State.FOUND if series_names(metric)[0] in there.metrics else State.SILENT


def is_known(metric: Metric, convention: Convention, there: Catalogue) -> bool:
    """Whether it is there, or will be: its labels are known and right."""
    is_shown = there.shape(series_names(metric)[0]) is not None
    return is_shown and not why_absent(metric, convention, there)


def why_absent(metric: Metric, convention: Convention, there: Catalogue) -> str:
    """What is wrong with a metric; nothing if it is there, or may still come."""
    return next(_problems(metric, convention, there), "")


def series_names(metric: Metric) -> tuple[str, ...]:
    """The series that carry a metric; of a histogram, those of the buckets first."""
    if isinstance(metric, Histogram):
        return f"{metric.name}_bucket", f"{metric.name}_count", f"{metric.name}_sum"
    if isinstance(metric, Difference):
        return metric.name, metric.minus
    if isinstance(metric, Total):
        return metric.name, metric.plus
    return (metric.name,)


def _problems(metric: Metric, convention: Convention, there: Catalogue) -> Iterator[str]:
    typed = _type(metric.name, there)
    if typed in (NOT_GAUGES if isinstance(metric, Gauge) else NOT_COUNTED - {_own_type(metric)}):
        yield f"{metric.name} is a {typed}"
    for name in series_names(metric):
        if shape := there.shape(name):
            yield from _lacking(name, metric, convention, shape)
        elif not there.silent(name):
            yield f"there is no {metric.name if isinstance(metric, Histogram) else name}"


def _lacking(name: str, metric: Metric, convention: Convention, exposed: Exposed) -> Iterator[str]:
    """The labels without which a series is not the one that is meant."""
    narrowed = {**convention.matchers, **metric.matchers}
    for label in metric.labels.values():
        if label not in exposed.labels:
            yield f"{name} has no label {label}"
    for label, it in _matchers(narrowed):
        events = isinstance(metric, Counter | Total) and label in exposed.labels
        if not events and not exposed.may_have(label, it.op, it.value):
            yield f'{name} has no series with {label}{it.op}"{it.value}"'


def _matchers(narrowed: Mapping[str, str | Matcher]) -> Iterator[tuple[str, Matcher]]:
    for label, value in narrowed.items():
        yield label, equals(value) if isinstance(value, str) else value


def _own_type(metric: Metric) -> str:
    return "histogram" if isinstance(metric, Histogram) else "counter"


def _type(name: str, there: Catalogue) -> str:
    return there.families.get(name) or there.families.get(name.removesuffix(TOTAL), "")
