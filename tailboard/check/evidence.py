"""What checks judge: numbers and labels as plain data, wherever they were got."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tailboard.check.scraping import Scraping
from tailboard.metrics.catalogue import Catalogue, MetricSeries
from tailboard.metrics.distribution import Distribution, build_distribution
from tailboard.metrics.scrape_verdict import Refusal
from tailboard.queries.analysis.percentiles import BUCKET_SUFFIX, Percentile, find_percentiles
from tailboard.queries.analysis.range_functions import RangeFunction, find_range_functions
from tailboard.queries.analysis.status_filters import StatusFilter, find_status_filters
from tailboard.queries.subject import Subject, list_queries

FAMILY_SUFFIXES = {"histogram": (BUCKET_SUFFIX, "_sum", "_count"), "summary": ("_sum", "_count")}


@dataclass(frozen=True)
class Mean:
    """How many values there were, and what they are on average."""

    count: float
    value: float


@dataclass(frozen=True)
class Evidence:
    """What queries ask for beside what there is.

    `default_source` names in messages where the metrics are from, `sources` that of a metric where
    there are several. `distributions` and `means` are those of histograms and summaries by family,
    `metrics` are series by name.
    """

    default_source: str
    percentiles: tuple[Percentile, ...] = ()
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    means: Mapping[str, Mean] = field(default_factory=dict)
    metrics: Mapping[str, MetricSeries] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    growth: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Of a metric, the series per target an hour ago and now, as far as a server tells."""

    scraping: Scraping | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    range_functions: tuple[RangeFunction, ...] = ()
    status_filters: tuple[StatusFilter, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Scrapes that Prometheus refuses, of which nothing is in the metrics."""

    def find_source(self, metric: str) -> str:
        """Where a series, or the histogram or summary of this name, is from."""
        return self.sources.get(metric, self.default_source)


def build_evidence(subjects: Iterable[Subject], catalogue: Catalogue, source: str) -> Evidence:
    """What an exposition shows of what these subjects ask for: all since its program began."""
    metrics = {
        name: metric
        for name, metric in catalogue.metrics.items()
        if not catalogue.is_creation_time(name)
    }
    means = {
        family_name: mean
        for family_name in _list_families(metrics)
        if (mean := _build_mean(family_name, metrics))
    }
    distributions = {
        name.removesuffix(BUCKET_SUFFIX): histogram
        for name, metric in metrics.items()
        if name.endswith(BUCKET_SUFFIX)
        and (
            histogram := build_distribution(
                metric.buckets, _get_mean_value(means.get(name.removesuffix(BUCKET_SUFFIX)))
            )
        )
    }
    subjects = list(subjects)
    percentiles = tuple(find_percentiles(subjects))
    queries = (query for subject in subjects for query in list_queries(subject))
    sources = _build_sources(catalogue)
    return Evidence(
        source,
        percentiles,
        distributions,
        means,
        metrics,
        catalogue.families,
        sources=sources,
        range_functions=tuple(find_range_functions(queries)),
        status_filters=tuple(find_status_filters(subjects)),
        refusals=tuple(catalogue.refusals),
    )


def find_family(name: str, families: Mapping[str, str]) -> str:
    """The histogram or summary that a series is a part of, or its own name."""
    for kind, endings in FAMILY_SUFFIXES.items():
        for suffix in endings:
            base = name.removesuffix(suffix)
            if base != name and families.get(base) == kind:
                return base
    return name


def _build_sources(catalogue: Catalogue) -> dict[str, str]:
    """Where each series is from, and what it may be a part of."""
    sources_by_name: dict[str, dict[str, None]] = {}
    for name, sources in catalogue.sources.items():
        bases = {name.removesuffix(suffix) for suffix in ("", *FAMILY_SUFFIXES["histogram"])}
        for base in bases | {name}:
            sources_by_name.setdefault(base, {}).update(dict.fromkeys(sources))
    return {name: ", ".join(sources) for name, sources in sources_by_name.items()}


def _list_families(metrics: Mapping[str, MetricSeries]) -> Iterable[str]:
    return [name.removesuffix("_sum") for name in metrics if name.endswith("_sum")]


def _build_mean(name: str, metrics: Mapping[str, MetricSeries]) -> Mean | None:
    count = metrics.get(f"{name}_count", MetricSeries()).total
    return Mean(count, metrics[f"{name}_sum"].total / count) if count > 0 else None


def _get_mean_value(mean: Mean | None) -> float | None:
    return mean.value if mean else None
