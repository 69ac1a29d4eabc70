"""redis_exporter 1.86.0 with Redis 7.

Choose it for a Redis that a service depends on; durations are in microseconds.
"""

from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    REACHABLE,
    REDIS_DURATION,
    REDIS_MEMORY,
    REDIS_MEMORY_LIMIT,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_EVERYONE = "Counts the look-ups of every client of this Redis, not only a cache's."

REDIS_EXPORTER = Convention(
    name="redis_exporter",
    library="redis_exporter 1.86.0",
    metrics={
        REACHABLE: Gauge("redis_up"),
        CACHE_HITS: Counter("redis_keyspace_hits_total", caution=_EVERYONE),
        CACHE_MISSES: Counter("redis_keyspace_misses_total", caution=_EVERYONE),
        REDIS_DURATION: Histogram(
            "redis_commands_latencies_usec",
            labels={Role.COMMAND: "cmd"},
            unit=Unit.MICROSECONDS,
            buckets=buckets.REDIS,
            caution="It is the time that Redis itself works on a command, without the network. "
            "Each bucket is twice as wide as the one before, and a command has only those "
            "it filled: read it command by command.",
        ),
        REDIS_MEMORY: Gauge("redis_memory_used_bytes", unit=Unit.BYTES),
        REDIS_MEMORY_LIMIT: Gauge(
            "redis_memory_max_bytes", unit=Unit.BYTES, caution="0 means that there is no limit."
        ),
    },
    missing=describe_missing_process("process_* of this target are the exporter's own, not Redis'"),
    notes=(
        "Durations need Redis 7; before it there are only redis_commands_duration_seconds_total "
        "and redis_commands_total, that is the mean.",
        "The buckets of a blocking command such as brpop leave the wait out. Its sum does not fit "
        "them, so that its mean can lie above every bucket.",
        "The label cmd of a subcommand has a bar in it: config|get.",
        "Divide by a limit only where it is above 0: redis_memory_max_bytes > 0.",
    ),
)
