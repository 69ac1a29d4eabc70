"""P50, P95 and P99 of any histogram: the default percentiles, their colours and legends."""

from collections.abc import Mapping, Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.descriptions import describe_percentile
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Histogram
from tailboard.panels.objectives import format_percentile
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, WARNING, Thresholds

PERCENTILES = (0.5, 0.95, 0.99)
PERCENTILE_COLORS = {"P50": GOOD, "P95": WARNING, "P99": BAD}


def build_percentile_query(
    service: Service, duration: Selection[Histogram], fraction: float
) -> Query:
    """One percentile of the whole service."""
    return Query(
        promql.quantile(fraction, duration, service.by),
        f"{service.legend} {format_percentile(fraction)}",
    )


def build_percentile_panel(
    title: str,
    service: Service,
    duration: Selection[Histogram],
    fractions: Sequence[float],
    description: str,
    *,
    thresholds: Thresholds = (),
    unit: str = units.SECONDS,
) -> TimeSeries:
    """A line for each percentile of the whole service."""
    return timeseries(
        title,
        [build_percentile_query(service, duration, fraction) for fraction in fractions],
        description=describe_percentile(duration, description),
        unit=unit,
        colors=PERCENTILE_COLORS,
        thresholds=thresholds,
    )


def build_percentile_thresholds(objectives: Mapping[float, float]) -> Thresholds:
    """Seconds by percentile as lines: red for the highest percentile, orange for the others."""
    sorted_objectives = sorted(objectives.items())
    return [(seconds, WARNING) for _, seconds in sorted_objectives[:-1]] + [
        (seconds, BAD) for _, seconds in sorted_objectives[-1:]
    ]
