"""Latency of requests: percentiles, and the mean only beside them."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import Heatmap, Stat, Table, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, DURATION_SUMMARY, OVERALL_DURATION, REQUESTS, Concept
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.descriptions import GAP_CAVEAT, describe_percentile, describe_value
from tailboard.panels.errors import build_error_thresholds
from tailboard.panels.kinds.heatmap import heatmap as heatmap_kind
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric import Histogram, Role
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import (
    PERCENTILES,
    build_percentile_panel,
    build_percentile_query,
    build_percentile_thresholds,
)
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, NEUTRAL, SECONDARY, Thresholds


def percentiles(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the whole service, with its latency objectives as lines."""
    return build_percentile_panel(
        "Latency percentiles",
        service,
        select_overall_duration(service, "latency.percentiles"),
        fractions,
        "How long requests take: half of them at most P50, all but one in 100 P99.",
        thresholds=build_percentile_thresholds(service.objectives.latency),
    )


def current(service: Service, *, fraction: float = 0.99) -> Stat:
    """One percentile of the whole service as a number, red above its objective."""
    duration = select_overall_duration(service, "latency.current")
    name = format_percentile(fraction)
    return stat(
        f"{name} latency",
        [build_percentile_query(service, duration, fraction)],
        description=describe_percentile(duration, f"The {name} of all requests now."),
        unit=units.SECONDS,
        thresholds=_build_objective_threshold(service, fraction),
        no_value="no traffic",
    )


def by_route(service: Service, *, fraction: float = 0.99, limit: int = 10) -> TimeSeries:
    """One percentile by route: which endpoint is slow."""
    duration = service.select_concept(DURATION, "latency.by_route")
    route = duration.resolve_label(Role.ROUTE, "latency.by_route")
    name = format_percentile(fraction)
    expression = promql.quantile(fraction, duration, (*service.by, route))
    return timeseries(
        f"{name} by route",
        [Query(promql.topk(limit, expression), service.format_legend(route))],
        description=describe_percentile(duration, f"The {name} of the {limit} slowest routes."),
        unit=units.SECONDS,
        thresholds=_build_objective_threshold(service, fraction),
    )


def heatmap(service: Service) -> Heatmap:
    """The distribution itself: how many requests fell into which bucket."""
    duration = select_overall_duration(service, "latency.heatmap")
    return heatmap_kind(
        "Latency distribution",
        Query(promql.build_bucket_rates(duration), "{{le}}"),
        description=describe_value(
            duration,
            "How many requests a second took how long. Nothing is estimated here: the rows are the "
            "histogram's buckets. Two bands mean two kinds of requests, which no mean shows.",
        ),
        unit=duration.metric.unit.grafana_unit,
    )


def mean_beside_p99(service: Service) -> TimeSeries:
    """The mean beside P99: the distance between them is what an average hides."""
    duration = select_overall_duration(service, "latency.mean_beside_p99")
    return timeseries(
        "The mean that lies, and P99",
        [
            Query(promql.build_mean(duration, service.by), f"{service.legend} mean"),
            build_percentile_query(service, duration, 0.99),
        ],
        description=describe_percentile(
            duration,
            "A mean of 78 ms can hide requests of 3.2 s. Where the lines part, a few requests "
            "are much slower than the rest: open the slowest routes, then the database.",
        ),
        unit=units.SECONDS,
        colors={"mean": SECONDARY, "P99": BAD},
        thresholds=build_percentile_thresholds(service.objectives.latency),
    )


def instance_quantiles(service: Service) -> TimeSeries:
    """The quantiles that each instance computed itself, where durations are in a summary."""
    panel = "latency.instance_quantiles"
    duration = service.select_concept(DURATION_SUMMARY, panel)
    if not duration.metric.quantiles:
        raise MissingMetricError(
            f"the summary {duration.metric.name} exposes no quantiles, "
            f"which the panel {panel!r} shows",
            tip=f"make a histogram of {duration.metric.name}: prometheus-client's summaries only "
            "count and add up.",
        )
    by = (*service.by, "instance")
    return timeseries(
        "Latency quantiles by instance",
        [
            Query(
                promql.select_quantile(fraction, duration, by),
                f"{service.format_legend('instance')} {format_percentile(fraction)}",
            )
            for fraction in duration.metric.quantiles
        ],
        description=describe_value(
            duration,
            "As each instance computed them, over the window that its program chose. Quantiles of "
            "several instances cannot be averaged or added up, so that there is none of the whole "
            "service: only a histogram has that. Of several routes the slowest is shown. "
            f"{GAP_CAVEAT}",
        ),
        unit=units.SECONDS,
    )


def mean(service: Service) -> TimeSeries:
    """The mean of the whole service, all that a summary knows of several instances together."""
    duration = service.select_concept(DURATION_SUMMARY, "latency.mean")
    return timeseries(
        "Mean latency",
        [Query(promql.build_mean(duration, service.by), f"{service.legend} mean")],
        description=describe_value(
            duration,
            "How long requests take on average. A mean hides the slow ones: of 78 ms some may take "
            f"3.2 s. {GAP_CAVEAT}",
        ),
        unit=units.SECONDS,
        colors={"mean": SECONDARY},
    )


