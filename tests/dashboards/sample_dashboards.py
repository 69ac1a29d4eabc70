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


def exported() -> Json:
    """A fresh copy of the exported dashboard."""
    found: Json = json.loads(EXPORT.read_text(encoding="utf-8"))
    return found


def line(title: str = "P99", expression: str = "up", **fields: Any) -> TimeSeries:
    """A time series of plain grafanalib."""
    return TimeSeries(title=title, targets=[Target(expr=expression)], **fields)


def sized(title: str, width: int, height: int) -> TimeSeries:
    """A time series that flows."""
    return line(title, gridPos=GridPos(h=height, w=width, x=None, y=None))


def placed(title: str, x: int, y: int, width: int = 12, height: int = 8) -> TimeSeries:
    """A time series that a hand put somewhere."""
    return line(title, gridPos=GridPos(h=height, w=width, x=x, y=y))


def rows_of(*rows: Row) -> Json:
    """The document of a dashboard of ours."""
    return build_document(Dashboard("Orders", uid="orders", rows=rows))


def grafanalib_of(*panels: object, **fields: Any) -> Json:
    """The document of a dashboard of plain grafanalib."""
    return build_document(GrafanalibDashboard(title="Orders", panels=list(panels), **fields))


def json_of(*panels: Json, **fields: Any) -> Json:
    """The document of a dashboard's JSON, as a current Grafana exports it."""
    return build_document(
        {"title": "Orders", "schemaVersion": 41, "panels": list(panels), **fields}
    )


def one(panel: object) -> Json:
    """What becomes of one panel of grafanalib's, without its place and number."""
    (found,) = grafanalib_of(panel)["panels"]
    return {key: value for key, value in found.items() if key not in {"gridPos", "id"}}


def fields_of(panel: object) -> Json:
    """The field options of what becomes of a panel."""
    found: Json = one(panel)["fieldConfig"]["defaults"]
    return found


def everywhere(panels: Sequence[Json]) -> Iterator[Json]:
    """Every panel, those in collapsed rows included."""
    for panel in panels:
        yield panel
        yield from everywhere(panel.get("panels") or [])


def named(made: Json, title: str) -> Json:
    """The panel with this title."""
    (found,) = (it for it in everywhere(made["panels"]) if it.get("title") == title)
    return found


def refused(dashboard: object) -> DefinitionError:
    """The error that the dashboard is answered with."""
    with pytest.raises(DefinitionError) as caught:
        build_document(dashboard)
    return caught.value


def lost(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Where a value of the one JSON is missing or another one in the other JSON."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from lost(value, after[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}", value
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one_of_ours, other in zip(before, after, strict=True):
            yield from lost(one_of_ours, other, f"{path}[]")
    elif before != after or type(before) is not type(after):
        yield path, before


CHOSEN = {"type": "prometheus", "uid": "${datasource}"}
TWO_STEPS = {
    "mode": "absolute",
    "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80.0}],
}
THRESHOLDS = [Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)]
UP = [Target(expr="up")]
EVERY_KIND = [
    kind(title="A", targets=UP)
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


def fixed(convention: Convention, name: str = "orders") -> Service:
    """A service with a name of its own."""
    return Service(name, {"job": name}, convention, OBJECTIVES)


def services() -> list[tuple[str, Service]]:
    """Every convention, for a fixed service and for every service of it."""
    return [
        (f"{convention.name}-{kind}", service)
        for convention in CONVENTIONS
        for kind, service in (
            ("fixed", fixed(convention)),
            ("every", every_service(convention, OBJECTIVES)),
        )
    ]


@cache
def library_documents() -> dict[str, Json]:
    """The documents of every library dashboard of every service; treat them as constants."""
    made: dict[str, Json] = {}
    for name, service in services():
        for dashboard in build_library([service]):
            found = build_document(dashboard)
            made[f"{name}/{found['uid']}"] = found
        shop = business(
            service,
            operations={"Orders": ("orders_created_total", {"outcome": "ok"})},
            funnel={it: ("shop_step_total", {"step": it}) for it in ("view", "cart", "paid")},
        )
        made[f"{name}/business"] = build_document(shop)
    return made
