"""Documents of schema v2, as small as the schema allows."""

from typing import Any

Json = dict[str, Any]


def build_panel_element(
    number: int, title: str, *expressions: str, kind: str = "timeseries", **fields: Any
) -> Json:
    """An element with a panel of PromQL."""
    queries = [
        {
            "kind": "PanelQuery",
            "spec": {
                "hidden": False,
                "query": {
                    "kind": "DataQuery",
                    "group": "prometheus",
                    "version": "v0",
                    "datasource": {"name": "${datasource}"},
                    "spec": {"expr": expression},
                },
                "refId": "ABCDEFGH"[index],
            },
        }
        for index, expression in enumerate(expressions)
    ]
    return {
        "kind": "Panel",
        "spec": {
            "id": number,
            "title": title,
            "description": "",
            "links": [],
            "data": {
                "kind": "QueryGroup",
                "spec": {"queries": queries, "queryOptions": {}, "transformations": []},
            },
            "vizConfig": {
                "kind": "VizConfig",
                "group": kind,
                "version": "",
                "spec": {"options": {}, "fieldConfig": {"defaults": {}, "overrides": []}},
            },
            **fields,
        },
    }


def build_grid(*names: str) -> Json:
    """A grid with these elements below each other."""
    items = [
        {
            "kind": "GridLayoutItem",
            "spec": {
                "x": 0,
                "y": 8 * index,
                "width": 12,
                "height": 8,
                "element": {"kind": "ElementReference", "name": name},
            },
        }
        for index, name in enumerate(names)
    ]
    return {"kind": "GridLayout", "spec": {"items": items}}


def build_auto_grid(*names: str, columns: int = 3, condition: Json | None = None) -> Json:
    """An auto grid with these elements."""
    condition_fields = {"conditionalRendering": build_condition(condition)} if condition else {}
    items = [
        {
            "kind": "AutoGridLayoutItem",
            "spec": {"element": {"kind": "ElementReference", "name": name}, **condition_fields},
        }
        for name in names
    ]
    return {
        "kind": "AutoGridLayout",
        "spec": {
            "maxColumnCount": columns,
            "columnWidthMode": "standard",
            "rowHeightMode": "standard",
            "items": items,
        },
    }


def build_rows(*rows: tuple[str, Json], **fields: Any) -> Json:
    """Rows of a title and a layout each."""
    kinds = [
        {"kind": "RowsLayoutRow", "spec": {"title": title, "layout": layout, **fields}}
        for title, layout in rows
    ]
    return {"kind": "RowsLayout", "spec": {"rows": kinds}}


def build_tabs(*tabs: tuple[str, Json], **fields: Any) -> Json:
    """Tabs of a title and a layout each."""
    kinds = [
        {"kind": "TabsLayoutTab", "spec": {"title": title, "layout": layout, **fields}}
        for title, layout in tabs
    ]
    return {"kind": "TabsLayout", "spec": {"tabs": kinds}}


def build_condition(*conditions: Json) -> Json:
    """The group of conditions of a section or a panel."""
    return {
        "kind": "ConditionalRenderingGroup",
        "spec": {"visibility": "show", "condition": "and", "items": list(conditions)},
    }


HAS_DATA = {"kind": "ConditionalRenderingData", "spec": {"value": True}}


def build_constant(name: str, value: str = "x") -> Json:
    """A constant variable."""
    return {
        "kind": "ConstantVariable",
        "spec": {
            "name": name,
            "query": value,
            "current": {"text": value, "value": value},
            "hide": "hideVariable",
            "skipUrlSync": True,
        },
    }


def build_spec(layout: Json, elements: Json, **fields: Any) -> Json:
    """The spec of a dashboard."""
    return {
        "annotations": [],
        "cursorSync": "Off",
        "elements": elements,
        "layout": layout,
        "links": [],
        "preload": False,
        "tags": [],
        "timeSettings": {
            "autoRefresh": "",
            "autoRefreshIntervals": [],
            "fiscalYearStartMonth": 0,
            "from": "now-1h",
            "hideTimepicker": False,
            "to": "now",
        },
        "title": "Orders",
        "variables": [],
        **fields,
    }


def build_resource(spec: Json, version: str = "v2beta1", name: str = "orders") -> Json:
    """The resource around a spec."""
    return {
        "apiVersion": f"dashboard.grafana.app/{version}",
        "kind": "Dashboard",
        "metadata": {"name": name},
        "spec": spec,
    }


def build_tabs_spec() -> Json:
    """Two tabs, one of which has rows: five panels in all layouts."""
    elements = {
        f"panel-{number}": build_panel_element(number, title, f"up{{p='{number}'}}")
        for number, title in enumerate(["Up", "Latency", "Errors", "Traffic", "Pool"], 1)
    }
    routes = build_rows(
        ("Speed", build_grid("panel-2")), ("Errors", build_auto_grid("panel-3", "panel-4"))
    )
    layout = build_tabs(
        ("Overview", build_grid("panel-1")),
        ("Routes", routes),
        ("Database", build_auto_grid("panel-5", condition=HAS_DATA)),
    )
    return build_spec(layout, elements)
