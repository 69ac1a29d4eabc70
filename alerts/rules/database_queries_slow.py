"""Queries slower than they may be, by operation and table."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import DURATION, label, literal, seconds
from tailboard.panels import database, promql
from tailboard.panels.concept import DB_DURATION
from tailboard.panels.objectives import percentile_name
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "DatabaseQueriesSlow"


def database_queries_slow(service: Service) -> Iterator[AlertRule]:
    """One kind of query takes longer than queries may.

    EXPLAIN it and look for a missing index; then for a table that has grown, a lock, an old plan.
    """
    duration = database.exact_duration(service, NAME)
    labels = database.telling(duration)
    by = (*service.by, *labels)
    kind = " ".join(label(it) for it in labels) or "Queries"
    bounds = [it / duration.metric.unit.per_base for it in duration.metric.buckets]
    for fraction, limit in sorted(service.objectives.queries.items()):
        if bounds and limit >= bounds[-1]:
            continue
        name = percentile_name(fraction)
        yield AlertRule(
            name=NAME,
            expression=promql.provided(
                promql.above(promql.quantile(fraction, duration, by, WINDOW), limit),
                promql.reaches(promql.rate(duration, by, WINDOW), service.objectives.minimum_rate),
                by=by,
            ),
            severity="warning",
            signal="database",
            lasting="5m",
            keep_firing="5m",
            labels={"percentile": name},
            summary=f"{kind} of {literal(service.name)} takes {DURATION} at {name}",
            description=f"{kind} takes {DURATION} at {name}, more than {seconds(limit)}: every "
            "request that needs it waits. EXPLAIN it, and look for a missing index first.",
            panel=database.by_table,
            limit=limit,
            told_by=by,
            examples=(
                Example("a missing index", _queries(service, bounds, limit, 0.5), fires=True),
                Example("all fast", _queries(service, bounds, limit, 0), fires=False),
            ),
        )


def _queries(service: Service, bounds: list[float], limit: float, slow: float) -> Series:
    rate = max(1.0, 10 * service.objectives.minimum_rate)
    taken = {(bounds or [limit])[0] / 2: rate * (1 - slow)}
    beyond = 2 * (bounds or [limit])[-1]
    return scene.observed(service, DB_DURATION, {**taken, beyond: rate * slow})
