"""A dashboard with every kind of panel that a preview draws, over the demo's metrics."""

from typing import Any

UID = "every-kind"
WIDTH, HEIGHT, GRID_WIDTH = 8, 8, 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
LATENCY = (
    "histogram_quantile({share}, sum by (le) "
    "(rate(http_request_duration_seconds_bucket[$__rate_interval])))"
)
REQUESTS = "sum by (http_status) (rate(http_requests_total[$__rate_interval]))"
ROUTES = "sum by (endpoint) (rate(http_requests_total[$__rate_interval]))"
UP = [("up", "{{job}}")]
MEMORY = "process_resident_memory_bytes"
STEPS = [
    {"color": "green", "value": None},
    {"color": "orange", "value": 0.5},
    {"color": "red", "value": 1},
]
TABLE_LEGEND = {
    "displayMode": "table",
    "placement": "bottom",
    "calcs": ["mean", "max", "lastNotNull"],
}
LIST_LEGEND = {"displayMode": "list", "placement": "bottom", "calcs": []}
RIGHT_LEGEND = {"displayMode": "table", "placement": "right", "calcs": ["max"]}
LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
TEXT = """# A heading

A **bold** word, `code`, a [link](https://example.org) and

- a list
- of two

| a | table |
|---|---|
| 1 | 2 |
"""
UP_MAPPINGS = [
    {
        "type": "value",
        "options": {
            "0": {"text": "down", "color": "red", "index": 0},
            "1": {"text": "up", "color": "green", "index": 1},
        },
    }
]


def build_document() -> dict[str, Any]:
    """The document, in schema v1; panels flow from left to right, a closed row is at its end."""
    panels = [_place(panel, number) for number, panel in enumerate(_list_panels())]
    bottom = max(panel["gridPos"]["y"] for panel in panels) + HEIGHT
    closed_panel = _build_panel("In a closed row", "timeseries", [(ROUTES, "{{endpoint}}")])
    closed_panel |= {"id": 900, "gridPos": {"h": HEIGHT, "w": 24, "x": 0, "y": bottom + 1}}
    row = {
        "type": "row",
        "title": "A closed row",
        "id": 901,
        "collapsed": True,
        "gridPos": {"h": 1, "w": 24, "x": 0, "y": bottom},
        "panels": [closed_panel],
    }
    return {
        "uid": UID,
        "title": "Every kind of panel",
        "schemaVersion": 42,
        "timezone": "browser",
        "time": {"from": "now-15m", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus", "current": {}}
            ]
        },
        "annotations": {
            "list": [
                {
                    "name": "Alerts",
                    "datasource": SOURCE,
                    "enable": True,
                    "iconColor": "red",
                    "expr": 'ALERTS{alertstate="firing"}',
                    "titleFormat": "{{alertname}}",
                }
            ]
        },
        "panels": [*panels, row],
    }


def _place(panel: dict[str, Any], number: int) -> dict[str, Any]:
    per_line = GRID_WIDTH // WIDTH
    place = {
        "h": HEIGHT,
        "w": WIDTH,
        "x": number % per_line * WIDTH,
        "y": number // per_line * HEIGHT,
    }
    return {**panel, "id": number + 1, "gridPos": place}


def _build_panel(
    title: str,
    kind: str,
    queries: list[tuple[str, str]],
    *,
    options: dict[str, Any] | None = None,
    overrides: list[dict[str, Any]] | None = None,
    transformations: list[dict[str, Any]] | None = None,
    query: dict[str, Any] | None = None,
    **defaults: Any,
) -> dict[str, Any]:
    return {
        "title": title,
        "type": kind,
        "datasource": SOURCE,
        "targets": [
            {
                "refId": "ABCDEFG"[number],
                "datasource": SOURCE,
                "expr": expression,
                "legendFormat": legend,
                "range": True,
                **(query or {}),
            }
            for number, (expression, legend) in enumerate(queries)
        ],
        "fieldConfig": {"defaults": defaults, "overrides": overrides or []},
        "options": options or {},
        "transformations": transformations or [],
    }


def _override(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [
            {"id": name.replace("__", "."), "value": value} for name, value in properties.items()
        ],
    }


def _list_panels() -> list[dict[str, Any]]:
    return [*_list_time_series(), *_list_numbers(), *_list_cells()]


