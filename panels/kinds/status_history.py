"""One row of coloured cells for each series: which one, since when."""

from grafanalib.core import GridPos, StateTimeline

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target
from tailboard.panels.style import Thresholds, build_threshold_steps


def status_history(
    title: str,
    query: Query,
    *,
    description: str,
    unit: str,
    thresholds: Thresholds,
    size: GridPos | None = None,
) -> StateTimeline:
    """Cells coloured by threshold; grafanalib has no class of its own for this kind.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/status-history/
    """
    return StateTimeline(
        title=title,
        description=description,
        targets=[build_target(query)],
        showValue="never",
        rowHeight=0.9,
        tooltipMode="multi",
        thresholds=build_threshold_steps(thresholds),
        gridPos=size or grid_size(8, 9),
        maxDataPoints=60,
        extraJson={
            "type": "status-history",
            "fieldConfig": {"defaults": {"unit": unit, "min": 0}},
            "options": {"colWidth": 0.9},
        },
    )
