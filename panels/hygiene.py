"""Whether the metrics themselves are healthy: how many series, how fast scraped, which buckets."""

from collections.abc import Mapping

from grafanalib import formatunits as units
from grafanalib.core import Table, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.descriptions import describe_value, join_sentences
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.latency import select_overall_duration
from tailboard.panels.matcher import matches
from tailboard.panels.metric import Gauge, Histogram, Role
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING

ROUTE_COUNT_WARNING = 200.0
MINIMUM_SERIES_LIMIT = 1_000
SERIES_COUNT_METRIC = "scrape_samples_post_metric_relabeling"
"""Prometheus' own metric: the samples of a scrape that are left after relabeling."""

UNKNOWN_SHARE_LIMIT = 0.01
"""Share of requests above the last finite bucket: beyond it the P99 is unknown."""


def series_by_metric(service: Service, *, limit: int = 50) -> Table:
    """A table of the metrics with the most series."""
    all_series = Selection(Gauge(""), (*service.target_matchers, ("__name__", matches(".+"))))
    expression = promql.aggregate("count", promql.select_series(all_series), ("__name__",))
    return table(
        "Series by metric",
        {"__name__": "Metric"},
        [Column("Series", promql.topk(limit, expression), units.SHORT, bar=True)],
        description="How many time series each metric has. A histogram has one per bucket and "
        "label combination: a label with unbounded values multiplies all of them.",
        sort_by="Series",
        limit=limit,
    )


def series_by_job(service: Service) -> TimeSeries:
    """Series that each scrape brings, by job: a line that rises with traffic is an explosion."""
    return _build_scrape_panel(
        service,
        "hygiene.series_by_job",
        SERIES_COUNT_METRIC,
        "Series by job",
        "Series that Prometheus keeps of each job. It should change with deployments, not with "
        "traffic: beyond half more than a day before, something multiplies them.",
        units.SHORT,
        lines={"half more than a day ago": build_series_limit(service, "hygiene.series_by_job")},
    )


def new_series(service: Service) -> TimeSeries:
    """Series that were new in a scrape, by job."""
    return _build_scrape_panel(
        service,
        "hygiene.new_series",
        "scrape_series_added",
        "New series by scrape",
        "Series that were not there in the scrape before. Steady growth without deployments "
        "means that a label carries ids, paths or e-mail addresses.",
        units.SHORT,
    )


def scrape_duration(service: Service) -> TimeSeries:
    """How long scrapes take, by job: beyond the scrape timeout the target counts as down."""
    return _build_scrape_panel(
        service,
        "hygiene.scrape_duration",
        "scrape_duration_seconds",
        "Scrape duration",
        "The slowest scrape of each job. At the scrape timeout (10 s unless configured) the "
        "target is down for Prometheus: half of the interval between scrapes is a warning.",
        units.SECONDS,
        "max",
        lines={
            "half the interval": build_scrape_duration_limit(service, "hygiene.scrape_duration")
        },
    )


def samples(service: Service) -> TimeSeries:
    """Samples in each scrape, by job."""
    return _build_scrape_panel(
        service,
        "hygiene.samples",
        "scrape_samples_scraped",
        "Samples by scrape",
        "Samples that each scrape brings, before relabelling drops any.",
        units.SHORT,
    )


def routes(service: Service) -> TimeSeries:
    """The first pitfall: how many values the route label has."""
    requests = service.select_concept(REQUESTS, "hygiene.routes")
    route = requests.resolve_label(Role.ROUTE, "hygiene.routes")
    value_count = promql.count_label_values(requests, (*service.by, route), service.by)
    return timeseries(
        "Values of the route label",
        [Query(value_count, f"{service.legend} {route}")],
        description=describe_value(
            requests,
            "A route label should have as many values as the application has routes. If it grows "
            "with traffic, it carries raw paths: use the route's template "
            "(/api/users/{user_id}) instead.",
        ),
        unit=units.SHORT,
        thresholds=[(ROUTE_COUNT_WARNING, WARNING), (5 * ROUTE_COUNT_WARNING, BAD)],
    )


def beyond_buckets(service: Service) -> TimeSeries:
    """The second pitfall: the share of requests slower than the last bucket can tell."""
    panel = "hygiene.beyond_buckets"
    durations = _select_durations(service, panel)
    return timeseries(
        "Requests beyond the last bucket",
        [
            Query(
                _build_share_beyond(duration, service, panel),
                f"{service.legend}{name} over "
                f"{promql.format_number(_find_last_bound(duration.metric, panel))} s",
            )
            for name, duration in durations.items()
        ],
        description=join_sentences(
            "The share of requests slower than the last finite bucket. Above 1 % the P99 cannot "
            "be known: it shows the bucket's bound instead. Add larger buckets.",
            _describe_durations(durations),
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(UNKNOWN_SHARE_LIMIT, BAD)],
    )


