"""The kinds of panels that are drawn, one a file; each makes a drawing of a panel's data."""

from collections.abc import Mapping
from types import ModuleType

from tailboard.preview.charts import (
    bar_chart,
    bar_gauge,
    gauge,
    heatmap,
    pie_chart,
    stat,
    state_timeline,
    status_history,
    table,
    text,
    timeseries,
)
from tailboard.preview.drawing import Draw

CHARTS: tuple[ModuleType, ...] = (
    timeseries,
    stat,
    gauge,
    bar_gauge,
    table,
    heatmap,
    state_timeline,
    status_history,
    bar_chart,
    pie_chart,
    text,
)
"""The modules; each names Grafana's panel types in `KINDS`."""

DRAW_BY_KIND: Mapping[str, Draw] = {kind: chart.draw for chart in CHARTS for kind in chart.KINDS}
