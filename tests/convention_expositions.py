"""Expositions: one histogram with given counts, or all metrics of a convention."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition import read_exposition
from tailboard.panels.convention import Convention
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.matcher import METRIC_NAME, Matcher, quote_label
from tailboard.panels.metric import Difference, Gauge, Histogram, Metric, Role, Total
from tailboard.panels.statuses import HTTP_STATUSES

OBSERVATION_COUNT = 10_000
ROLE_VALUES: dict[Role, Sequence[str]] = {
    Role.ROUTE: ("/", "/orders/{id}"),
    Role.METHOD: ("GET", "POST"),
    Role.STATUS: ("200", "404", "500"),
    Role.GENERATION: ("0", "1", "2"),
}


def read_catalogue(text: str | bytes) -> Catalogue:
    catalogue = Catalogue()
    data = text.encode() if isinstance(text, str) else text
    read_exposition(data.splitlines(keepends=True), catalogue, "it")
    return catalogue


def format_histogram(
    name: str, buckets: Mapping[float, float], mean: float = 0.1, labels: str = ""
) -> str:
    """A histogram with these cumulative counts; the bound `inf` holds those above all others."""
    total = max(buckets.values())
    comma = f",{labels}" if labels else ""
    counts = {**buckets, float("inf"): total}
    lines = [
        f"""{format_series(f"{name}_bucket", f'le="{_format_bound(bound)}"{comma}')} {count}"""
        for bound, count in counts.items()
    ]
    lines += [
        f"{format_series(f'{name}_sum', labels)} {mean * total}",
        f"{format_series(f'{name}_count', labels)} {total}",
    ]
    return "\n".join([f"# TYPE {quote_name(name)} histogram", *lines, ""])


def format_series(name: str, labels: str) -> str:
    """A series with labels, each as `label="value"`; a name that needs quotes is among them."""
    if quote_name(name) == name:
        return f"{name}{{{labels}}}" if labels else name
    return f"{{{','.join([quote_name(name), *([labels] if labels else [])])}}}"


def quote_name(name: str) -> str:
    """The name, in quotes where Prometheus 2 would not read it."""
    return name if METRIC_NAME.fullmatch(name) else f'"{name}"'


def format_exposition(convention: Convention) -> str:
    """A program with all metrics of a convention, healthy and under load."""
    metrics = list(dict.fromkeys(value.name for value in convention.metrics.values()))
    by_name: dict[str, list[Metric]] = {name: [] for name in metrics}
    for metric in convention.metrics.values():
        by_name[metric.name].append(metric)
    lines = [line for family in by_name.values() for line in _format_family(family, convention)]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _format_family(metrics: Sequence[Metric], convention: Convention) -> Iterator[str]:
    for metric in metrics:
        labels = _format_label_sets(metric, {**convention.matchers, **metric.matchers})
        if isinstance(metric, Histogram):
            for label in labels:
                yield from format_histogram(
                    metric.name, _build_bucket_counts(metric.buckets), 0.1, label
                ).splitlines()
            continue
        names = [metric.name]
        names += [metric.minus] if isinstance(metric, Difference) else []
        names += [metric.plus] if isinstance(metric, Total) else []
        for name in names:
            kind = "gauge" if isinstance(metric, Gauge) else "counter"
            yield f"# TYPE {quote_name(name)} {kind}"
            yield from (f"{format_series(name, label)} 1" for label in labels)


def _format_label_sets(metric: Metric, matchers: Mapping[str, str | Matcher]) -> list[str]:
    """Label sets in which every value of every role occurs."""
    fixed = {name: _choose_value(matcher) for name, matcher in matchers.items()}
    values = {
        label: _list_values(role, metric)
        for role, label in metric.labels.items()
        if label not in fixed
    }
    longest = max((len(value) for value in values.values()), default=1)
    rows = [
        {
            **fixed,
            **{
                k: values_of_label[i % len(values_of_label)]
                for k, values_of_label in values.items()
            },
        }
        for i in range(longest)
    ]
    return [
        ",".join(f'{quote_label(name)}="{value}"' for name, value in row.items()) for row in rows
    ]


def _list_values(role: Role, metric: Metric) -> Sequence[str]:
    if role is Role.STATUS and metric.statuses is not HTTP_STATUSES:
        return metric.statuses.successes.values[0], metric.statuses.failures.values[0]
    return ROLE_VALUES.get(role, (str(role.value),))


def _choose_value(matcher: str | Matcher) -> str:
    if isinstance(matcher, str):
        return matcher
    return matcher.value.split("|")[0] if matcher.op in {"=", "=~"} else "other"


def _build_bucket_counts(buckets: Iterable[float]) -> dict[float, float]:
    """Counts whose P99 lies in the middle of the buckets, and no observation above the last."""
    bounds = list(buckets) or list(CLIENT_DEFAULT)
    steps = max(len(bounds) - 1, 1)
    counts = [
        round(OBSERVATION_COUNT * (1 - 0.0001 ** ((i + 1) / steps))) for i in range(len(bounds))
    ]
    return dict(zip(bounds, [*counts[:-1], OBSERVATION_COUNT], strict=True))


def _format_bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(bound)
