"""What the service leans on: Redis, PostgreSQL, other services over HTTP."""

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
    POSTGRES_ROLLBACKS,
    REACHABLE,
    REDIS_DURATION,
    REDIS_MEMORY,
    REDIS_MEMORY_LIMIT,
    Concept,
)
from tailboard.panels.honesty import cautioned, estimated
from tailboard.panels.house import BAD, CALM, GOOD, WARNING
from tailboard.panels.kinds.state_timeline import state_timeline
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import literal, matches
from tailboard.panels.metric import Counter, Role
from tailboard.panels.objectives import percentile_name
from tailboard.panels.percentiles import PERCENTILES, percentile_lines
from tailboard.panels.query import Query
from tailboard.panels.service import Service

FAILED = matches("|5..")
"""The status of a call that failed: 5xx, or none where no answer came."""

SOME_FAIL, MANY_FAIL = 0.01, 0.05
"""From which share of failed calls on a peer is in trouble."""

MANY_CONNECTIONS, ALMOST_ALL_CONNECTIONS = 0.8, 0.95
"""From which share of max_connections on clients will soon be refused."""

NEARLY_FULL = 0.9
"""From which share of its limit on Redis will soon evict keys, or refuse writes."""


def reachable(service: Service) -> StateTimeline:
    """Whether the exporter reaches the Redis or PostgreSQL that it watches."""
    panel = "dependencies.reachable"
    reached = service.select(REACHABLE, panel)
    return state_timeline(
        "Reachable",
        Query(promql.value(reached, (*service.by, "instance"), "min"), service.line("instance")),
        description=cautioned(
            reached,
            "Whether the exporter reaches what it watches. The exporter itself may well be up "
            "while it is not.",
        ),
        states={0: ("unreachable", BAD), 1: ("reachable", GOOD)},
    )


def redis_latency(service: Service, *, fraction: float = 0.99, limit: int = 10) -> TimeSeries:
    """One percentile of Redis' own time by command."""
    duration = service.select(REDIS_DURATION, "dependencies.redis_latency")
    command = duration.label(Role.COMMAND, "dependencies.redis_latency")
    expression = promql.quantile(fraction, duration, (*service.by, command))
    return timeseries(
        f"Redis {percentile_name(fraction)} by command",
        [Query(promql.top(limit, expression), service.line(command))],
        description=estimated(
            duration, "How long Redis itself works on a command; the network is not in it."
        ),
        unit=units.SECONDS,
    )


