"""Facts of Grafana's dashboard schema: versions, panel types, its own annotation."""

from typing import Any

GRAFANALIB_SCHEMA = 12
"""The version that grafanalib writes into every dashboard, whatever form its panels have."""

SCHEMA_VERSION = 42
"""The newest schema of Grafana 12.4; an older Grafana reads it as its own newest."""

CORE_PANEL_TYPES = frozenset(
    "alertlist annolist barchart bargauge candlestick canvas dashlist datagrid flamegraph gauge "
    "geomap heatmap histogram logs news nodeGraph piechart row stat state-timeline status-history "
    "table text timeseries traces trend xychart".split()
)
"""Panel types that Grafana 12 ships; every other type is a plugin's, or removed."""

ANGULAR_PANEL_TYPES = ("grafana-piechart-panel", "graph", "singlestat")
"""Panel types that Grafana has removed, and that have a successor."""

LIBRARY_PANEL_TYPE = "library-panel-ref"
"""The type of a reference to a library panel in Grafana 12; Grafana 10 gave it none."""

ROW_INDEX = "tailboardRowIndex"
"""Our own field, from the modernize to the place pass: a Grafana 4 row's position in `rows`.

Only panels of a row in which a panel has a position of its own have it.
"""

GRAFANA_DATASOURCE = {"type": "grafana", "uid": "-- Grafana --"}

BUILT_IN_ANNOTATION = {
    "builtIn": 1,
    "datasource": GRAFANA_DATASOURCE,
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""The query that Grafana adds where it is missing: the stored document equals the sent one."""


class ModernPanel(dict[str, Any]):
    """A panel in its final form but for its place, its id and its queries' names.

    Our own class, from the read to the modernize pass, between which no pass changes such a panel.
    """
