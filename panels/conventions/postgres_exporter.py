"""postgres_exporter 0.19.1.

Choose it for a PostgreSQL that a service depends on.
"""

from tailboard.panels.concept import (
    DB_CONNECTIONS,
    DB_DURATION,
    POSTGRES_BLOCKS_HIT,
    POSTGRES_BLOCKS_READ,
    POSTGRES_COMMITS,
    POSTGRES_CONNECTION_LIMIT,
    POSTGRES_CONNECTIONS,
    POSTGRES_RESERVED_CONNECTIONS,
    POSTGRES_ROLLBACKS,
    REACHABLE,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.metric import Counter, Gauge, Role

_LABELS = {Role.DATABASE: "datname"}

POSTGRES_EXPORTER = Convention(
    name="postgres_exporter",
    library="postgres_exporter 0.19.1",
    metrics={
        REACHABLE: Gauge("pg_up"),
        POSTGRES_CONNECTIONS: Gauge(
            "pg_stat_activity_count",
            labels={**_LABELS, Role.STATE: "state"},
            caution="Counts the exporter's own connection too.",
        ),
        POSTGRES_CONNECTION_LIMIT: Gauge("pg_settings_max_connections"),
        POSTGRES_RESERVED_CONNECTIONS: Gauge("pg_settings_superuser_reserved_connections"),
        POSTGRES_BLOCKS_HIT: Counter("pg_stat_database_blks_hit", labels=_LABELS),
        POSTGRES_BLOCKS_READ: Counter(
            "pg_stat_database_blks_read",
            labels=_LABELS,
            caution="A block that PostgreSQL had to read may still come from the cache of the "
            "operating system.",
        ),
        POSTGRES_COMMITS: Counter("pg_stat_database_xact_commit", labels=_LABELS),
        POSTGRES_ROLLBACKS: Counter("pg_stat_database_xact_rollback", labels=_LABELS),
    },
    missing={
        DB_DURATION: "PostgreSQL's statistics have no durations by default; measure queries in "
        "the application (db_query_duration_seconds{operation, table}), or turn on "
        "pg_stat_statements and the exporter's collector for it.",
        DB_CONNECTIONS: "the exporter sees connections at the server, not the application's pool; "
        "expose the pool's size by state in the application.",
        **describe_missing_process(
            "process_* of this target are the exporter's own, not PostgreSQL's"
        ),
    },
    notes=(
        "The counters of pg_stat_database_* have no _total in their names.",
        "max_connections is one number for the server: take its maximum, never its sum over "
        "databases.",
        "Three connections are reserved for superusers by default: of a max_connections of 20, "
        "17 are for clients.",
        "pg_stat_activity_max_tx_duration is in seconds.",
    ),
)
