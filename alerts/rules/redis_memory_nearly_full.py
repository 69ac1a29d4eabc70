"""A Redis that is about to evict keys, or to refuse writes."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import escape_template, format_label_template, format_percentage
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import REDIS_MEMORY, REDIS_MEMORY_LIMIT
from tailboard.panels.service import Service

NAME = "RedisMemoryNearlyFull"


def redis_memory_nearly_full(service: Service) -> Iterator[AlertRule]:
    """Redis has used nearly all of the memory that maxmemory allows.

    A cache evicts what it should keep; anything else refuses writes. Look at the keys without
    expiry, then at what has grown, then raise maxmemory.
    """
    memory = service.select_concept(REDIS_MEMORY, NAME)
    memory_threshold = dependencies.build_memory_threshold(service, NAME)
    share = format_percentage(dependencies.MEMORY_SHARE_WARNING)
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(
            promql.aggregate_gauge(memory, (*service.by, "instance")), memory_threshold
        ),
        severity="warning",
        signal="dependencies",
        lasting="10m",
        summary=f"{escape_template(service.name)} has used {{{{ humanize1024 $value }}}}B, more "
        f"than {share} of its memory",
        description=f"Redis behind {format_label_template('instance')} is nearly full: it evicts "
        "keys or refuses writes next. Look first at keys without expiry, then raise maxmemory.",
        panel=dependencies.redis_memory,
        limit=memory_threshold,
        series_labels=("instance", *service.by),
        examples=(
            Example("nearly full", _build_memory_series(service, 95, 100), is_firing=True),
            Example("room left", _build_memory_series(service, 50, 100), is_firing=False),
            Example("no limit", _build_memory_series(service, 95, 0), is_firing=False),
        ),
    )


def _build_memory_series(service: Service, memory: float, limit: float) -> InputSeries:
    return {
        **example_series.build_gauge_series(
            service, REDIS_MEMORY, example_series.format_constant(memory)
        ),
        **example_series.build_gauge_series(
            service, REDIS_MEMORY_LIMIT, example_series.format_constant(limit)
        ),
    }
