"""The pass that finds what has the wrong shape, before another one stumbles over it."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.definition_error import DefinitionError, inside

OBJECT: Mapping[str, Any] = {}
PANEL: Mapping[str, Any] = {
    "gridPos": OBJECT,
    "libraryPanel": OBJECT,
    "panels": [OBJECT],
    "targets": [OBJECT],
}
CORE: Mapping[str, Any] = {
    "fieldConfig": {
        "defaults": {
            "custom": OBJECT,
            "mappings": [OBJECT],
            "thresholds": {"steps": [OBJECT]},
        },
        "overrides": [{"properties": [OBJECT]}],
    },
    "options": {"legend": OBJECT},
    "transformations": [OBJECT],
}
OLD: Mapping[str, Any] = {
    "aliasColors": OBJECT,
    "fieldConfig": {"defaults": OBJECT, "overrides": [OBJECT]},
    "gauge": OBJECT,
    "legend": OBJECT,
    "options": OBJECT,
    "seriesOverrides": [OBJECT],
    "sparkline": OBJECT,
    "tooltip": OBJECT,
    "yaxes": [OBJECT],
}
DOCUMENT: Mapping[str, Any] = {
    "__inputs": [{"name": str, "type": str}],
    "annotations": {"list": [OBJECT]},
    "links": [OBJECT],
    "panels": [OBJECT],
    "rows": [{"panels": [OBJECT]}],
    "schemaVersion": int,
    "tags": [str],
    "templating": {"list": [{"name": str, "type": str}]},
    "time": OBJECT,
    "timepicker": OBJECT,
}
NAMES: dict[Any, str] = {dict: "an object", list: "a list", str: "a string", int: "a whole number"}


def check_shape(document: Mapping[str, Any]) -> None:
    """Refuse a document in which a list, an object or a string is something else."""
    _check(document, DOCUMENT, "")
    rows = [document, *(document.get("rows") or [])]
    for panel in (panel for row in rows for panel in row.get("panels") or []):
        _check_panel(panel)


def check_fields(panel: Mapping[str, Any], *, old: bool) -> None:
    """Refuse what Grafana's own kinds, or those that it no longer has, cannot have."""
    _check(panel, OLD if old else CORE, "")


def _check_panel(panel: Mapping[str, Any]) -> None:
    with inside(f"panel {panel.get('title') or panel.get('type') or ''!r}"):
        if not isinstance(panel.get("type"), str) and not panel.get("libraryPanel"):
            raise DefinitionError(
                "it has no type", tip='say what it is, for example "type": "timeseries".'
            )
        _check(panel, PANEL, "")
    for child in panel.get("panels") or []:
        _check_panel(child)


def _check(value: Any, shape: Any, path: str) -> None:
    kind: Any = shape if isinstance(shape, type) else list if isinstance(shape, list) else dict
    if not isinstance(value, kind):
        raise DefinitionError(
            f"{path} is {value!r:.60}, not {NAMES[kind]}",
            tip="export the dashboard from Grafana again, or look at what the definition adds.",
        )
    if kind is list:
        for item in value:
            _check(item, shape[0], f"{path}[]")
    elif kind is dict:
        for key in shape:
            if not _is_empty(value.get(key)):
                _check(value[key], shape[key], f"{path}.{key}" if path else key)


def _is_empty(value: Any) -> bool:
    """What is empty has every shape: grafanalib writes no thresholds as an empty string."""
    return value is None or value in ("", [], {})
