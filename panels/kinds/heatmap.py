"""How many observations fell into which bucket, over time."""

from grafanalib.core import GridPos, Heatmap

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target


def heatmap(
    title: str, query: Query, *, description: str, unit: str, size: GridPos | None = None
) -> Heatmap:
    """A histogram's buckets as they are stored: nothing is estimated here.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/heatmap/
    """
    return Heatmap(
        title=title,
        description=description,
        targets=[build_target(query, "heatmap")],
        options={
            "calculate": False,
            "cellGap": 1,
            "cellValues": {"unit": "short", "decimals": 2},
            "color": {
                "mode": "scheme",
                "scheme": "Oranges",
                "scale": "exponential",
                "exponent": 0.5,
                "fill": "dark-orange",
                "reverse": False,
                "steps": 64,
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": True},
            "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
        },
        gridPos=size or grid_size(8, 9),
        maxDataPoints=None,
    )
