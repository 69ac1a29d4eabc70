"""A Redis that is about to evict keys, or to refuse writes."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import label, literal, percentage
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import REDIS_MEMORY, REDIS_MEMORY_LIMIT
from tailboard.panels.service import Service

NAME = "RedisMemoryNearlyFull"


def redis_memory_nearly_full(service: Service) -> Iterator[AlertRule]:
    """Redis has used nearly all of the memory that maxmemory allows.

    A cache evicts what it should keep; anything else refuses writes. Look at the keys without
    expiry, then at what has grown, then raise maxmemory.
    """
    used = service.select(REDIS_MEMORY, NAME)
    line = dependencies.nearly_full(service, NAME)
    share = percentage(dependencies.NEARLY_FULL)
    yield AlertRule(
        name=NAME,
        expression=promql.above(promql.value(used, (*service.by, "instance")), line),
        severity="warning",
        signal="dependencies",
        lasting="10m",
        summary=f"{literal(service.name)} has used {{{{ humanize1024 $value }}}}B, more than "
        f"{share} of its memory",
        description=f"Redis behind {label('instance')} is nearly full: it evicts keys or refuses "
        "writes next. Look first at keys without expiry, then raise maxmemory.",
        panel=dependencies.redis_memory,
        limit=line,
        told_by=("instance", *service.by),
        examples=(
            Example("nearly full", _memory(service, 95, 100), fires=True),
            Example("room left", _memory(service, 50, 100), fires=False),
            Example("no limit", _memory(service, 95, 0), fires=False),
        ),
    )


def _memory(service: Service, used: float, limit: float) -> Series:
    return {
        **scene.gauged(service, REDIS_MEMORY, scene.constant(used)),
        **scene.gauged(service, REDIS_MEMORY_LIMIT, scene.constant(limit)),
    }
