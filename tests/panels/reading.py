"""What a test reads off a panel."""

from __future__ import annotations

import json
from typing import Any

import promql_parser
from grafanalib._gen import DashboardEncoder

from tailboard.panels import Objectives, Service, promql
from tailboard.panels.convention import Convention

STRICT = Objectives(latency={0.5: 0.1, 0.95: 0.5, 0.99: 1.0}, availability=0.999)


def service(convention: Convention, **more: Any) -> Service:
    return Service("orders", {"job": "orders"}, convention, **more)


def document(panel: Any) -> dict[str, Any]:
    """The panel as grafanalib writes it."""
    return dict(json.loads(json.dumps(panel.to_json_data(), cls=DashboardEncoder)))


def expressions(panel: Any) -> list[str]:
    return [str(target.expr) for target in panel.targets]


def expanded(expression: str) -> str:
    """The expression after Grafana filled in its ranges."""
    return expression.replace(f"[{promql.WINDOW}]", "[5m]").replace("[$__range]", "[1h]")


def parsed(expression: str) -> promql_parser.Expr:
    return promql_parser.parse(expanded(expression))


def steps(panel: Any) -> list[tuple[Any, str]]:
    """Each threshold with its colour; None is the colour below all of them."""
    written = document(panel)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["value"], step["color"]) for step in written]


def column(panel: Any, title: str) -> dict[str, Any]:
    """How a column of a table, or a line, is drawn."""
    overrides = document(panel)["fieldConfig"]["overrides"]
    found = [it["properties"] for it in overrides if it["matcher"]["options"] == title]
    return {field["id"]: field["value"] for fields in found for field in fields}
