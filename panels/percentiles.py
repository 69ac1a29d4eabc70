"""P50, P95 and P99 of anything that takes time: which ones, in which colours, under which names."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.honesty import estimated
from tailboard.panels.house import BAD, GOOD, WARNING, Thresholds
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Histogram
from tailboard.panels.objectives import percentile_name
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

PERCENTILES = (0.5, 0.95, 0.99)
COLORS = {"P50": GOOD, "P95": WARNING, "P99": BAD}


def percentile(service: Service, duration: Selection[Histogram], fraction: float) -> Query:
    """One percentile of the whole service."""
    return Query(
        promql.quantile(fraction, duration, service.by),
        f"{service.legend} {percentile_name(fraction)}",
    )


def percentile_lines(
    title: str,
    service: Service,
    duration: Selection[Histogram],
    fractions: Sequence[float],
    says: str,
    *,
    thresholds: Thresholds = (),
    unit: str = units.SECONDS,
) -> TimeSeries:
    """A line for each percentile of the whole service."""
    return timeseries(
        title,
        [percentile(service, duration, fraction) for fraction in fractions],
        description=estimated(duration, says),
        unit=unit,
        colors=COLORS,
        thresholds=thresholds,
    )
