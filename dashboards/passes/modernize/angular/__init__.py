"""Panels of the types that Grafana has removed become their successors, one type a file.

Grafana removed its Angular panels in version 12 and converts them in the browser, so that every
such dashboard asks to be saved. Fields that the conversions do not list have no counterpart and are
dropped. https://grafana.com/docs/grafana/latest/developers/angular_deprecation/
"""

from collections.abc import Callable
from typing import Any

from tailboard.dashboards.passes.modernize.angular.graph import convert_graph
from tailboard.dashboards.passes.modernize.angular.pie_chart import convert_pie_chart
from tailboard.dashboards.passes.modernize.angular.single_stat import convert_single_stat

ANGULAR_CONVERSIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "grafana-piechart-panel": convert_pie_chart,
    "graph": convert_graph,
    "singlestat": convert_single_stat,
}

__all__ = ["ANGULAR_CONVERSIONS"]
