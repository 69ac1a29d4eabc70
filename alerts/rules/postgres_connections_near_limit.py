"""A PostgreSQL that is about to refuse clients."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series, Severity
from tailboard.alerts.template import PERCENTAGE, label, literal
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import POSTGRES_CONNECTION_LIMIT, POSTGRES_CONNECTIONS
from tailboard.panels.service import Service

NAME = "PostgresConnectionsNearLimit"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (dependencies.MANY_CONNECTIONS, "10m", "warning"),
    (dependencies.ALMOST_ALL_CONNECTIONS, "2m", "critical"),
)


def postgres_connections_near_limit(service: Service) -> Iterator[AlertRule]:
    """PostgreSQL has handed out nearly all of max_connections.

    New clients are refused next. Look who holds them (pg_stat_activity by user and state): idle
    in transaction is a leak, idle is a pool that is too large.
    """
    used = dependencies.connections_used(service, NAME)
    for limit, lasting, severity in STEPS:
        yield AlertRule(
            name=NAME,
            expression=promql.above(used, limit),
            severity=severity,
            signal="dependencies",
            lasting=lasting,
            summary=f"{PERCENTAGE} of the connections of {literal(service.name)} are used",
            description=f"Whoever connects to {label('instance')} next may be refused. Look first "
            "who holds the connections, by user and state: idle in transaction is a leak.",
            panel=dependencies.postgres_connections,
            limit=limit,
            told_by=("instance", *service.by),
            examples=(
                Example("nearly all", _connections(service, 99), fires=True),
                Example("some", _connections(service, 50), fires=False),
            ),
        )


def _connections(service: Service, used: float) -> Series:
    return {
        **scene.gauged(service, POSTGRES_CONNECTIONS, scene.constant(used)),
        **scene.gauged(service, POSTGRES_CONNECTION_LIMIT, scene.constant(100)),
    }
