"""What a server shows of the metrics that queries name, for the checks that judge them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from math import isfinite

from tailboard.check.evidence import Evidence, Mean
from tailboard.findings.finding import Place
from tailboard.metrics.catalogue import MetricSeries
from tailboard.metrics.distribution import Distribution, build_distribution
from tailboard.prometheus.client.responses import RefusedError
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.recent_counts import OBSERVATION_WINDOW, fetch_bucket_counts
from tailboard.prometheus.targets.metrics import TargetMetrics, fetch_series_counts
from tailboard.prometheus.targets.selection import Selection, format_selector
from tailboard.prometheus.variables.expansion import ExpandedQuery
from tailboard.queries.analysis.percentiles import BUCKET_SUFFIX, Percentile, find_percentiles
from tailboard.queries.analysis.range_functions import RangeFunction, find_range_functions
from tailboard.queries.analysis.status_filters import StatusFilter, find_status_filters
from tailboard.queries.subject import Subject

MetricsBySelection = Mapping[Selection, Iterable[str]]
SelectionsByPlace = dict[tuple[str, Place | str | None], set[Selection]]


def build_metric_evidence(
    subjects: Iterable[Subject],
    queries: Iterable[ExpandedQuery],
    metrics_by_selection: MetricsBySelection,
    target_metrics: TargetMetrics,
) -> list[Evidence]:
    """Of the targets of each selection: their series, and where the percentiles lie."""
    subjects, queries = list(subjects), list(queries)
    status_filters = find_status_filters(subjects)
    range_functions = find_range_functions(query.query for query in queries)
    percentiles_by_selection = _group_by_selection(
        find_percentiles(subjects), _find_histogram_selections(queries, target_metrics)
    )
    evidence_list = []
    for selection in sorted(metrics_by_selection):
        with suppress(RefusedError):
            names = _list_exclusive_metrics(selection, metrics_by_selection)
            functions = _select_functions(range_functions, selection, names, target_metrics)
            if selection.matchers or len(metrics_by_selection) == 1:
                percentile_queries = tuple(percentiles_by_selection.get(selection, ()))
                evidence = _build_evidence(
                    selection, percentile_queries, status_filters, names, target_metrics
                )
            else:  # of all targets at once, nothing can be said but what types their metrics have
                evidence = Evidence(
                    target_metrics.server.display_address,
                    families=target_metrics.fetch_types(selection),
                )
            evidence_list.append(replace(evidence, range_functions=tuple(functions)))
    return evidence_list


def _select_functions(
    range_functions: Iterable[RangeFunction],
    selection: Selection,
    names: set[str],
    target_metrics: TargetMetrics,
) -> Iterator[RangeFunction]:
    """The functions over the metrics of these names that are read from targets of a selection."""
    for use in range_functions:
        if use.metric in names:
            use_selection = target_metrics.target_labels.build_selection(use.selector)
            if {*selection.matchers} <= {*use_selection.matchers}:
                yield use


def _find_histogram_selections(
    queries: Iterable[ExpandedQuery], target_metrics: TargetMetrics
) -> SelectionsByPlace:
    """The targets of which each histogram is asked: at a place, on a dashboard, at all."""
    selections_by_place: SelectionsByPlace = {}
    for query in queries:
        place = query.query.place
        for selector in query.query.selectors:
            if not selector.name.endswith(BUCKET_SUFFIX):
                continue
            histogram = selector.name.removesuffix(BUCKET_SUFFIX)
            selection = target_metrics.target_labels.build_selection(selector)
            for scope in (place, place.dashboard, None):
                selections_by_place.setdefault((histogram, scope), set()).add(selection)
    return selections_by_place


def _group_by_selection(
    percentile_queries: Iterable[Percentile], selections_by_place: SelectionsByPlace
) -> dict[Selection, list[Percentile]]:
    """The percentiles of each targets; what a rule recorded may be of any that a rule names."""
    percentiles_by_selection: dict[Selection, list[Percentile]] = {}
    for percentile in percentile_queries:
        scopes = (percentile.place, percentile.place.dashboard, None)
        selections_by_scope = (
            selections_by_place.get((percentile.histogram, scope), ()) for scope in scopes
        )
        for selection in next(filter(None, selections_by_scope), ()):
            percentiles_by_selection.setdefault(selection, []).append(percentile)
    return percentiles_by_selection


def _list_exclusive_metrics(
    selection: Selection, metrics_by_selection: MetricsBySelection
) -> set[str]:
    """The metrics that no wider selection has as well, so that each is judged once."""
    wider_selections = [
        other
        for other in metrics_by_selection
        if other.matchers and {*other.matchers} < {*selection.matchers}
    ]
    return {*metrics_by_selection[selection]}.difference(
        *(metrics_by_selection[other] for other in wider_selections)
    )


def _build_evidence(
    selection: Selection,
    percentile_queries: tuple[Percentile, ...],
    status_filters: Iterable[StatusFilter],
    names: set[str],
    target_metrics: TargetMetrics,
) -> Evidence:
    server = target_metrics.server
    catalogue = target_metrics.build_catalogue(selection)
    metrics = {name: catalogue.metrics[name] for name in sorted(names) if name in catalogue.metrics}
    histograms = sorted({percentile.histogram for percentile in percentile_queries})
    means = {
        histogram: mean
        for histogram in histograms
        if (mean := _fetch_mean(server, selection, histogram))
    }
    distributions = {
        histogram: observed_distribution
        for histogram in histograms
        if (
            observed_distribution := _fetch_distribution(
                server, selection, histogram, means.get(histogram)
            )
        )
    }
    return Evidence(
        f"{server.display_address} {selection}" if selection.matchers else server.display_address,
        percentile_queries,
        distributions,
        means,
        {
            name: metric_series
            for name, metric_series in metrics.items()
            if metric_series.series_count
        },
        catalogue.families,
        growth=_fetch_growth(metrics, selection, target_metrics),
        status_filters=tuple(status_filters),
    )


def _fetch_distribution(
    server: PrometheusServer, selection: Selection, histogram: str, mean: Mean | None
) -> Distribution | None:
    buckets = fetch_bucket_counts(server, selection, histogram)
    return build_distribution(buckets, mean.value if mean else None)


def _fetch_mean(server: PrometheusServer, selection: Selection, histogram: str) -> Mean | None:
    count = _fetch_increase(server, selection, f"{histogram}_count")
    total = _fetch_increase(server, selection, f"{histogram}_sum")
    return Mean(count, total / count) if count > 0 else None


def _fetch_increase(server: PrometheusServer, selection: Selection, name: str) -> float:
    series_selector = format_selector(selection.matchers, name)
    value = _fetch_number(server, f"sum(increase({series_selector}[{OBSERVATION_WINDOW}]))")
    return value if isfinite(value) else 0.0


def _fetch_growth(
    metrics: Mapping[str, MetricSeries], selection: Selection, target_metrics: TargetMetrics
) -> dict[str, tuple[float, float]]:
    """The series that each metric has per target: an hour ago, and now."""
    if not metrics:
        return {}
    targets = format_selector(selection.matchers, "up")
    server = target_metrics.server
    current_targets, earlier_targets = (
        _fetch_number(server, f"count({targets}{offset_modifier})")
        for offset_modifier in ("", f" offset {OBSERVATION_WINDOW}")
    )
    earlier_counts = fetch_series_counts(server, selection, sorted(metrics), OBSERVATION_WINDOW)
    return {
        name: (
            count / max(earlier_targets, 1.0),
            target_metrics.count_series(selection, name) / max(current_targets, 1.0),
        )
        for name, count in earlier_counts.items()
    }


def _fetch_number(server: PrometheusServer, expression: str) -> float:
    series = server.query_instant(expression).series
    return series[0].points[-1][1] if series else 0.0
