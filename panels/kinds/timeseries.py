"""Lines over time."""

from collections.abc import Mapping, Sequence
from typing import Any

from grafanalib.core import GridPos, TimeSeries
from grafanalib.formatunits import PERCENT_UNIT, SHORT

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target
from tailboard.panels.style import GOOD, Thresholds, build_color_overrides, build_threshold_steps

MINIMUM_SOFT_MAX = {PERCENT_UNIT: 0.01, SHORT: 1}
"""The smallest upper end of the axis, by unit."""


def timeseries(
    title: str,
    queries: Sequence[Query],
    *,
    description: str,
    unit: str,
    thresholds: Thresholds = (),
    base: str = GOOD,
    colors: Mapping[str, str] | None = None,
    minimum: float | None = 0,
    maximum: float | None = None,
    stacked: bool = False,
    links: Sequence[Mapping[str, Any]] = (),
    size: GridPos | None = None,
) -> TimeSeries:
    """Lines from `minimum` upwards, largest first in the tooltip, thresholds as dashed lines.

    `base` is the colour below every threshold, `colors` fixes the colour of the lines whose legend
    ends in a word, `links` open from a line.
    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/time-series/
    """
    threshold_steps = build_threshold_steps(thresholds, base)
    field_defaults: dict[str, Any] = {} if minimum is None else {"min": minimum}
    if maximum is not None:
        field_defaults["max"] = maximum
    if unit in MINIMUM_SOFT_MAX and maximum is None:
        # Grafana draws a line of zeros on a scale up to 100, which is 10,000 %.
        soft_max = max((value for value, _ in thresholds), default=MINIMUM_SOFT_MAX[unit])
        field_defaults["custom"] = {"axisSoftMax": soft_max}
    if links:
        field_defaults["links"] = [dict(link) for link in links]
    return TimeSeries(
        title=title,
        description=description,
        targets=[build_target(query) for query in queries],
        unit=unit,
        thresholds=threshold_steps,
        thresholdsStyleMode="dashed" if thresholds else "off",
        fillOpacity=30 if stacked else 8,
        stacking={"mode": "normal", "group": "A"} if stacked else {},
        showPoints="never",
        legendDisplayMode="table",
        legendCalcs=["lastNotNull", "max"],
        tooltipMode="multi",
        tooltipSort="desc",
        overrides=build_color_overrides(colors or {}),
        gridPos=size or grid_size(8, 9),
        maxDataPoints=None,
        extraJson={"fieldConfig": {"defaults": field_defaults}},
    )
