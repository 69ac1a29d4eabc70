"""Read a panel's contents."""

from __future__ import annotations

import json
from typing import Any

import promql_parser
from grafanalib._gen import DashboardEncoder

from tailboard.panels import Objectives, Service, promql
from tailboard.panels.convention import Convention

STRICT_OBJECTIVES = Objectives(latency={0.5: 0.1, 0.95: 0.5, 0.99: 1.0}, availability=0.999)


def build_service(convention: Convention, **options: Any) -> Service:
    return Service("orders", {"job": "orders"}, convention, **options)


def render_panel(panel: Any) -> dict[str, Any]:
    """The panel's JSON, written by grafanalib."""
    return dict(json.loads(json.dumps(panel.to_json_data(), cls=DashboardEncoder)))


def list_expressions(panel: Any) -> list[str]:
    return [str(target.expr) for target in panel.targets]


def expand_ranges(expression: str) -> str:
    """The expression after Grafana filled in its ranges."""
    return expression.replace(f"[{promql.WINDOW}]", "[5m]").replace("[$__range]", "[1h]")


def parse_expression(expression: str) -> promql_parser.Expr:
    return promql_parser.parse(expand_ranges(expression))


def list_threshold_steps(panel: Any) -> list[tuple[Any, str]]:
    """Each threshold with its colour; None is the colour below all of them."""
    threshold_steps = render_panel(panel)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["value"], step["color"]) for step in threshold_steps]


def find_field_override(panel: Any, title: str) -> dict[str, Any]:
    """How a column of a table, or a line, is drawn."""
    overrides = render_panel(panel)["fieldConfig"]["overrides"]
    properties = [
        override["properties"] for override in overrides if override["matcher"]["options"] == title
    ]
    return {field["id"]: field["value"] for fields in properties for field in fields}
