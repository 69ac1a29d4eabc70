"""One bar for each series, longest first."""

from collections.abc import Sequence

from grafanalib.core import BarGauge, GridPos

from tailboard.panels.house import CALM, GOOD, Thresholds, steps
from tailboard.panels.kinds.size import flowing
from tailboard.panels.query import Query, target


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
        targets=[target(query, instant=True) for query in queries],
        format=unit,
        displayMode="basic",
        calc="lastNotNull",
        max=None,
        thresholds=steps(thresholds, GOOD if thresholds else CALM),
        gridPos=size or flowing(8, 9),
        maxDataPoints=None,
    )
