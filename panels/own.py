"""An application's own histograms and gauges, by name; its counters are `business.rate`."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.habits import is_moment, is_share, measured_in, shown_in, title_of
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Gauge, Histogram, Unit
from tailboard.panels.percentiles import PERCENTILES, percentile_lines
from tailboard.panels.query import Query
from tailboard.panels.service import Service

BASE = {Unit.ONE: units.SHORT, Unit.BYTES: units.BYTES_IEC}


def percentiles(
    service: Service,
    histogram: str,
    *,
    title: str = "",
    unit: Unit | None = None,
    fractions: Sequence[float] = PERCENTILES,
) -> TimeSeries:
    """P50, P95 and P99 of what any histogram observes.

    `histogram` is the name without `_bucket`. The unit comes from the name's end (`_seconds`,
    `_bytes`) where none is given; durations are shown in seconds.
    """
    metric = Histogram(histogram, unit=unit or measured_in(histogram))
    return percentile_lines(
        f"{title or title_of(histogram)}: percentiles",
        service,
        service.series(metric),
        fractions,
        f"Half of what {histogram} observes is at most P50, all but one in 100 at most P99.",
        unit=BASE.get(metric.unit, units.SECONDS),
    )


def observations(
    service: Service, histogram: str, *, title: str = "", by: Sequence[str] = (), limit: int = 10
) -> TimeSeries:
    """How often any histogram observes something, per second, by any of its labels."""
    expression = promql.rate(service.series(Histogram(histogram)), (*service.by, *by))
    return timeseries(
        f"{title or title_of(histogram)}: how often",
        [Query(promql.top(limit, expression) if by else expression, service.line(*by))],
        description=f"What {histogram} observes, per second.{_most(by, limit)}",
        unit=units.OPS_PER_SEC,
    )


def value(
    service: Service, gauge: str, *, title: str = "", by: Sequence[str] = (), limit: int = 10
) -> TimeSeries:
    """Any gauge as it is now, by any of its labels; of a moment, the time that passed since.

    Instances are added up where the name ends as an amount (`_bytes`, no unit); of a ratio, a
    temperature or a duration the largest is shown, of a moment (`_timestamp_seconds`) the latest.
    """
    moment, largest = is_moment(gauge), is_moment(gauge) or is_share(gauge)
    kept = (*service.by, *by)
    expression = promql.value(service.series(Gauge(gauge)), kept, "max" if largest else "sum")
    if moment:
        expression = promql.age(promql.above(expression, 0))
    return timeseries(
        title or title_of(gauge),
        [Query(promql.top(limit, expression) if by else expression, service.line(*by))],
        description=_says(gauge, moment=moment, largest=largest) + _most(by, limit),
        unit=units.SECONDS if moment else shown_in(gauge),
        minimum=0 if moment else None,
    )


def _says(gauge: str, *, moment: bool, largest: bool) -> str:
    if moment:
        return f"How long ago {gauge} was, the latest of all instances; nothing while it is 0."
    if largest:
        return f"{gauge} now, the largest of all instances: such values cannot be added up."
    return f"{gauge} now, added up over all instances. What happens between scrapes is not seen."


def _most(by: Sequence[str], limit: int) -> str:
    return f" Only the {limit} largest are shown." if by else ""
