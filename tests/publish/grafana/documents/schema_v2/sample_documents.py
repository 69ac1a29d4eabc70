"""A document of schema v2 with rows, and what people make of it in the browser."""

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Change = Callable[[Document], object]

DATA_CONDITION = {"kind": "ConditionalRenderingData", "spec": {"value": True}}
TEXT_VARIABLE: Document = {
    "kind": "TextVariable",
    "spec": {
        "current": {"text": "", "value": ""},
        "hide": "dontHide",
        "name": "z",
        "query": "",
        "skipUrlSync": False,
    },
}
TOP_VARIABLE = {**TEXT_VARIABLE, "spec": {**TEXT_VARIABLE["spec"], "name": "top"}}


def build_element(number: int, title: str, expression: str = "up") -> Document:
    """A panel with one query."""
    query = {
        "datasource": {"name": "${datasource}"},
        "group": "prometheus",
        "kind": "DataQuery",
        "spec": {"expr": expression},
        "version": "v0",
    }
    panel_query = {"kind": "PanelQuery", "spec": {"hidden": False, "query": query, "refId": "A"}}
    query_group = {"queries": [panel_query], "queryOptions": {}, "transformations": []}
    visualization = {"fieldConfig": {"defaults": {"unit": "s"}, "overrides": []}, "options": {}}
    return {
        "kind": "Panel",
        "spec": {
            "data": {"kind": "QueryGroup", "spec": query_group},
            "description": "",
            "id": number,
            "links": [],
            "title": title,
            "vizConfig": {
                "group": "timeseries",
                "kind": "VizConfig",
                "spec": visualization,
                "version": "",
            },
        },
    }


def build_row(title: str, *names: str) -> Document:
    """A row with panels beside each other."""
    items = [
        {
            "kind": "GridLayoutItem",
            "spec": {
                "element": {"kind": "ElementReference", "name": name},
                "height": 8,
                "width": 8,
                "x": 8 * number,
                "y": 0,
            },
        }
        for number, name in enumerate(names)
    ]
    layout = {"kind": "GridLayout", "spec": {"items": items}}
    return {
        "kind": "RowsLayoutRow",
        "spec": {"collapse": False, "layout": layout, "title": title},
    }


def build_rows_document() -> Document:
    """A dashboard with two rows of three and one panels."""
    titles = {1: "P99", 2: "Errors", 3: "Rate", 4: "Slowest"}
    rows = [
        build_row("Service", "panel-1", "panel-2", "panel-3"),
        build_row("Routes", "panel-4"),
    ]
    return {
        "annotations": [],
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "cursorSync": "Off",
        "editable": True,
        "elements": {
            f"panel-{number}": build_element(number, title) for number, title in titles.items()
        },
        "layout": {"kind": "RowsLayout", "spec": {"rows": rows}},
        "links": [],
        "liveNow": False,
        "preload": False,
        "tags": ["tailboard"],
        "timeSettings": {
            "autoRefresh": "1m",
            "autoRefreshIntervals": "5s 10s 30s 1m 5m 15m 30m 1h 2h 1d".split(),
            "fiscalYearStartMonth": 0,
            "from": "now-1h",
            "hideTimepicker": False,
            "timezone": "browser",
            "to": "now",
        },
        "title": "Orders",
        "uid": "orders",
        "variables": [copy.deepcopy(TOP_VARIABLE)],
    }


def list_rows(document: Document) -> list[Document]:
    """The specs of the rows."""
    return [row["spec"] for row in document["layout"]["spec"]["rows"]]


def build_condition(*conditions: Document) -> Document:
    """What shows a row or a panel only under conditions."""
    spec = {"condition": "and", "items": list(conditions), "visibility": "show"}
    return {"kind": "ConditionalRenderingGroup", "spec": spec}


def turn_rows_into_tabs(document: Document) -> None:
    """Group the panels by tabs in place of rows."""
    tabs = [
        {"kind": "TabsLayoutTab", "spec": {"title": row["title"], "layout": row["layout"]}}
        for row in list_rows(document)
    ]
    document["layout"] = {"kind": "TabsLayout", "spec": {"tabs": tabs}}


def put_row_into_tab(document: Document) -> None:
    """Put the panels of the last row into a tab within it."""
    row = list_rows(document)[-1]
    tab = {"kind": "TabsLayoutTab", "spec": {"title": "New tab", "layout": row["layout"]}}
    row["layout"] = {"kind": "TabsLayout", "spec": {"tabs": [tab]}}


def place_automatically(document: Document) -> None:
    """Let Grafana place the panels of the first row."""
    row = list_rows(document)[0]
    items = [
        {"kind": "AutoGridLayoutItem", "spec": {"element": item["spec"]["element"]}}
        for item in row["layout"]["spec"]["items"]
    ]
    row["layout"] = {
        "kind": "AutoGridLayout",
        "spec": {
            "columnWidthMode": "standard",
            "items": items,
            "maxColumnCount": 3,
            "rowHeightMode": "standard",
        },
    }


def add_row_condition(document: Document) -> None:
    """Show the last row only under a condition."""
    list_rows(document)[-1]["conditionalRendering"] = build_condition(DATA_CONDITION)


def rename_panel(document: Document) -> None:
    """Give the first panel another title."""
    document["elements"]["panel-1"]["spec"]["title"] = "P99 of all"


def add_panel(document: Document) -> None:
    """Add a panel to the last row."""
    document["elements"]["panel-9"] = build_element(9, "New panel")
    item = copy.deepcopy(list_rows(document)[-1]["layout"]["spec"]["items"][0])
    item["spec"] |= {"element": {"kind": "ElementReference", "name": "panel-9"}, "x": 8}
    list_rows(document)[-1]["layout"]["spec"]["items"].append(item)
