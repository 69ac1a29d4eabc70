"""Pass 2: refuse a document in which a list, an object or a string is something else.

The later passes rely on these shapes and do not test them again. What a plugin's panel holds is
not checked.
"""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema import CORE_PANEL_TYPES, ModernPanel
from tailboard.panels.definition_error import DefinitionError, locate_errors

OBJECT_SHAPE: Mapping[str, Any] = {}
DOCUMENT_SHAPE: Mapping[str, Any] = {
    "__inputs": [{"name": str, "type": str}],
    "annotations": {"list": [OBJECT_SHAPE]},
    "links": [OBJECT_SHAPE],
    "panels": [OBJECT_SHAPE],
    "rows": [{"panels": [OBJECT_SHAPE]}],
    "schemaVersion": int,
    "tags": [str],
    "templating": {"list": [{"name": str, "type": str}]},
    "time": OBJECT_SHAPE,
    "timepicker": OBJECT_SHAPE,
}
PANEL_SHAPE: Mapping[str, Any] = {
    "gridPos": OBJECT_SHAPE,
    "libraryPanel": OBJECT_SHAPE,
    "panels": [OBJECT_SHAPE],
    "targets": [OBJECT_SHAPE],
}
CORE_PANEL_SHAPE: Mapping[str, Any] = {
    "fieldConfig": {
        "defaults": {
            "custom": OBJECT_SHAPE,
            "mappings": [OBJECT_SHAPE],
            "thresholds": {"steps": [OBJECT_SHAPE]},
        },
        "overrides": [{"properties": [OBJECT_SHAPE]}],
    },
    "options": {"legend": OBJECT_SHAPE},
    "transformations": [OBJECT_SHAPE],
}
REMOVED_PANEL_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "grafana-piechart-panel": {"aliasColors": OBJECT_SHAPE, "legend": OBJECT_SHAPE},
    "graph": {
        "aliasColors": OBJECT_SHAPE,
        "fieldConfig": {"defaults": OBJECT_SHAPE, "overrides": [{"properties": [OBJECT_SHAPE]}]},
        "legend": OBJECT_SHAPE,
        "options": OBJECT_SHAPE,
        "seriesOverrides": [OBJECT_SHAPE],
        "tooltip": OBJECT_SHAPE,
        "transformations": [OBJECT_SHAPE],
        "yaxes": [OBJECT_SHAPE],
    },
    "singlestat": {
        "gauge": OBJECT_SHAPE,
        "rangeMaps": [OBJECT_SHAPE],
        "sparkline": OBJECT_SHAPE,
        "transformations": [OBJECT_SHAPE],
        "valueMaps": [OBJECT_SHAPE],
    },
}
"""The panel types that Grafana 12 has removed and the modernize pass converts."""

EMPTY_VALUES: tuple[Any, ...] = ("", [], {})
"""They have every shape, as null does: grafanalib writes no thresholds as an empty string."""

TYPE_NAMES: dict[Any, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a whole number",
}


def check_document(document: Mapping[str, Any]) -> None:
    """Raise `DefinitionError` for the first value of the wrong shape."""
    if document.get("elements") and document.get("layout"):
        raise DefinitionError(
            "it has `panels`, of Grafana's schema v1, beside `elements` and `layout`, of schema v2",
            tip="take out those that do not belong to it.",
        )
    _check_value(document, DOCUMENT_SHAPE, "")
    for holder in (document, *(document.get("rows") or [])):
        for panel in holder.get("panels") or []:
            check_panel(panel)


def check_panel(panel: Mapping[str, Any]) -> None:
    """Raise `DefinitionError` for the first value of the wrong shape in a panel and those in it."""
    if isinstance(panel, ModernPanel):
        return
    with locate_errors(f"panel {panel.get('title') or panel.get('type') or ''!r}"):
        panel_type: Any = panel.get("type")
        if not isinstance(panel_type, str) and (panel_type or not panel.get("libraryPanel")):
            raise DefinitionError(
                "it has no type", tip='say what it is, for example "type": "timeseries".'
            )
        check_panel_fields(panel)
        if panel_type in REMOVED_PANEL_SHAPES:
            _check_value(panel, REMOVED_PANEL_SHAPES[panel_type], "")
        elif panel_type in CORE_PANEL_TYPES and panel_type != "row":
            _check_value(panel, CORE_PANEL_SHAPE, "")
    for child in panel.get("panels") or []:
        check_panel(child)


def check_panel_fields(panel: Mapping[str, Any]) -> None:
    """Raise `DefinitionError` for a wrong shape in the fields that panels of all types have."""
    _check_value(panel, PANEL_SHAPE, "")


def _check_value(value: Any, shape: Any, path: str) -> None:
    kind: Any = shape if isinstance(shape, type) else list if isinstance(shape, list) else dict
    if not isinstance(value, kind):
        raise DefinitionError(
            f"{path} is {value!r:.60}, not {TYPE_NAMES[kind]}",
            tip="export the dashboard from Grafana again, or look at what the definition adds.",
        )
    if kind is list:
        for item in value:
            _check_value(item, shape[0], f"{path}[]")
    elif kind is dict:
        for key, inner_shape in shape.items():
            inner_value = value.get(key)
            if inner_value is not None and inner_value not in EMPTY_VALUES:
                _check_value(inner_value, inner_shape, f"{path}.{key}" if path else key)