def cache_hit_ratio(service: Service) -> TimeSeries:
    """The fraction of look-ups that the cache answers."""
    hits = service.select(CACHE_HITS, "dependencies.cache_hit_ratio")
    misses = service.select(CACHE_MISSES, "dependencies.cache_hit_ratio")
    hit, missed = promql.rate(hits, service.by), promql.rate(misses, service.by)
    asked = promql.added(hit, missed)
    return timeseries(
        "Cache hit ratio",
        [Query(f"({hit} or 0 * {missed}) / ({asked} > 0)", service.legend)],
        description=cautioned(
            hits,
            "Look-ups that found their key, of all. A sudden fall sends the load on to the "
            "database. A gap means that nobody looked anything up.",
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
        colors={literal(service.name): CALM},
    )


def redis_memory(service: Service) -> TimeSeries:
    """Memory used, beside the limit where one is set."""
    panel = "dependencies.redis_memory"
    used = service.select(REDIS_MEMORY, panel)
    limit = service.select(REDIS_MEMORY_LIMIT, panel)
    by = (*service.by, "instance")
    return timeseries(
        "Redis memory",
        [
            Query(promql.value(used, by), f"{service.line('instance')} used"),
            Query(f"{promql.value(limit, by)} > 0", f"{service.line('instance')} limit"),
            Query(nearly_full(service, panel), f"{service.line('instance')} nearly full"),
        ],
        description=cautioned(
            used,
            "Memory that Redis uses. Without maxmemory there is no line for the limit, and "
            "Redis grows until the machine has no more.",
        ),
        unit=units.BYTES_IEC,
        colors={"limit": BAD, "nearly full": WARNING},
    )


def nearly_full(service: Service, panel: str) -> str:
    """The memory from which on Redis is nearly full, by instance; nothing without a limit."""
    limit = service.select(REDIS_MEMORY_LIMIT, panel)
    bytes_allowed = promql.value(limit, (*service.by, "instance"))
    return f"({promql.number(NEARLY_FULL)} * ({bytes_allowed} > 0))"


def postgres_connections(service: Service) -> TimeSeries:
    """Connections as a share of max_connections: at 1, clients are refused."""
    panel = "dependencies.postgres_connections"
    used = service.select(POSTGRES_CONNECTIONS, panel)
    return timeseries(
        "PostgreSQL connections of the limit",
        [Query(connections_used(service, panel), service.line("instance"))],
        description=cautioned(used, "Open connections as a share of max_connections."),
        unit=units.PERCENT_UNIT,
        thresholds=[(MANY_CONNECTIONS, WARNING), (ALMOST_ALL_CONNECTIONS, BAD)],
    )


def connections_used(service: Service, panel: str) -> str:
    """Open connections as a share of max_connections, by instance."""
    used = service.select(POSTGRES_CONNECTIONS, panel)
    limit = service.select(POSTGRES_CONNECTION_LIMIT, panel)
    by = (*service.by, "instance")
    return f"({promql.value(used, by)} / {promql.value(limit, by, 'max')})"


def postgres_cache_hits(service: Service) -> TimeSeries:
    """The fraction of blocks found in PostgreSQL's buffer cache, by database."""
    hit, label = _per_database(service, POSTGRES_BLOCKS_HIT, "dependencies.postgres_cache_hits")
    read, _ = _per_database(service, POSTGRES_BLOCKS_READ, "dependencies.postgres_cache_hits")
    return timeseries(
        "PostgreSQL cache hits",
        [Query(f"{hit} / ({hit} + {read} > 0)", service.line(label))],
        description="Blocks found in shared_buffers, of all blocks asked for. Below 0.99 for long, "
        "the working set does not fit. The operating system's own cache is not in it.",
        unit=units.PERCENT_UNIT,
        maximum=1,
    )


def postgres_transactions(service: Service) -> TimeSeries:
    """Commits and rollbacks per second, by database."""
    commits, label = _per_database(service, POSTGRES_COMMITS, "dependencies.postgres_transactions")
    rollbacks, _ = _per_database(service, POSTGRES_ROLLBACKS, "dependencies.postgres_transactions")
    return timeseries(
        "PostgreSQL transactions",
        [
            Query(commits, f"{service.line(label)} commits"),
            Query(rollbacks, f"{service.line(label)} rollbacks"),
        ],
        description="Transactions per second. Many rollbacks mean conflicts or failing code.",
        unit=units.OPS_PER_SEC,
    )


def outgoing_rate(service: Service, *, limit: int = 10) -> TimeSeries:
    """The HTTP calls that the service makes, per second and peer."""
    calls = service.select(OUTGOING_DURATION, "dependencies.outgoing_rate")
    peer = calls.label(Role.PEER, "dependencies.outgoing_rate")
    expression = promql.rate(calls, (*service.by, peer))
    return timeseries(
        "Outgoing requests by peer",
        [Query(promql.top(limit, expression), f"{service.legend} to {{{{{peer}}}}}")],
        description=cautioned(calls, "HTTP calls that the service makes, per second."),
        unit=units.REQUESTS_PER_SEC,
    )


def outgoing_failures(service: Service, *, limit: int = 10) -> TimeSeries:
    """The fraction of outgoing calls that fail, by peer: 5xx, or no answer at all."""
    panel = "dependencies.outgoing_failures"
    calls = service.select(OUTGOING_DURATION, panel)
    peer = calls.label(Role.PEER, panel)
    return timeseries(
        "Outgoing failures by peer",
        [Query(promql.top(limit, failing(service, panel)), f"{service.legend} to {{{{{peer}}}}}")],
        description=cautioned(
            calls, "Calls answered with 5xx, or not at all (no status), of all calls to the peer."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(SOME_FAIL, WARNING), (MANY_FAIL, BAD)],
    )


def failing(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The fraction of outgoing calls that fail, by peer."""
    calls = service.select(OUTGOING_DURATION, panel)
    failed = calls.where({Role.STATUS: FAILED}, panel)
    by = (*service.by, calls.label(Role.PEER, panel))
    return promql.ratio(promql.rate(failed, by, window), promql.rate(calls, by, window))


def outgoing_latency(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of all outgoing calls."""
    return percentile_lines(
        "Outgoing latency",
        service,
        service.select(OUTGOING_DURATION, "dependencies.outgoing_latency"),
        fractions,
        "How long the service waits for others. Compare with its own latency: what is not waiting "
        "is its own work.",
    )


def _per_database(service: Service, concept: Concept[Counter], panel: str) -> tuple[str, str]:
    counter = service.select(concept, panel)
    label = counter.label(Role.DATABASE, panel)
    return promql.rate(counter, (*service.by, label)), label
