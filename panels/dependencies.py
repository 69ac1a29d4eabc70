"""What the service depends on: Redis, PostgreSQL, other services over HTTP."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import StateTimeline, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    OUTGOING_DURATION,
    POSTGRES_BLOCKS_HIT,
    POSTGRES_BLOCKS_READ,
    POSTGRES_COMMITS,
    POSTGRES_CONNECTION_LIMIT,
    POSTGRES_CONNECTIONS,
    POSTGRES_RESERVED_CONNECTIONS,
    POSTGRES_ROLLBACKS,
    REACHABLE,
    REDIS_DURATION,
    REDIS_MEMORY,
    REDIS_MEMORY_LIMIT,
    Concept,
)
from tailboard.panels.descriptions import describe_percentile, describe_value
from tailboard.panels.kinds.state_timeline import state_timeline
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric import Counter, Role
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import PERCENTILES, build_percentile_panel
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, NEUTRAL, WARNING

FAILURE_RATIO_WARNING, FAILURE_RATIO_CRITICAL = 0.01, 0.05
"""Shares of failed calls to a peer: thresholds of the warning and the critical alert."""

CONNECTION_SHARE_WARNING, CONNECTION_SHARE_CRITICAL = 0.8, 0.95
"""Shares of the connections for clients: thresholds of the warning and the critical alert."""

MEMORY_SHARE_WARNING = 0.9
"""Share of maxmemory: beyond it Redis will soon evict keys or refuse writes."""


def reachable(service: Service) -> StateTimeline:
    """Whether the exporter reaches the Redis or PostgreSQL that it watches."""
    panel = "dependencies.reachable"
    reachability = service.select_concept(REACHABLE, panel)
    return state_timeline(
        "Reachable",
        Query(
            promql.aggregate_gauge(reachability, (*service.by, "instance"), "min"),
            service.format_legend("instance"),
        ),
        description=describe_value(
            reachability,
            "Whether the exporter reaches what it watches. The exporter itself may well be up "
            "while it is not.",
        ),
        states={0: ("unreachable", BAD), 1: ("reachable", GOOD)},
    )


def redis_latency(service: Service, *, fraction: float = 0.99, limit: int = 10) -> TimeSeries:
    """One percentile of the time of Redis commands, by command."""
    duration = service.select_concept(REDIS_DURATION, "dependencies.redis_latency")
    command = duration.resolve_label(Role.COMMAND, "dependencies.redis_latency")
    expression = promql.quantile(fraction, duration, (*service.by, command))
    return timeseries(
        f"Redis {format_percentile(fraction)} by command",
        [Query(promql.topk(limit, expression), service.format_legend(command))],
        description=describe_percentile(
            duration, f"The {format_percentile(fraction)} of each command, the {limit} slowest."
        ),
        unit=units.SECONDS,
    )


def cache_hit_ratio(service: Service) -> TimeSeries:
    """The fraction of look-ups that the cache answers."""
    hits = service.select_concept(CACHE_HITS, "dependencies.cache_hit_ratio")
    misses = service.select_concept(CACHE_MISSES, "dependencies.cache_hit_ratio")
    hit_rate, miss_rate = promql.rate(hits, service.by), promql.rate(misses, service.by)
    lookup_rate = promql.add(hit_rate, miss_rate)
    return timeseries(
        "Cache hit ratio",
        [Query(f"({hit_rate} or 0 * {miss_rate}) / ({lookup_rate} > 0)", service.legend)],
        description=describe_value(
            hits,
            "Look-ups that found their key, of all. A sudden fall sends the load on to the "
            "database. A gap means that nobody looked anything up.",
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
        colors={escape_regex(service.name): NEUTRAL},
    )


def redis_memory(service: Service) -> TimeSeries:
    """Memory used, beside the limit where one is set."""
    panel = "dependencies.redis_memory"
    memory = service.select_concept(REDIS_MEMORY, panel)
    limit = service.select_concept(REDIS_MEMORY_LIMIT, panel)
    by = (*service.by, "instance")
    return timeseries(
        "Redis memory",
        [
            Query(promql.aggregate_gauge(memory, by), f"{service.format_legend('instance')} used"),
            Query(
                f"{promql.aggregate_gauge(limit, by)} > 0",
                f"{service.format_legend('instance')} limit",
            ),
            Query(
                build_memory_threshold(service, panel),
                f"{service.format_legend('instance')} nearly full",
            ),
        ],
        description=describe_value(
            memory,
            "Memory that Redis uses. Without maxmemory there is no line for the limit, and "
            "Redis grows until the machine has no more.",
        ),
        unit=units.BYTES_IEC,
        colors={"limit": BAD, "nearly full": WARNING},
    )


def build_memory_threshold(service: Service, panel: str) -> str:
    """The bytes from which on Redis is nearly full, by instance; no series without a limit."""
    limit = service.select_concept(REDIS_MEMORY_LIMIT, panel)
    memory_limit = promql.aggregate_gauge(limit, (*service.by, "instance"))
    return f"({promql.format_number(MEMORY_SHARE_WARNING)} * ({memory_limit} > 0))"


def postgres_connections(service: Service) -> TimeSeries:
    """Connections as a share of those that clients may have: at 1, they are refused."""
    panel = "dependencies.postgres_connections"
    connections = service.select_concept(POSTGRES_CONNECTIONS, panel)
    return timeseries(
        "PostgreSQL connections of the limit",
        [Query(build_connection_share(service, panel), service.format_legend("instance"))],
        description=describe_value(
            connections,
            "Open connections as a share of max_connections without those reserved for superusers.",
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(CONNECTION_SHARE_WARNING, WARNING), (CONNECTION_SHARE_CRITICAL, BAD)],
    )


def build_connection_share(service: Service, panel: str) -> str:
    """Open connections as a share of those that clients may have, by instance.

    Of a small max_connections the reserved ones are much: at 17 of 20 clients are refused.
    """
    connections = service.select_concept(POSTGRES_CONNECTIONS, panel)
    limit = service.select_concept(POSTGRES_CONNECTION_LIMIT, panel)
    by = (*service.by, "instance")
    client_limit = promql.aggregate_gauge(limit, by, "max")
    if service.has_concepts(POSTGRES_RESERVED_CONNECTIONS):
        reserved = service.select_concept(POSTGRES_RESERVED_CONNECTIONS, panel)
        reserved_count = promql.aggregate_gauge(reserved, by, "max")
        client_limit = f"({client_limit} - ({reserved_count} or 0 * {client_limit}))"
    return f"({promql.aggregate_gauge(connections, by)} / {client_limit})"


def postgres_cache_hits(service: Service) -> TimeSeries:
    """The fraction of blocks found in PostgreSQL's buffer cache, by database."""
    hit_rate, label = _build_database_rate(
        service, POSTGRES_BLOCKS_HIT, "dependencies.postgres_cache_hits"
    )
    read_rate, _ = _build_database_rate(
        service, POSTGRES_BLOCKS_READ, "dependencies.postgres_cache_hits"
    )
    return timeseries(
        "PostgreSQL cache hits",
        [Query(f"{hit_rate} / ({hit_rate} + {read_rate} > 0)", service.format_legend(label))],
        description="Blocks found in shared_buffers, of all blocks asked for. Below 0.99 for long, "
        "the working set does not fit. The operating system's own cache is not in it.",
        unit=units.PERCENT_UNIT,
        maximum=1,
    )