def bucket_width(service: Service) -> TimeSeries:
    """The second pitfall again: how many requests share the fullest bucket."""
    durations = _select_durations(service, "hygiene.bucket_width")
    return timeseries(
        "Share of requests by bucket",
        [
            Query(
                promql.build_bucket_shares(duration, service.by),
                f"{service.legend}{name} up to {{{{le}}}} {duration.metric.unit.grafana_unit}",
            )
            for name, duration in durations.items()
        ],
        description=join_sentences(
            "The share of requests at or below each bucket's bound. Two lines far apart have no "
            "bucket between them: percentiles that lie there are guesses. Buckets should be dense "
            "where P50 to P99 lie.",
            _describe_durations(durations),
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
    )


def _select_durations(service: Service, panel: str) -> dict[str, Selection[Histogram]]:
    """The histogram of all requests, and that of the routes where it is another one, by legend."""
    overall_duration = select_overall_duration(service, panel)
    _find_last_bound(overall_duration.metric, panel)  # raises where the bounds are unknown
    durations = {"": overall_duration}
    if service.has_concepts(DURATION):
        route_duration = service.select_concept(DURATION, panel)
        if route_duration.metric != overall_duration.metric and route_duration.metric.buckets:
            durations[" by route"] = route_duration
    return durations


def _describe_durations(durations: Mapping[str, Selection[Histogram]]) -> str:
    """Which metric each line is of, where there are two, and their cautions."""
    metrics = [duration.metric for duration in durations.values()]
    names = (
        f"Percentiles of the whole service, and its alerts, read {metrics[0].name}; those by route "
        f"read {metrics[1].name}."
        if len(metrics) > 1
        else ""
    )
    return join_sentences(names, *(metric.caution for metric in metrics))


def _find_last_bound(metric: Histogram, panel: str) -> float:
    """The largest finite bound in seconds."""
    if not metric.buckets:
        raise MissingMetricError(
            f"the bounds of {metric.name} are not known, which the panel {panel!r} compares with",
            tip=f"name the buckets of {metric.name} in the convention: Histogram(buckets=(...)).",
        )
    return metric.buckets[-1] / metric.unit.scale


def _build_scrape_panel(
    service: Service,
    panel: str,
    metric: str,
    title: str,
    description: str,
    unit: str,
    operator: str = "sum",
    *,
    lines: Mapping[str, str] | None = None,
) -> TimeSeries:
    comparisons = {f"{{{{job}}}} {name}": expression for name, expression in (lines or {}).items()}
    return timeseries(
        title,
        [
            Query(build_scrape_metric(service, metric, panel, operator), "{{job}}"),
            *(Query(expression, legend) for legend, expression in comparisons.items()),
        ],
        description=description,
        unit=unit,
        colors=dict.fromkeys(lines or {}, BAD),
    )


def build_scrape_metric(
    service: Service, metric: str, panel: str, operator: str = "sum", offset: str = ""
) -> str:
    """One of Prometheus' own metrics about the service's scrapes, by job."""
    scrape_series = promql.select_series(
        Selection(Gauge(metric), service.select_up(panel).matchers)
    )
    return promql.aggregate(operator, f"{scrape_series}{offset}", ("job",))


def build_series_limit(service: Service, panel: str) -> str:
    """1.5 times the series that each job had a day before, and at least a few hundred."""
    previous_count = build_scrape_metric(service, SERIES_COUNT_METRIC, panel, offset=" offset 1d")
    return promql.clamp_min(f"1.5 * {previous_count}", MINIMUM_SERIES_LIMIT)


def build_scrape_duration_limit(service: Service, panel: str) -> str:
    """Half of each job's scrape interval in seconds, which is derived from the count of scrapes."""
    up_selector = promql.selector("up", service.select_up(panel).matchers, "5m")
    return f"(150 / {promql.aggregate('max', f'count_over_time({up_selector})', ('job',))})"


def build_unknown_share(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The share of requests above the last finite bucket, where no percentile can be estimated.

    It is that of the histogram from which the percentiles of the whole service are estimated.
    """
    return _build_share_beyond(select_overall_duration(service, panel), service, panel, window)


def _build_share_beyond(
    duration: Selection[Histogram], service: Service, panel: str, window: str = promql.WINDOW
) -> str:
    last_bound = _find_last_bound(duration.metric, panel)
    return f"(1 - {promql.build_fraction_within(duration, last_bound, service.by, window)})"
