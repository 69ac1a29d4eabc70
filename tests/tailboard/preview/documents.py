"""Documents with one panel or a few, for the tests of previews."""

from typing import Any

Json = dict[str, Any]

SERIES_QUERY = "rate(http_requests_total[$__rate_interval])"


def build_panel(kind: str = "timeseries", title: str = "Requests", **fields: Any) -> Json:
    panel: Json = {
        "id": 1,
        "type": kind,
        "title": title,
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "datasource": {"type": "prometheus", "uid": "p"},
        "targets": [{"refId": "A", "expr": SERIES_QUERY, "legendFormat": "{{instance}}"}],
        "fieldConfig": {"defaults": {}, "overrides": []},
    }
    return {**panel, **fields}


def build_dashboard(*panels: Json, **fields: Any) -> Json:
    return {
        "uid": "orders",
        "title": "Orders",
        "time": {"from": "now-1h", "to": "now"},
        "panels": list(panels),
        **fields,
    }
