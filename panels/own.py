"""Panels of an application's own histograms and gauges; `business.rate` is that of counters."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.descriptions import GAP_CAVEAT, describe_percentile
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Gauge, Histogram, Summary, Unit
from tailboard.panels.metric_names import (
    find_gauge_unit,
    find_unit,
    format_title,
    is_non_additive,
    is_timestamp,
)
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import PERCENTILES, build_percentile_panel
from tailboard.panels.query import Query
from tailboard.panels.service import Service

SHARE_UNITS: dict[float, str] = {1: units.PERCENT_UNIT, 100: units.PERCENT_FORMAT}
"""Grafana's unit of a share, by what the whole is."""

GRAFANA_UNITS = {Unit.ONE: units.SHORT, Unit.BYTES: units.BYTES_IEC}


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
    metric = Histogram(histogram, unit=unit or find_unit(histogram))
    return build_percentile_panel(
        f"{title or format_title(histogram)}: percentiles",
        service,
        service.select_metric(metric),
        fractions,
        f"Half of what {histogram} observes is at most P50, all but one in 100 at most P99.",
        unit=GRAFANA_UNITS.get(metric.unit, units.SECONDS),
    )


def percentile_by(
    service: Service,
    histogram: str,
    by: Sequence[str],
    *,
    title: str = "",
    unit: Unit | None = None,
    fraction: float = 0.99,
    limit: int = 10,
) -> TimeSeries:
    """One percentile of what any histogram observes, by any of its labels: which kind is slow."""
    metric = Histogram(histogram, unit=unit or find_unit(histogram))
    selection = service.select_metric(metric)
    expression = promql.quantile(fraction, selection, (*service.by, *by))
    name = format_percentile(fraction)
    return timeseries(
        f"{title or format_title(histogram)}: {name} by {' and '.join(by)}",
        [Query(promql.topk(limit, expression), service.format_legend(*by))],
        description=describe_percentile(
            selection, f"The {name} of {histogram}, of the {limit} largest."
        ),
        unit=GRAFANA_UNITS.get(metric.unit, units.SECONDS),
    )


def observations(
    service: Service,
    histogram: str,
    *,
    title: str = "",
    by: Sequence[str] = (),
    limit: int = 10,
    is_summary: bool = False,
) -> TimeSeries:
    """How often any histogram or summary observes something, per second, by any of its labels."""
    metric = Summary(histogram) if is_summary else Histogram(histogram)
    expression = promql.rate(service.select_metric(metric), (*service.by, *by))
    return timeseries(
        f"{title or format_title(histogram)}: how often",
        [Query(promql.topk(limit, expression) if by else expression, service.format_legend(*by))],
        description=f"What {histogram} observes, per second.{_describe_limit(by, limit)}",
        unit=units.OPS_PER_SEC,
    )


def mean(
    service: Service,
    summary: str,
    *,
    title: str = "",
    unit: Unit | None = None,
    by: Sequence[str] = (),
    limit: int = 10,
) -> TimeSeries:
    """The mean of what any summary observes, by any of its labels.

    `summary` is the name without `_count`. All instances together have no percentile: each computes
    its own quantiles, if any.
    """
    metric = Summary(summary, unit=unit or find_unit(summary))
    expression = promql.build_mean(service.select_metric(metric), (*service.by, *by))
    return timeseries(
        f"{title or format_title(summary)}: mean",
        [Query(promql.topk(limit, expression) if by else expression, service.format_legend(*by))],
        description=f"The mean of what {summary} observes; it hides the largest values, and a "
        f"summary has nothing better of several instances. {GAP_CAVEAT}"
        f"{_describe_limit(by, limit)}",
        unit=GRAFANA_UNITS.get(metric.unit, units.SECONDS),
    )


def instance_quantiles(
    service: Service, summary: str, *, title: str = "", unit: Unit | None = None
) -> TimeSeries:
    """The quantiles of any summary, as each instance computes them."""
    metric = Summary(summary, unit=unit or find_unit(summary))
    by = (*service.by, "instance", "quantile")
    return timeseries(
        f"{title or format_title(summary)}: quantiles by instance",
        [
            Query(
                promql.select_quantiles(service.select_metric(metric), by),
                service.format_legend("instance", "quantile"),
            )
        ],
        description=f"The quantiles of {summary} as each instance computed them: those of several "
        "instances cannot be averaged or added up. Of several series of an instance the largest "
        f"is shown. {GAP_CAVEAT}",
        unit=GRAFANA_UNITS.get(metric.unit, units.SECONDS),
    )


def value(
    service: Service, gauge: str, *, title: str = "", by: Sequence[str] = (), limit: int = 10
) -> TimeSeries:
    """The current value of any gauge, by any of its labels; of a Unix time, the seconds since.

    Instances are added up where the name ends as an amount (`_bytes`, no unit); of a ratio, a
    temperature or a duration the largest is shown, of a moment (`_timestamp_seconds`) the latest.
    """
    has_timestamp, is_maximum = is_timestamp(gauge), is_timestamp(gauge) or is_non_additive(gauge)
    labels = (*service.by, *by)
    expression = promql.aggregate_gauge(
        service.select_metric(Gauge(gauge)), labels, "max" if is_maximum else "sum"
    )
    if has_timestamp:
        expression = promql.build_age(promql.filter_above(expression, 0))
    return timeseries(
        title or format_title(gauge),
        [Query(promql.topk(limit, expression) if by else expression, service.format_legend(*by))],
        description=_describe_gauge(gauge, has_timestamp=has_timestamp, is_maximum=is_maximum)
        + _describe_limit(by, limit),
        unit=units.SECONDS if has_timestamp else find_gauge_unit(gauge),
        minimum=0 if has_timestamp else None,
    )


def share(
    service: Service,
    gauge: str,
    *,
    whole: float = 1,
    title: str = "",
    by: Sequence[str] = (),
    limit: int = 10,
) -> TimeSeries:
    """A gauge that is a share of a whole, which is 1 or 100: the largest of all instances."""
    if whole not in SHARE_UNITS:
        raise DefinitionError(
            f"a share of {whole!r} cannot be shown in percent",
            tip="the whole of a share is 1 or 100; show another gauge with own.value.",
        )
    expression = promql.aggregate_gauge(
        service.select_metric(Gauge(gauge)), (*service.by, *by), "max"
    )
    return timeseries(
        title or format_title(gauge),
        [Query(promql.topk(limit, expression) if by else expression, service.format_legend(*by))],
        description=f"{gauge} now, the largest of all instances: shares cannot be added up."
        + _describe_limit(by, limit),
        unit=SHARE_UNITS[whole],
    )


def _describe_gauge(gauge: str, *, has_timestamp: bool, is_maximum: bool) -> str:
    if has_timestamp:
        return f"How long ago {gauge} was, the latest of all instances; nothing while it is 0."
    if is_maximum:
        return f"{gauge} now, the largest of all instances: such values cannot be added up."
    return f"{gauge} now, added up over all instances. What happens between scrapes is not seen."


def _describe_limit(by: Sequence[str], limit: int) -> str:
    return f" Only the {limit} largest are shown." if by else ""
