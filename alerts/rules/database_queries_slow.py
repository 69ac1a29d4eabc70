"""Queries slower than they may be, by operation and table."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import (
    DURATION_TEMPLATE,
    escape_template,
    format_label_template,
    format_seconds,
)
from tailboard.panels import database, promql
from tailboard.panels.concept import DB_DURATION
from tailboard.panels.objectives import format_percentile
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "DatabaseQueriesSlow"


def database_queries_slow(service: Service) -> Iterator[AlertRule]:
    """One kind of query takes longer than queries may.

    EXPLAIN it and look for a missing index; then for a table that has grown, a lock, an old plan.
    """
    duration = database.select_exact_duration(service, NAME)
    labels = database.list_query_labels(duration)
    by = (*service.by, *labels)
    query_name = " ".join(format_label_template(label_name) for label_name in labels) or "Queries"
    bounds = [bound / duration.metric.unit.scale for bound in duration.metric.buckets]
    for fraction, limit in sorted(service.objectives.queries.items()):
        if bounds and limit >= bounds[-1]:
            continue
        name = format_percentile(fraction)
        yield AlertRule(
            name=NAME,
            expression=promql.filter_by_guards(
                promql.filter_above(promql.quantile(fraction, duration, by, WINDOW), limit),
                promql.filter_at_least(
                    promql.rate(duration, by, WINDOW), service.objectives.minimum_rate
                ),
                by=by,
            ),
            severity="warning",
            signal="database",
            lasting="5m",
            keep_firing="5m",
            labels={"percentile": name},
            summary=f"{query_name} of {escape_template(service.name)} takes {DURATION_TEMPLATE} "
            f"at {name}",
            description=f"{query_name} takes {DURATION_TEMPLATE} at {name}, more than "
            f"{format_seconds(limit)}: every request that needs it waits. EXPLAIN it, and look "
            "for a missing index first.",
            panel=database.by_table,
            limit=limit,
            series_labels=by,
            examples=(
                Example(
                    "a missing index",
                    _build_query_series(service, bounds, limit, 0.5),
                    is_firing=True,
                ),
                Example(
                    "all fast", _build_query_series(service, bounds, limit, 0), is_firing=False
                ),
            ),
        )


def _build_query_series(
    service: Service, bounds: list[float], limit: float, slow_share: float
) -> InputSeries:
    rate = max(1.0, 10 * service.objectives.minimum_rate)
    rates_by_duration = {(bounds or [limit])[0] / 2: rate * (1 - slow_share)}
    slow_duration = 2 * (bounds or [limit])[-1]
    return example_series.build_histogram_series(
        service, DB_DURATION, {**rates_by_duration, slow_duration: rate * slow_share}
    )
