"""What each kind says of every field where nothing is said."""

from typing import Any

Document = dict[str, Any]

CLASSIC: Document = {"mode": "palette-classic"}
THRESHOLDS: Document = {
    "mode": "absolute",
    "steps": [{"color": "green"}, {"color": "red", "value": 80}],
}
"""The first step has a value that nothing reads, and none here."""

SHOWN: Document = {"legend": False, "tooltip": False, "viz": False}
SCALE: Document = {"type": "linear"}
STACKING: Document = {"group": "A", "mode": "none"}
AXIS: Document = {
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "scaleDistribution": SCALE,
}
BAR: Document = {"fillOpacity": 80, "gradientMode": "none", "hideFrom": SHOWN, "lineWidth": 1}
STATE: Document = {"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": SHOWN}
LINE: Document = {
    **AXIS,
    "barAlignment": 0,
    "barWidthFactor": 0.6,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": SHOWN,
    "insertNulls": False,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
    "showValues": False,
    "spanNulls": False,
    "stacking": STACKING,
    "thresholdsStyle": {"mode": "off"},
}

BY_VALUE: Document = {"mappings": [], "thresholds": THRESHOLDS}
BY_SERIES: Document = {**BY_VALUE, "color": CLASSIC}

FIELDS: dict[str, Document] = {
    "barchart": {**BY_SERIES, "custom": {**AXIS, **BAR, "thresholdsStyle": {"mode": "off"}}},
    "bargauge": BY_VALUE,
    "candlestick": {**BY_SERIES, "custom": LINE},
    "canvas": BY_VALUE,
    "gauge": BY_VALUE,
    "geomap": {**BY_VALUE, "custom": {"hideFrom": SHOWN}},
    "heatmap": {"custom": {"hideFrom": SHOWN, "scaleDistribution": SCALE}},
    "histogram": {**BY_SERIES, "custom": {**BAR, "stacking": STACKING}},
    "piechart": {"color": CLASSIC, "custom": {"hideFrom": SHOWN}, "mappings": []},
    "stat": BY_VALUE,
    "state-timeline": {
        **BY_VALUE,
        "color": {"mode": "continuous-GrYlRd"},
        "custom": {**STATE, "insertNulls": False, "lineWidth": 0, "spanNulls": False},
    },
    "status-history": {
        **BY_VALUE,
        "color": {"mode": "thresholds"},
        "custom": {**STATE, "lineWidth": 1},
    },
    "table": {
        **BY_VALUE,
        "custom": {
            "align": "auto",
            "cellOptions": {"type": "auto"},
            "footer": {"reducers": []},
            "inspect": False,
        },
    },
    "timeseries": {**BY_SERIES, "custom": LINE},
    "trend": {**BY_SERIES, "custom": LINE},
    "xychart": {
        **BY_SERIES,
        "custom": {
            **AXIS,
            "fillOpacity": 50,
            "hideFrom": SHOWN,
            "pointShape": "circle",
            "pointSize": {"fixed": 5},
            "pointStrokeWidth": 1,
            "show": "points",
        },
    },
}
