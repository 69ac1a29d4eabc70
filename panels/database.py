"""The database as the service sees it: which operation on which table is slow."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import Heatmap, Table, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import DB_CONNECTIONS, DB_DURATION, DB_FAILURES
from tailboard.panels.honesty import cautioned, check_exact, estimated
from tailboard.panels.house import BAD
from tailboard.panels.kinds.heatmap import heatmap as heatmap_kind
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Histogram, Metric, Role
from tailboard.panels.objectives import percentile_name
from tailboard.panels.percentiles import PERCENTILES, percentile_lines
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

KEYS = {Role.DATABASE: "Database", Role.OPERATION: "Operation", Role.TABLE: "Table"}


def percentiles(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all queries."""
    return percentile_lines(
        "Query time percentiles",
        service,
        exact_duration(service, "database.percentiles"),
        fractions,
        "How long database queries take, as the service sees it.",
    )


def by_table(service: Service, *, fraction: float = 0.99, limit: int = 10) -> TimeSeries:
    """One percentile by operation and table: the line that stands out wants an index."""
    duration = exact_duration(service, "database.by_table")
    labels = telling(duration)
    name = percentile_name(fraction)
    objective = service.objectives.queries.get(fraction)
    expression = promql.quantile(fraction, duration, (*service.by, *labels))
    return timeseries(
        f"{name} query time by {_names(duration)}",
        [Query(promql.top(limit, expression), service.line(*labels))],
        description=estimated(
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
    duration = exact_duration(service, panel)
    labels = telling(duration)
    by = (*service.by, *labels)
    return table(
        "Slowest queries",
        {
            **{label: label.capitalize() for label in service.by},
            **{duration.metric.labels[role]: title for role, title in _keys(duration).items()},
        },
        [
            Column("Queries", promql.rate(duration, by), units.OPS_PER_SEC, bar=True),
            Column("Mean", promql.mean(duration, by), units.SECONDS),
            Column("P99", promql.quantile(0.99, duration, by), units.SECONDS),
            Column("Busy", promql.time_spent(duration, by), units.SHORT, decimals=3),
        ],
        description=estimated(
            duration,
            "Busy is the number of queries running at once on average: where the database's time "
            "goes, however fast each query is.",
        ),
        sort_by="P99",
        limit=limit,
    )


def mean(service: Service, *, limit: int = 10) -> TimeSeries:
    """The mean by operation and table, for libraries whose buckets cannot carry a percentile."""
    duration = service.select(DB_DURATION, "database.mean")
    labels = telling(duration)
    expression = promql.mean(duration, (*service.by, *labels))
    return timeseries(
        f"Mean query time by {_names(duration)}",
        [Query(promql.top(limit, expression), service.line(*labels))],
        description=cautioned(
            duration, "The average, which hides the slow queries: read it beside a percentile."
        ),
        unit=units.SECONDS,
    )


def rate(service: Service, *, limit: int = 10) -> TimeSeries:
    """Queries per second by operation and table."""
    duration = service.select(DB_DURATION, "database.rate")
    labels = telling(duration)
    expression = promql.rate(duration, (*service.by, *labels))
    return timeseries(
        f"Queries by {_names(duration)}",
        [Query(promql.top(limit, expression), service.line(*labels))],
        description=cautioned(
            duration,
            "Queries per second. Many more queries than requests is a query in a loop (N+1).",
        ),
        unit=units.OPS_PER_SEC,
    )


def heatmap(service: Service) -> Heatmap:
    """The distribution of query times."""
    duration = service.select(DB_DURATION, "database.heatmap")
    return heatmap_kind(
        "Query time distribution",
        Query(promql.buckets(duration), "{{le}}"),
        description=cautioned(
            duration, "How many queries a second took how long, bucket by bucket."
        ),
        unit=duration.metric.unit.grafana,
    )


def pool(service: Service) -> TimeSeries:
    """Connections of the service's pool by state: none idle means that requests wait for one."""
    connections = service.select(DB_CONNECTIONS, "database.pool")
    state = connections.label(Role.STATE, "database.pool")
    return timeseries(
        "Connection pool",
        [
            Query(
                promql.value(connections, (*service.by, state)),
                service.line(state),
            )
        ],
        description=cautioned(connections, "Connections in the pool by state."),
        unit=units.SHORT,
        stacked=True,
    )


def failures(service: Service, *, limit: int = 10) -> TimeSeries:
    """Failed queries per second by type."""
    failed = service.select(DB_FAILURES, "database.failures")
    kind = failed.label(Role.EXCEPTION, "database.failures")
    expression = promql.rate(failed, (*service.by, kind))
    return timeseries(
        "Failed queries by type",
        [Query(promql.top(limit, expression), service.line(kind))],
        description=cautioned(
            failed, "Queries that raised, per second. A type appears with its first failure."
        ),
        unit=units.OPS_PER_SEC,
    )


def exact_duration(service: Service, panel: str) -> Selection[Histogram]:
    duration = service.select(DB_DURATION, panel)
    check_exact(duration, panel)
    return duration


def _keys(selection: Selection[Metric]) -> dict[Role, str]:
    return {role: title for role, title in KEYS.items() if selection.has(role)}


def telling(selection: Selection[Metric]) -> tuple[str, ...]:
    return tuple(selection.metric.labels[role] for role in _keys(selection))


def _names(selection: Selection[Metric]) -> str:
    return " and ".join(title.lower() for title in _keys(selection).values()) or "service"