def _list_time_series() -> list[dict[str, Any]]:
    percentiles = [
        (LATENCY.format(share=0.01 * percent), f"P{percent}") for percent in (50, 95, 99)
    ]
    steps = {"mode": "absolute", "steps": STEPS}
    return [
        _build_panel(
            "Lines, dashed thresholds, a table below",
            "timeseries",
            percentiles,
            options={"legend": TABLE_LEGEND},
            unit="s",
            thresholds=steps,
            custom={"thresholdsStyle": {"mode": "dashed"}, "fillOpacity": 10},
        ),
        _build_panel(
            "A filled threshold, fixed limits and decimals",
            "timeseries",
            percentiles,
            options={"legend": LIST_LEGEND},
            unit="s",
            min=0,
            max=5,
            decimals=2,
            thresholds=steps,
            custom={"thresholdsStyle": {"mode": "line+area"}, "lineWidth": 2},
        ),
        _build_panel(
            "A stack",
            "timeseries",
            [(REQUESTS, "{{http_status}}")],
            options={"legend": TABLE_LEGEND},
            unit="reqps",
            custom={"stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 40},
        ),
        _build_panel(
            "A stack in percent",
            "timeseries",
            [(REQUESTS, "{{http_status}}")],
            options={"legend": LIST_LEGEND},
            unit="reqps",
            custom={"stacking": {"mode": "percent", "group": "A"}, "fillOpacity": 40},
        ),
        _build_panel(
            "Stacked bars",
            "timeseries",
            [(REQUESTS, "{{http_status}}")],
            options={"legend": RIGHT_LEGEND},
            unit="reqps",
            custom={
                "drawStyle": "bars",
                "stacking": {"mode": "normal", "group": "A"},
                "fillOpacity": 80,
            },
        ),
        _build_panel(
            "Two axes",
            "timeseries",
            [(MEMORY, "{{job}}"), ("sum(rate(http_requests_total[$__rate_interval]))", "requests")],
            options={"legend": LIST_LEGEND},
            overrides=[
                _override(
                    "requests", unit="reqps", custom__axisPlacement="right", custom__lineWidth=3
                )
            ],
            unit="bytes",
        ),
        _build_panel(
            "Up and down, and a colour by name",
            "timeseries",
            [
                ("rate(process_network_receive_bytes_total[$__rate_interval])", "received"),
                ("rate(process_network_transmit_bytes_total[$__rate_interval])", "sent"),
            ],
            options={"legend": LIST_LEGEND},
            overrides=[
                _override(
                    "sent",
                    custom__transform="negative-Y",
                    color={"mode": "fixed", "fixedColor": "purple"},
                )
            ],
            unit="Bps",
        ),
        _build_panel(
            "Steps, points and a log scale",
            "timeseries",
            [(ROUTES, "{{endpoint}}")],
            options={"legend": LIST_LEGEND},
            unit="short",
            custom={
                "lineInterpolation": "stepAfter",
                "showPoints": "always",
                "scaleDistribution": {"type": "log", "log": 10},
            },
        ),
        _build_panel(
            "Colours of thresholds, soft limits",
            "timeseries",
            percentiles,
            options={"legend": TABLE_LEGEND},
            unit="s",
            color={"mode": "thresholds"},
            thresholds=steps,
            custom={"axisSoftMin": 0, "axisSoftMax": 10},
        ),
    ]


def _list_numbers() -> list[dict[str, Any]]:
    steps = {"mode": "absolute", "steps": STEPS}
    percentage = {
        "mode": "percentage",
        "steps": [
            {"color": "green", "value": None},
            {"color": "yellow", "value": 30},
            {"color": "red", "value": 80},
        ],
    }
    return [
        _build_panel(
            "A number",
            "stat",
            [(LATENCY.format(share=0.99), "P99")],
            options={"reduceOptions": LAST, "graphMode": "area", "colorMode": "value"},
            unit="s",
            thresholds=steps,
        ),
        _build_panel(
            "Numbers on their colour",
            "stat",
            UP,
            options={"reduceOptions": LAST, "graphMode": "none", "colorMode": "background"},
            mappings=UP_MAPPINGS,
            thresholds=steps,
        ),
        _build_panel(
            "Numbers with their names",
            "stat",
            [(MEMORY, "{{job}}")],
            options={"reduceOptions": {**LAST, "calcs": ["mean"]}, "textMode": "value_and_name"},
            unit="bytes",
            decimals=1,
        ),
        _build_panel(
            "No value, with a text",
            "stat",
            [("nothing_of_this_name", "")],
            options={"reduceOptions": LAST},
            noValue="none yet",
        ),
        _build_panel(
            "A dial",
            "gauge",
            [(LATENCY.format(share=0.99), "P99")],
            options={"reduceOptions": LAST},
            unit="s",
            min=0,
            max=5,
            thresholds=steps,
        ),
        _build_panel(
            "Dials in percent of the largest",
            "gauge",
            [(MEMORY, "{{job}}")],
            options={"reduceOptions": LAST},
            unit="bytes",
            min=0,
            max=200_000_000,
            thresholds=percentage,
        ),
        _build_panel(
            "Bars",
            "bargauge",
            [(ROUTES, "{{endpoint}}")],
            options={
                "reduceOptions": LAST,
                "orientation": "horizontal",
                "displayMode": "gradient",
            },
            unit="reqps",
            thresholds=steps,
        ),
        _build_panel(
            "Upright bars",
            "bargauge",
            [(MEMORY, "{{job}}")],
            options={"reduceOptions": LAST, "orientation": "vertical", "displayMode": "basic"},
            unit="bytes",
            thresholds=percentage,
            min=0,
        ),
        _build_panel(
            "Slices",
            "piechart",
            [(REQUESTS, "{{http_status}}")],
            options={
                "reduceOptions": LAST,
                "pieType": "donut",
                "legend": {"displayMode": "table", "placement": "right", "values": ["value"]},
            },
            unit="reqps",
        ),
    ]


def _list_cells() -> list[dict[str, Any]]:
    steps = {"mode": "absolute", "steps": STEPS}
    buckets = "sum by (le) (increase(http_request_duration_seconds_bucket[$__rate_interval]))"
    table_query = {"format": "table", "instant": True, "range": False}
    by_route = "sum by (endpoint, method) (rate(http_requests_total[5m]))"
    mean_by_route = (
        "sum by (endpoint, method) (rate(http_request_duration_seconds_sum[5m]))"
        " / sum by (endpoint, method) (rate(http_request_duration_seconds_count[5m]))"
    )
    return [
        _build_panel(
            "A table of two queries",
            "table",
            [(by_route, ""), (mean_by_route, "")],
            options={"sortBy": [{"displayName": "Mean", "desc": True}]},
            overrides=[
                _override("Requests", unit="reqps", custom__cellOptions={"type": "gauge"}),
                _override(
                    "Mean",
                    unit="s",
                    thresholds=steps,
                    custom__cellOptions={"type": "color-background"},
                ),
            ],
            transformations=[
                {"id": "merge", "options": {}},
                {
                    "id": "organize",
                    "options": {
                        "excludeByName": {"Time": True},
                        "renameByName": {"Value #A": "Requests", "Value #B": "Mean"},
                    },
                },
            ],
            query=table_query,
        ),
        _build_panel(
            "A table of one query, as it comes",
            "table",
            [("up", "")],
            overrides=[
                _override("Value", mappings=UP_MAPPINGS, custom__cellOptions={"type": "color-text"})
            ],
            query=table_query,
        ),
        _build_panel(
            "Heat",
            "heatmap",
            [(buckets, "{{le}}")],
            options={
                "calculate": False,
                "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5},
                "yAxis": {"unit": "s"},
                "cellGap": 1,
                "legend": {"show": True},
            },
            query={"format": "heatmap"},
        ),
        _build_panel(
            "A history of states",
            "status-history",
            UP,
            options={"showValue": "auto", "colWidth": 0.9, "rowHeight": 0.9},
            mappings=UP_MAPPINGS,
            thresholds=steps,
        ),
        _build_panel(
            "A line of states",
            "state-timeline",
            [(LATENCY.format(share=0.99), "P99"), (LATENCY.format(share=0.5), "P50")],
            options={"showValue": "auto", "mergeValues": True, "rowHeight": 0.9},
            unit="s",
            color={"mode": "thresholds"},
            thresholds=steps,
        ),
        _build_panel(
            "Bars of a table",
            "barchart",
            [(by_route, "")],
            options={"xField": "endpoint", "legend": LIST_LEGEND, "stacking": "none"},
            unit="reqps",
            query=table_query,
        ),
        _build_panel("Text", "text", [], options={"mode": "markdown", "content": TEXT}),
        _build_panel("No data, without a text", "timeseries", [("nothing_of_this_name", "")]),
        _build_panel("A query that fails", "timeseries", [("sum(rate(up))", "")]),
    ]
