"""What checks judge: numbers and labels as plain data, wherever they were got."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tailboard.check.scraping import Scraping
from tailboard.metrics.distribution import Distribution, distribution
from tailboard.metrics.exposition import Catalogue, Exposed
from tailboard.queries.percentiles import BUCKET, Percentile, percentiles
from tailboard.queries.subject import Subject

PARTS = {"histogram": (BUCKET, "_sum", "_count"), "summary": ("_sum", "_count")}


@dataclass(frozen=True)
class Mean:
    """How many values there were, and what they are on average."""

    count: float
    mean: float


@dataclass(frozen=True)
class Evidence:
    """What queries ask for beside what there is.

    `where` the metrics are from, for the messages, and of which the metric of a name is, where it
    is known of several `sources`. `distributions` and `means` are of histograms
    and summaries by the name of their family, `metrics` are series by name.
    """

    where: str
    percentiles: tuple[Percentile, ...] = ()
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    means: Mapping[str, Mean] = field(default_factory=dict)
    metrics: Mapping[str, Exposed] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    growth: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Of a metric, the series per target an hour ago and now, as far as a server tells."""

    scraping: Scraping | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def source(self, metric: str) -> str:
        """Where a series, or the histogram or summary of this name, is from."""
        return self.sources.get(metric, self.where)


def evidence(subjects: Iterable[Subject], catalogue: Catalogue, where: str) -> Evidence:
    """What an exposition shows of what these subjects ask for: all since its program began."""
    metrics = {name: it for name, it in catalogue.metrics.items() if not catalogue.created(name)}
    means = {it: mean for it in _families(metrics) if (mean := _mean(it, metrics))}
    observed = {
        name.removesuffix(BUCKET): found
        for name, it in metrics.items()
        if name.endswith(BUCKET)
        and (found := distribution(it.buckets, _value(means.get(name.removesuffix(BUCKET)))))
    }
    asked = tuple(percentiles(subjects))
    sources = _sources(catalogue)
    return Evidence(where, asked, observed, means, metrics, catalogue.families, sources=sources)


def family(name: str, families: Mapping[str, str]) -> str:
    """The histogram or summary that a series is a part of, or its own name."""
    for kind, endings in PARTS.items():
        for ending in endings:
            base = name.removesuffix(ending)
            if base != name and families.get(base) == kind:
                return base
    return name


def _sources(catalogue: Catalogue) -> dict[str, str]:
    """Where each series is from, and what it may be a part of."""
    found: dict[str, dict[str, None]] = {}
    for name, sources in catalogue.sources.items():
        bases = {name.removesuffix(it) for it in ("", *PARTS["histogram"])}
        for base in bases | {name}:
            found.setdefault(base, {}).update(dict.fromkeys(sources))
    return {name: ", ".join(sources) for name, sources in found.items()}


def _families(metrics: Mapping[str, Exposed]) -> Iterable[str]:
    return [it.removesuffix("_sum") for it in metrics if it.endswith("_sum")]


def _mean(name: str, metrics: Mapping[str, Exposed]) -> Mean | None:
    count = metrics.get(f"{name}_count", Exposed()).total
    return Mean(count, metrics[f"{name}_sum"].total / count) if count > 0 else None


def _value(mean: Mean | None) -> float | None:
    return mean.mean if mean else None
