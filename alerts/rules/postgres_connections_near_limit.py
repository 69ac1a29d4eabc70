"""A PostgreSQL that is about to refuse clients."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Severity
from tailboard.alerts.template import PERCENTAGE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import POSTGRES_CONNECTION_LIMIT, POSTGRES_CONNECTIONS
from tailboard.panels.service import Service

NAME = "PostgresConnectionsNearLimit"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (dependencies.CONNECTION_SHARE_WARNING, "10m", "warning"),
    (dependencies.CONNECTION_SHARE_CRITICAL, "2m", "critical"),
)

KEEP_FIRING = "10m"
"""How long an alert outlasts its condition: connections that come and go are one alert."""


def postgres_connections_near_limit(service: Service) -> Iterator[AlertRule]:
    """PostgreSQL has handed out nearly all the connections that clients may have.

    These are max_connections without superuser_reserved_connections.

    New clients are refused next. Look who holds them (pg_stat_activity by user and state): idle
    in transaction is a leak, idle is a pool that is too large.
    """
    connection_share = dependencies.build_connection_share(service, NAME)
    for limit, lasting, severity in STEPS:
        yield AlertRule(
            name=NAME,
            expression=promql.filter_above(connection_share, limit),
            severity=severity,
            signal="dependencies",
            lasting=lasting,
            keep_firing=KEEP_FIRING,
            summary=f"{PERCENTAGE_TEMPLATE} of the connections of {escape_template(service.name)} "
            "are used",
            description=f"Whoever connects to {format_label_template('instance')} next may be "
            "refused. Look first who holds the connections, by user and state: idle in "
            "transaction is a leak.",
            panel=dependencies.postgres_connections,
            limit=limit,
            series_labels=("instance", *service.by),
            examples=(
                Example("nearly all", _build_connection_series(service, 99), is_firing=True),
                Example("some", _build_connection_series(service, 50), is_firing=False),
            ),
        )


def _build_connection_series(service: Service, connection_count: float) -> InputSeries:
    return {
        **example_series.build_gauge_series(
            service, POSTGRES_CONNECTIONS, example_series.format_constant(connection_count)
        ),
        **example_series.build_gauge_series(
            service, POSTGRES_CONNECTION_LIMIT, example_series.format_constant(100)
        ),
    }
