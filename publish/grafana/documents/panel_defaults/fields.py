"""What each kind says of every field where nothing is said."""

from typing import Any

Document = dict[str, Any]

CLASSIC_PALETTE: Document = {"mode": "palette-classic"}
THRESHOLDS: Document = {
    "mode": "absolute",
    "steps": [{"color": "green"}, {"color": "red", "value": 80}],
}
"""The first step has a value that nothing reads, and none here."""

HIDE_FROM: Document = {"legend": False, "tooltip": False, "viz": False}
LINEAR_SCALE: Document = {"type": "linear"}
STACKING: Document = {"group": "A", "mode": "none"}
AXIS: Document = {
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "scaleDistribution": LINEAR_SCALE,
}
BAR: Document = {"fillOpacity": 80, "gradientMode": "none", "hideFrom": HIDE_FROM, "lineWidth": 1}
STATE: Document = {"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": HIDE_FROM}
LINE: Document = {
    **AXIS,
    "barAlignment": 0,
    "barWidthFactor": 0.6,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": HIDE_FROM,
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

VALUE_FIELDS: Document = {
    "color": {"mode": "thresholds"},
    "mappings": [],
    "thresholds": THRESHOLDS,
}
"""The browser does not write the colour: a field without one has that of its threshold."""

SERIES_FIELDS: Document = {**VALUE_FIELDS, "color": CLASSIC_PALETTE}

FIELD_DEFAULTS: dict[str, Document] = {
    "barchart": {**SERIES_FIELDS, "custom": {**AXIS, **BAR, "thresholdsStyle": {"mode": "off"}}},
    "bargauge": VALUE_FIELDS,
    "candlestick": {**SERIES_FIELDS, "custom": LINE},
    "canvas": VALUE_FIELDS,
    "gauge": VALUE_FIELDS,
    "geomap": {**VALUE_FIELDS, "custom": {"hideFrom": HIDE_FROM}},
    "heatmap": {"custom": {"hideFrom": HIDE_FROM, "scaleDistribution": LINEAR_SCALE}},
    "histogram": {**SERIES_FIELDS, "custom": {**BAR, "stacking": STACKING}},
    "piechart": {"color": CLASSIC_PALETTE, "custom": {"hideFrom": HIDE_FROM}, "mappings": []},
    "stat": VALUE_FIELDS,
    "state-timeline": {
        **VALUE_FIELDS,
        "color": {"mode": "continuous-GrYlRd"},
        "custom": {**STATE, "insertNulls": False, "lineWidth": 0, "spanNulls": False},
    },
    "status-history": {
        **VALUE_FIELDS,
        "custom": {**STATE, "lineWidth": 1},
    },
    "table": {
        **VALUE_FIELDS,
        "custom": {
            "align": "auto",
            "cellOptions": {"type": "auto"},
            "footer": {"reducers": []},
            "inspect": False,
        },
    },
    "timeseries": {**SERIES_FIELDS, "custom": LINE},
    "trend": {**SERIES_FIELDS, "custom": LINE},
    "xychart": {
        **SERIES_FIELDS,
        "custom": {
            **AXIS,
            "fillOpacity": 50,
            "hideFrom": HIDE_FROM,
            "pointShape": "circle",
            "pointSize": {"fixed": 5},
            "pointStrokeWidth": 1,
            "show": "points",
        },
    },
}
