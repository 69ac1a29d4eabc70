"""What these tests build on: small documents, the whole library, and a way to compare JSON."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from grafanalib.core import (
    AlertList,
    BarChart,
    BarGauge,
    DashboardList,
    GaugePanel,
    GridPos,
    Heatmap,
    Histogram,
    Logs,
    PieChartv2,
    RowPanel,
    Stat,
    Table,
    Target,
    Text,
    Threshold,
    TimeSeries,
)
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.dashboards.library import build_library, business
from tailboard.panels import Objectives, Service, every_service
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.definition_error import DefinitionError

Json = dict[str, Any]

EXPORT = Path(__file__).with_name("exported.json")
"""A dashboard as Grafana 11 exports it, written by hand: one of everything that people use."""


def load_export() -> Json:
    """A fresh copy of the exported dashboard."""
    document: Json = json.loads(EXPORT.read_text(encoding="utf-8"))
    return document


def build_timeseries(title: str = "P99", expression: str = "up", **fields: Any) -> TimeSeries:
    """A time series of plain grafanalib."""
    return TimeSeries(title=title, targets=[Target(expr=expression)], **fields)


def build_sized_timeseries(title: str, width: int, height: int) -> TimeSeries:
    """A time series that flows."""
    return build_timeseries(title, gridPos=GridPos(h=height, w=width, x=None, y=None))


def build_placed_timeseries(
    title: str, x: int, y: int, width: int = 12, height: int = 8
) -> TimeSeries:
    """A time series that a hand put somewhere."""
    return build_timeseries(title, gridPos=GridPos(h=height, w=width, x=x, y=y))


def build_rows_document(*rows: Row) -> Json:
    """The document of a dashboard of ours."""
    return build_document(Dashboard("Orders", uid="orders", rows=rows))


def build_grafanalib_document(*panels: object, **fields: Any) -> Json:
    """The document of a dashboard of plain grafanalib."""
    return build_document(GrafanalibDashboard(title="Orders", panels=list(panels), **fields))


def build_json_document(*panels: Json, **fields: Any) -> Json:
    """The document of a dashboard's JSON, as a current Grafana exports it."""
    return build_document(
        {"title": "Orders", "schemaVersion": 41, "panels": list(panels), **fields}
    )


def build_panel(panel: object) -> Json:
    """What becomes of one panel of grafanalib's, without its place and number."""
    (panel_json,) = build_grafanalib_document(panel)["panels"]
    return {key: value for key, value in panel_json.items() if key not in {"gridPos", "id"}}


def build_field_defaults(panel: object) -> Json:
    """The field options of what becomes of a panel."""
    field_defaults: Json = build_panel(panel)["fieldConfig"]["defaults"]
    return field_defaults


def walk_panels(panels: Sequence[Json]) -> Iterator[Json]:
    """Every panel, those in collapsed rows included."""
    for panel in panels:
        yield panel
        yield from walk_panels(panel.get("panels") or [])


def find_panel(document: Json, title: str) -> Json:
    """The panel with this title."""
    (match,) = (panel for panel in walk_panels(document["panels"]) if panel.get("title") == title)
    return match


def catch_definition_error(dashboard: object) -> DefinitionError:
    """The error that the dashboard is answered with."""
    with pytest.raises(DefinitionError) as excinfo:
        build_document(dashboard)
    return excinfo.value


def find_lost_values(expected: Any, actual: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Where a value of the one JSON is missing or another one in the other JSON."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key in actual:
                yield from find_lost_values(value, actual[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}", value
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for one_of_ours, other_item in zip(expected, actual, strict=True):
            yield from find_lost_values(one_of_ours, other_item, f"{path}[]")
    elif expected != actual or type(expected) is not type(actual):
        yield path, expected


DATA_SOURCE_VARIABLE = {"type": "prometheus", "uid": "${datasource}"}
TWO_STEP_THRESHOLDS = {
    "mode": "absolute",
    "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80.0}],
}
THRESHOLDS = [Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)]
UP_TARGETS = [Target(expr="up")]
EVERY_KIND = [
    kind(title="A", targets=UP_TARGETS)
    for kind in (
        BarChart,
        BarGauge,
        GaugePanel,
        Heatmap,
        Histogram,
        Logs,
        PieChartv2,
        Stat,
        Table,
        TimeSeries,
        RowPanel,
    )
] + [AlertList(title="A"), DashboardList(title="A"), Text(title="A", content="B")]
"""One of each kind that grafanalib has a class for and Grafana still has."""

OBJECTIVES = Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999)


def build_service(convention: Convention, name: str = "orders") -> Service:
    """A service with a name of its own."""
    return Service(name, {"job": name}, convention, OBJECTIVES)


def list_services() -> list[tuple[str, Service]]:
    """Every convention, for a fixed service and for every service of it."""
    return [
        (f"{convention.name}-{kind}", service)
        for convention in CONVENTIONS
        for kind, service in (
            ("fixed", build_service(convention)),
            ("every", every_service(convention, OBJECTIVES)),
        )
    ]


@cache
def build_library_documents() -> dict[str, Json]:
    """The documents of every library dashboard of every service; treat them as constants."""
    documents: dict[str, Json] = {}
    for name, service in list_services():
        for dashboard in build_library([service]):
            document = build_document(dashboard)
            documents[f"{name}/{document['uid']}"] = document
        shop = business(
            service,
            operations={"Orders": ("orders_created_total", {"outcome": "ok"})},
            funnel={name: ("shop_step_total", {"step": name}) for name in ("view", "cart", "paid")},
        )
        documents[f"{name}/business"] = build_document(shop)
    return documents
