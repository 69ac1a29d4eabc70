"""What programs expose, as text: one histogram as a test wants it, or all of a convention."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tailboard.metrics.exposition import Catalogue, read_exposition
from tailboard.panels.convention import Convention
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.matcher import Matcher
from tailboard.panels.metric import Difference, Gauge, Histogram, Metric, Role, Total

OBSERVED = 10_000
VALUES: dict[Role, Sequence[str]] = {
    Role.ROUTE: ("/", "/orders/{id}"),
    Role.METHOD: ("GET", "POST"),
    Role.STATUS: ("200", "404", "500"),
    Role.GENERATION: ("0", "1", "2"),
}


def catalogue(text: str | bytes) -> Catalogue:
    found = Catalogue()
    data = text.encode() if isinstance(text, str) else text
    read_exposition(data.splitlines(keepends=True), found, "it")
    return found


def histogram(
    name: str, buckets: Mapping[float, float], mean: float = 0.1, labels: str = ""
) -> str:
    """A histogram of these cumulative counts; what is beyond the largest bound is `inf`."""
    total = max(buckets.values())
    comma = f",{labels}" if labels else ""
    alone = f"{{{labels}}}" if labels else ""
    lines = [f'{name}_bucket{{le="{_le(bound)}"{comma}}} {it}' for bound, it in buckets.items()]
    if float("inf") not in buckets:
        lines.append(f'{name}_bucket{{le="+Inf"{comma}}} {total}')
    lines += [f"{name}_sum{alone} {mean * total}", f"{name}_count{alone} {total}"]
    return "\n".join([f"# TYPE {name} histogram", *lines, ""])


def exposition(convention: Convention) -> str:
    """A program with all metrics of a convention, in good health and busy."""
    metrics = list(dict.fromkeys(it.name for it in convention.metrics.values()))
    by_name: dict[str, list[Metric]] = {name: [] for name in metrics}
    for it in convention.metrics.values():
        by_name[it.name].append(it)
    lines = [line for some in by_name.values() for line in _family(some, convention)]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _family(metrics: Sequence[Metric], convention: Convention) -> Iterator[str]:
    for metric in metrics:
        labels = _labels(metric, {**convention.matchers, **metric.matchers})
        if isinstance(metric, Histogram):
            for it in labels:
                yield from histogram(metric.name, _busy(metric.buckets), 0.1, it).splitlines()
            continue
        names = [metric.name]
        names += [metric.minus] if isinstance(metric, Difference) else []
        names += [metric.plus] if isinstance(metric, Total) else []
        for name in names:
            yield f"# TYPE {name} {'gauge' if isinstance(metric, Gauge) else 'counter'}"
            yield from (f"{name}{{{it}}} 1" for it in labels)


def _labels(metric: Metric, matchers: Mapping[str, str | Matcher]) -> list[str]:
    """Sets of labels: one for each value of a role, so that all of them occur."""
    fixed = {name: _value(it) for name, it in matchers.items()}
    values = {
        label: VALUES.get(role, (str(role.value),))
        for role, label in metric.labels.items()
        if label not in fixed
    }
    most = max((len(it) for it in values.values()), default=1)
    rows = [{**fixed, **{k: it[i % len(it)] for k, it in values.items()}} for i in range(most)]
    return [",".join(f'{name}="{value}"' for name, value in row.items()) for row in rows]


def _value(matcher: str | Matcher) -> str:
    if isinstance(matcher, str):
        return matcher
    return matcher.value.split("|")[0] if matcher.op in {"=", "=~"} else "other"


def _busy(buckets: Iterable[float]) -> dict[float, float]:
    """Counts whose P99 lies in the middle of the buckets, and the largest below the last."""
    bounds = list(buckets) or list(CLIENT_DEFAULT)
    steps = max(len(bounds) - 1, 1)
    found = [round(OBSERVED * (1 - 0.0001 ** ((i + 1) / steps))) for i in range(len(bounds))]
    return dict(zip(bounds, [*found[:-1], OBSERVED], strict=True))


def _le(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(bound)