def postgres_transactions(service: Service) -> TimeSeries:
    """Commits and rollbacks per second, by database."""
    commits, label = _build_database_rate(
        service, POSTGRES_COMMITS, "dependencies.postgres_transactions"
    )
    rollbacks, _ = _build_database_rate(
        service, POSTGRES_ROLLBACKS, "dependencies.postgres_transactions"
    )
    return timeseries(
        "PostgreSQL transactions",
        [
            Query(commits, f"{service.format_legend(label)} commits"),
            Query(rollbacks, f"{service.format_legend(label)} rollbacks"),
        ],
        description="Transactions per second. Many rollbacks mean conflicts or failing code.",
        unit=units.OPS_PER_SEC,
    )


def outgoing_rate(service: Service, *, limit: int = 10) -> TimeSeries:
    """The calls that the service makes, per second and peer."""
    calls = service.select_concept(OUTGOING_DURATION, "dependencies.outgoing_rate")
    peer = calls.resolve_label(Role.PEER, "dependencies.outgoing_rate")
    expression = promql.rate(calls, (*service.by, peer))
    return timeseries(
        "Outgoing requests by peer",
        [Query(promql.topk(limit, expression), f"{service.legend} to {{{{{peer}}}}}")],
        description=describe_value(
            calls, f"{calls.metric.statuses.name} calls that the service makes, per second."
        ),
        unit=units.REQUESTS_PER_SEC,
    )


def outgoing_failures(service: Service, *, limit: int = 10) -> TimeSeries:
    """The fraction of outgoing calls that fail, by peer: a failure, or no answer at all."""
    panel = "dependencies.outgoing_failures"
    calls = service.select_concept(OUTGOING_DURATION, panel)
    peer = calls.resolve_label(Role.PEER, panel)
    return timeseries(
        "Outgoing failures by peer",
        [
            Query(
                promql.topk(limit, build_failure_ratio(service, panel)),
                f"{service.legend} to {{{{{peer}}}}}",
            )
        ],
        description=describe_value(
            calls,
            f"Calls answered with {calls.metric.statuses.failures.describe()}, or not at all (no "
            "status), of all calls to the peer.",
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(FAILURE_RATIO_WARNING, WARNING), (FAILURE_RATIO_CRITICAL, BAD)],
    )


def build_failure_ratio(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The fraction of outgoing calls that fail, by peer."""
    calls = service.select_concept(OUTGOING_DURATION, panel)
    failed_calls = calls.filter_unanswered_failures(panel)
    by = (*service.by, calls.resolve_label(Role.PEER, panel))
    return promql.ratio(promql.rate(failed_calls, by, window), promql.rate(calls, by, window))


def outgoing_latency(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all outgoing calls."""
    return build_percentile_panel(
        "Outgoing latency",
        service,
        service.select_concept(OUTGOING_DURATION, "dependencies.outgoing_latency"),
        fractions,
        "How long the service waits for others. Compare with its own latency: what is not waiting "
        "is its own work.",
    )


def _build_database_rate(
    service: Service, concept: Concept[Counter], panel: str
) -> tuple[str, str]:
    counter = service.select_concept(concept, panel)
    label = counter.resolve_label(Role.DATABASE, panel)
    return promql.rate(counter, (*service.by, label)), label
