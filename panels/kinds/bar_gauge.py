"""One bar for each series, longest first."""

from collections.abc import Sequence

from grafanalib.core import BarGauge, GridPos

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target
from tailboard.panels.style import GOOD, NEUTRAL, Thresholds, build_threshold_steps


def bar_gauge(
    title: str,
    queries: Sequence[Query],
    *,
    description: str,
    unit: str,
    thresholds: Thresholds = (),
    size: GridPos | None = None,
) -> BarGauge:
    """Horizontal bars of the latest values.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/bar-gauge/
    """
    return BarGauge(
        title=title,
        description=description,
        targets=[build_target(query, is_instant=True) for query in queries],
        format=unit,
        displayMode="basic",
        calc="lastNotNull",
        max=None,
        thresholds=build_threshold_steps(thresholds, GOOD if thresholds else NEUTRAL),
        gridPos=size or grid_size(8, 9),
        maxDataPoints=None,
    )
