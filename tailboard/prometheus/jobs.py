"""The jobs of a server, and what one exposes, for `tailboard init`."""

from collections.abc import Collection
from dataclasses import replace
from math import inf, isfinite

from tailboard.check.selectors import (
    PROMETHEUS_SERIES,
    PUSHGATEWAY_METRIC,
    describe_names,
    suggest_names,
)
from tailboard.metrics.catalogue import Catalogue, LabelValues, MetricSeries, list_series_names
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.metric import Histogram
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.recent_counts import (
    fetch_bucket_counts,
    fetch_label_counts,
    fetch_native_bucket_counts,
    fetch_value_ranges,
    find_native_histograms,
)
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.selection import Selection, format_selector
from tailboard.publish.errors import TailboardError
from tailboard.queries.analysis.percentiles import BUCKET_SUFFIX

PUSH_METRICS = {PUSHGATEWAY_METRIC, "push_failure_time_seconds"}
"""What a Pushgateway adds to each group that was pushed, with the group's own job."""

HISTOGRAM_SUFFIXES = ("_bucket", "_count", "_sum")
SERIES_SUFFIXES = (*HISTOGRAM_SUFFIXES, "_total", "_created", "_info")
"""How names of series end that are no histograms."""

TYPES_BY_SUFFIX = {"_bucket": "histogram", "_total": "counter"}


def fetch_jobs(server: PrometheusServer) -> dict[str, int]:
    """The jobs of the last hour, and how many targets each has: those that push have none."""
    names = sorted({*server.fetch_label_values("job"), *server.fetch_label_values("job", "up")})
    series_by_job = {
        series.labels.get("job"): series
        for series in server.query_instant("count by (job) (up)").series
    }
    return {job: series_by_job[job].last_count if job in series_by_job else 0 for job in names}


def fetch_job_catalogue(server: PrometheusServer, job: str) -> Catalogue:
    """Everything that a job exposes but what Prometheus adds and what rules record.

    What rules record has a colon in its name; of other such names the program declares the type, as
    vLLM does. Labels are called as they are stored, as a query has to. A native histogram also has
    the series of a classic one, with its labels and without bounds. Raises where there is no such
    job, or it has no metrics. Without metadata the types are guessed from names.
    """
    target_metrics = TargetMetrics(server, has_stored_names=True)
    selection = build_job_selection(job)
    all_names = target_metrics.fetch_metric_names(selection) - PROMETHEUS_SERIES
    names = {name for name in all_names if ":" not in name}
    if names != all_names:
        names |= all_names & {
            name
            for family, kind in target_metrics.fetch_types(selection).items()
            for name in list_series_names(family, kind)
        }
    if not names:
        raise _build_error(server, job)
    target_metrics.load_series(selection, names)
    catalogue = target_metrics.build_catalogue(selection)
    catalogue.name_escaped_families()
    metrics = {
        name: _add_bounds(metric_series)
        for name, metric_series in catalogue.metrics.items()
        if name in names
    }
    for name in PUSH_METRICS & metrics.keys():
        metrics[name].labels["job"] = LabelValues({job: 0.0}, metrics[name].series_count)
    native_histograms = _find_native_histograms(server, selection, names, catalogue)
    for name in native_histograms:
        for suffix in HISTOGRAM_SUFFIXES:
            metrics.setdefault(f"{name}{suffix}", metrics[name])
    native_types = dict.fromkeys(native_histograms, "histogram")
    return replace(
        catalogue,
        metrics=metrics,
        families={**_guess_types(names), **catalogue.families, **native_types},
        native_histograms=native_histograms,
    )


def _find_native_histograms(
    server: PrometheusServer, selection: Selection, names: set[str], catalogue: Catalogue
) -> set[str]:
    """The histograms that are stored as one series: whether one is, its name does not say."""
    candidates = {
        name
        for name in names
        if catalogue.families.get(name, "histogram") == "histogram"
        and not name.endswith(SERIES_SUFFIXES)
    }
    return find_native_histograms(server, selection, candidates)


