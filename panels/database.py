"""The database as the service sees it: which operation on which table is slow."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import Heatmap, Table, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DB_CONNECTIONS, DB_DURATION, DB_FAILURES
from tailboard.panels.descriptions import (
    check_bucket_precision,
    describe_percentile,
    describe_value,
)
from tailboard.panels.kinds.heatmap import heatmap as heatmap_kind
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Histogram, Metric, Role
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import PERCENTILES, build_percentile_panel
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD

ROLE_TITLES = {Role.DATABASE: "Database", Role.OPERATION: "Operation", Role.TABLE: "Table"}


def percentiles(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all queries."""
    return build_percentile_panel(
        "Query time percentiles",
        service,
        select_exact_duration(service, "database.percentiles"),
        fractions,
        "How long database queries take, as the service sees it.",
    )


def by_table(service: Service, *, fraction: float = 0.99, limit: int = 10) -> TimeSeries:
    """One percentile by operation and table: the line that stands out wants an index."""
    duration = select_exact_duration(service, "database.by_table")
    labels = list_query_labels(duration)
    name = format_percentile(fraction)
    objective = service.objectives.queries.get(fraction)
    expression = promql.quantile(fraction, duration, (*service.by, *labels))
    return timeseries(
        f"{name} query time by {_format_role_titles(duration)}",
        [Query(promql.topk(limit, expression), service.format_legend(*labels))],
        description=describe_percentile(
            duration,
            f"The {name} of the {limit} slowest. One line far above the others is the query to "
            "look at first: EXPLAIN it, and look for a missing index.",
        ),
        unit=units.SECONDS,
        thresholds=[(objective, BAD)] if objective else (),
    )


def slowest(service: Service, *, limit: int = 50) -> Table:
    """A table of operations and tables: queries per second, mean, P99 and share of all time."""
    panel = "database.slowest"
    duration = select_exact_duration(service, panel)
    labels = list_query_labels(duration)
    by = (*service.by, *labels)
    return table(
        "Slowest queries",
        {
            **{label: label.capitalize() for label in service.by},
            **{
                duration.metric.labels[role]: title
                for role, title in _select_role_titles(duration).items()
            },
        },
        [
            Column("Queries", promql.rate(duration, by), units.OPS_PER_SEC, bar=True),
            Column("Mean", promql.build_mean(duration, by), units.SECONDS),
            Column("P99", promql.quantile(0.99, duration, by), units.SECONDS),
            Column("Busy", promql.build_time_spent(duration, by), units.SHORT, decimals=3),
        ],
        description=describe_percentile(
            duration,
            "Busy is the number of queries running at once on average: where the database's time "
            "goes, however fast each query is.",
        ),
        sort_by="P99",
        limit=limit,
    )


def mean(service: Service, *, limit: int = 10) -> TimeSeries:
    """The mean by operation and table, for libraries whose buckets cannot carry a percentile."""
    duration = service.select_concept(DB_DURATION, "database.mean")
    labels = list_query_labels(duration)
    expression = promql.build_mean(duration, (*service.by, *labels))
    return timeseries(
        f"Mean query time by {_format_role_titles(duration)}",
        [Query(promql.topk(limit, expression), service.format_legend(*labels))],
        description=describe_value(
            duration, "The average, which hides the slow queries: read it beside a percentile."
        ),
        unit=units.SECONDS,
    )


def rate(service: Service, *, limit: int = 10) -> TimeSeries:
    """Queries per second by operation and table."""
    duration = service.select_concept(DB_DURATION, "database.rate")
    labels = list_query_labels(duration)
    expression = promql.rate(duration, (*service.by, *labels))
    return timeseries(
        f"Queries by {_format_role_titles(duration)}",
        [Query(promql.topk(limit, expression), service.format_legend(*labels))],
        description=describe_value(
            duration,
            "Queries per second. Many more queries than requests is a query in a loop (N+1).",
        ),
        unit=units.OPS_PER_SEC,
    )


def heatmap(service: Service) -> Heatmap:
    """The distribution of query times."""
    duration = service.select_concept(DB_DURATION, "database.heatmap")
    return heatmap_kind(
        "Query time distribution",
        Query(promql.build_bucket_rates(duration), "{{le}}"),
        description=describe_value(
            duration, "How many queries a second took how long, bucket by bucket."
        ),
        unit=duration.metric.unit.grafana_unit,
    )


def pool(service: Service) -> TimeSeries:
    """Connections of the service's pool by state: none idle means that requests wait for one."""
    connections = service.select_concept(DB_CONNECTIONS, "database.pool")
    state = connections.resolve_label(Role.STATE, "database.pool")
    return timeseries(
        "Connection pool",
        [
            Query(
                promql.aggregate_gauge(connections, (*service.by, state)),
                service.format_legend(state),
            )
        ],
        description=describe_value(connections, "Connections in the pool by state."),
        unit=units.SHORT,
        stacked=True,
    )


def failures(service: Service, *, limit: int = 10) -> TimeSeries:
    """Failed queries per second by type."""
    failed_queries = service.select_concept(DB_FAILURES, "database.failures")
    exception_label = failed_queries.resolve_label(Role.EXCEPTION, "database.failures")
    expression = promql.rate(failed_queries, (*service.by, exception_label))
    return timeseries(
        "Failed queries by type",
        [Query(promql.topk(limit, expression), service.format_legend(exception_label))],
        description=describe_value(
            failed_queries,
            "Queries that raised, per second. A type appears with its first failure.",
        ),
        unit=units.OPS_PER_SEC,
    )


def select_exact_duration(service: Service, panel: str) -> Selection[Histogram]:
    duration = service.select_concept(DB_DURATION, panel)
    check_bucket_precision(duration, panel)
    return duration


def _select_role_titles(selection: Selection[Metric]) -> dict[Role, str]:
    return {role: title for role, title in ROLE_TITLES.items() if selection.has_labels(role)}


def list_query_labels(selection: Selection[Metric]) -> tuple[str, ...]:
    return tuple(selection.metric.labels[role] for role in _select_role_titles(selection))


def _format_role_titles(selection: Selection[Metric]) -> str:
    return (
        " and ".join(title.lower() for title in _select_role_titles(selection).values())
        or "service"
    )
