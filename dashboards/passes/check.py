"""The pass that finds what has the wrong shape, before another one stumbles over it."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.definition_error import DefinitionError, locate_errors

OBJECT_SHAPE: Mapping[str, Any] = {}
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
ANGULAR_PANEL_SHAPE: Mapping[str, Any] = {
    "aliasColors": OBJECT_SHAPE,
    "fieldConfig": {"defaults": OBJECT_SHAPE, "overrides": [OBJECT_SHAPE]},
    "gauge": OBJECT_SHAPE,
    "legend": OBJECT_SHAPE,
    "options": OBJECT_SHAPE,
    "seriesOverrides": [OBJECT_SHAPE],
    "sparkline": OBJECT_SHAPE,
    "tooltip": OBJECT_SHAPE,
    "yaxes": [OBJECT_SHAPE],
}
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
TYPE_NAMES: dict[Any, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a whole number",
}


def check_shape(document: Mapping[str, Any]) -> None:
    """Refuse a document in which a list, an object or a string is something else."""
    _check_value(document, DOCUMENT_SHAPE, "")
    rows = [document, *(document.get("rows") or [])]
    for panel in (panel for row in rows for panel in row.get("panels") or []):
        _check_panel(panel)


def check_fields(panel: Mapping[str, Any], *, is_angular: bool) -> None:
    """Refuse what Grafana's own kinds, or those that it no longer has, cannot have."""
    _check_value(panel, ANGULAR_PANEL_SHAPE if is_angular else CORE_PANEL_SHAPE, "")


def _check_panel(panel: Mapping[str, Any]) -> None:
    with locate_errors(f"panel {panel.get('title') or panel.get('type') or ''!r}"):
        if not isinstance(panel.get("type"), str) and not panel.get("libraryPanel"):
            raise DefinitionError(
                "it has no type", tip='say what it is, for example "type": "timeseries".'
            )
        _check_value(panel, PANEL_SHAPE, "")
    for child in panel.get("panels") or []:
        _check_panel(child)


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
        for key in shape:
            if not _is_empty(value.get(key)):
                _check_value(value[key], shape[key], f"{path}.{key}" if path else key)


def _is_empty(value: Any) -> bool:
    """What is empty has every shape: grafanalib writes no thresholds as an empty string."""
    return value is None or value in ("", [], {})