def add_bucket_counts(
    catalogue: Catalogue, server: PrometheusServer, selection: Selection, metric: Histogram
) -> Catalogue:
    """The same with what the buckets of a histogram counted in the last hour.

    A native one is counted up to the bounds that the metric is known to have.
    """
    histogram = metric.name
    name = f"{histogram}{BUCKET_SUFFIX}"
    if name not in catalogue.metrics:
        return catalogue
    bounds = [bound for bound in metric.buckets or CLIENT_DEFAULT if isfinite(bound)]
    buckets = (
        fetch_native_bucket_counts(server, selection, histogram, bounds)
        if histogram in catalogue.native_histograms
        else fetch_bucket_counts(server, selection, histogram)
    )
    metric_series = replace(catalogue.metrics[name], buckets=buckets)
    return replace(catalogue, metrics={**catalogue.metrics, name: metric_series})


def add_label_totals(
    catalogue: Catalogue, server: PrometheusServer, selection: Selection, counter: str, label: str
) -> Catalogue:
    """The same with what a counter counted in the last hour by one of its labels, most first."""
    metric_series = catalogue.metrics.get(counter)
    if metric_series is None or label not in metric_series.labels:
        return catalogue
    counts = fetch_label_counts(server, selection, counter, label)
    unseen_values = dict.fromkeys(metric_series.labels[label].known_values - counts.keys(), 0.0)
    values = replace(
        metric_series.labels[label],
        totals=dict(
            sorted({**counts, **unseen_values}.items(), key=lambda entry: (-entry[1], entry[0]))
        ),
    )
    metric_series = replace(metric_series, labels={**metric_series.labels, label: values})
    return replace(catalogue, metrics={**catalogue.metrics, counter: metric_series})


def add_value_ranges(
    catalogue: Catalogue, server: PrometheusServer, job: str, names: Collection[str]
) -> Catalogue:
    """The same with the smallest and the largest value that these gauges had in the last hour."""
    ranges = fetch_value_ranges(server, build_job_selection(job), names)
    changed_metrics = {
        name: replace(
            catalogue.metrics[name],
            lowest=value_range.lowest,
            highest=value_range.highest,
            is_whole=value_range.is_whole,
        )
        for name, value_range in ranges.items()
        if name in catalogue.metrics
    }
    return replace(catalogue, metrics={**catalogue.metrics, **changed_metrics})


def has_targets(server: PrometheusServer, job: str) -> bool:
    """Whether Prometheus scraped the job within the last hour; what comes by OTLP has no `up`."""
    up_selector = format_selector(build_job_selection(job).matchers, "up")
    return bool(server.fetch_label_values("job", up_selector))


def build_job_selection(job: str) -> Selection:
    """The targets of a job."""
    return Selection((("job", "=", job),))


def _build_error(server: PrometheusServer, job: str) -> TailboardError:
    job_names = server.fetch_label_values("job")
    if job in job_names:
        return TailboardError(
            f"the job {job!r} of {server.display_address} exposes no metrics",
            tip="see at Status > Targets whether it is up, and let it do something first.",
        )
    tip = suggest_names(job, job_names) or describe_names("there is", job_names)
    return TailboardError(f"{server.display_address} has no metrics of a job {job!r}", tip=tip)


def _guess_types(names: set[str]) -> dict[str, str]:
    return {
        name.removesuffix(suffix) if suffix == "_bucket" else name: kind
        for name in names
        for suffix, kind in TYPES_BY_SUFFIX.items()
        if name.endswith(suffix)
    }


def _add_bounds(metric_series: MetricSeries) -> MetricSeries:
    """With the bounds of buckets, of which nothing is counted."""
    values = metric_series.labels.get("le")
    bounds = {
        bound: (0.0, 1)
        for text in (values.known_values if values else ())
        if (bound := _parse_bound(text)) is not None
    }
    return replace(metric_series, buckets=bounds)


def _parse_bound(text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        return None
    return bound if -inf < bound <= inf else None