def mean_by_route(service: Service, *, limit: int = 10) -> TimeSeries:
    """The mean by route, where durations are in a summary: which endpoint is slow."""
    panel = "latency.mean_by_route"
    duration = service.select_concept(DURATION_SUMMARY, panel)
    route = duration.resolve_label(Role.ROUTE, panel)
    expression = promql.build_mean(duration, (*service.by, route))
    return timeseries(
        "Mean latency by route",
        [Query(promql.topk(limit, expression), service.format_legend(route))],
        description=describe_value(
            duration, f"The mean of the {limit} routes that are slowest on average. {GAP_CAVEAT}"
        ),
        unit=units.SECONDS,
    )


def apdex(service: Service) -> TimeSeries:
    """The Apdex score: which fraction of requests satisfied their users."""
    duration = select_overall_duration(service, "latency.apdex")
    seconds = service.objectives.apdex or _find_apdex_bound(duration)
    return timeseries(
        "Apdex",
        [Query(promql.build_apdex(duration, seconds, service.by), service.legend)],
        description=describe_value(
            duration,
            f"1 when every request took at most {promql.format_number(seconds)} s; a request of "
            f"up to {promql.format_number(4 * seconds)} s counts half. "
            "Counted from classic buckets, interpolated from native ones. "
            "Errors count as fast as they were.",
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
        colors={escape_regex(service.name): NEUTRAL},
    )


def slowest_routes(
    service: Service, *, limit: int = 50, detail: str = "", detail_tab: str = ""
) -> Table:
    """A table of routes: requests per second, error ratio, P50, P95 and P99, slowest first.

    `detail` is the uid of the dashboard that a click on a route opens, and `detail_tab` its tab as
    Grafana writes it into an address: small letters and dashes.
    """
    panel = "latency.slowest_routes"
    duration = service.select_concept(DURATION, panel)
    requests = service.select_concept(REQUESTS, panel)
    failed_requests = requests.filter_failures(panel)
    by = (*service.by, duration.resolve_label(Role.ROUTE, panel))
    request_rate = promql.rate(requests, by)
    return table(
        "Slowest routes",
        {**{label: label.capitalize() for label in service.by}, by[-1]: "Route"},
        [
            Column("Requests", request_rate, units.REQUESTS_PER_SEC, bar=True),
            Column(
                "Errors",
                promql.ratio(promql.rate(failed_requests, by), request_rate),
                units.PERCENT_UNIT,
                build_error_thresholds(service),
                decimals=2,
            ),
            *(
                Column(
                    format_percentile(fraction),
                    promql.quantile(fraction, duration, by),
                    units.SECONDS,
                    _build_objective_threshold(service, fraction),
                )
                for fraction in PERCENTILES
            ),
        ],
        description=describe_percentile(
            duration, f"The {limit} slowest routes; click a title to sort."
        ),
        sort_by="P99",
        limit=limit,
        links={"Route": [_build_route_link(service, detail, detail_tab)]} if detail else {},
    )


def _build_route_link(service: Service, uid: str, tab: str) -> dict[str, str]:
    """The link from a route to a dashboard: same time range, filtered by the route and its job."""
    variables = "".join(
        f"&var-{label}=${{__data.fields.{label.capitalize()}}}" for label in service.by
    )
    tab_field = f"dtab={tab}&" if tab else ""
    url = f"/d/{uid}?{tab_field}${{__url_time_range}}&var-route=${{__data.fields.Route}}{variables}"
    return {"title": "Open the route", "url": url}


def _find_apdex_bound(duration: Selection[Histogram]) -> float:
    """The bucket bound nearest to 0.25 s of which four times is a bound too."""
    scale, bounds = duration.metric.unit.scale, duration.metric.buckets
    apdex_bounds = [bound / scale for bound in bounds if 4 * bound in bounds]
    if not apdex_bounds:
        raise MissingMetricError(
            f"no bucket of {duration.metric.name} ends at four times another's bound, "
            "which the panel 'latency.apdex' needs",
            tip=f"give {duration.metric.name} buckets at 0.25 s and 1 s.",
        )
    return min(apdex_bounds, key=lambda bound: abs(bound - 0.25))


def select_overall_duration(service: Service, panel: str) -> Selection[Histogram]:
    """The durations of all requests, from the library's finest buckets."""
    return service.select_concept(resolve_duration_concept(service), panel)


def resolve_duration_concept(service: Service) -> Concept[Histogram]:
    """The concept with the durations of all requests: the one with the finest buckets."""
    has_finer_buckets = service.has_concepts(OVERALL_DURATION) and service.routes is None
    return OVERALL_DURATION if has_finer_buckets else DURATION


def _build_objective_threshold(service: Service, fraction: float) -> Thresholds:
    objective = service.objectives.latency.get(fraction)
    return [(objective, BAD)] if objective else ()
