"""What is repaired in the fields of every kind of panel: thresholds, mappings, styles."""

from collections.abc import Callable
from typing import Any

from tailboard.panels.definition_error import DefinitionError, did_you_mean

Panel = dict[str, Any]

STATES = ("state-timeline", "status-history")
LINES = ("candlestick", "timeseries", "trend")
DEFAULTS: Panel = {
    "align": "auto",
    "axisLabel": "",
    "axisPlacement": "auto",
    "filterable": False,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "scaleDistribution": {"log": 2, "type": "linear"},
    "spanNulls": False,
    "stacking": {},
    "thresholdsStyle": {"mode": "off"},
}
"""What Grafana's own kinds do where nothing is said, but for those of states."""

LINE_DEFAULTS: Panel = {
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
}
CHOICES: dict[str, tuple[str, ...]] = {
    "axisPlacement": ("auto", "bottom", "hidden", "left", "right", "top"),
    "drawStyle": ("bars", "line", "points"),
    "gradientMode": ("hue", "none", "opacity", "scheme"),
    "lineInterpolation": ("linear", "smooth", "stepAfter", "stepBefore"),
    "showPoints": ("always", "auto", "never"),
}


def modernise_fields(panel: Panel) -> None:
    """Repair a panel's field options in place; none are left where nothing is said."""
    config = panel.get("fieldConfig") or {}
    panel["fieldConfig"] = config
    defaults = config["defaults"] = config.get("defaults") or {}
    overrides = config["overrides"] = config.get("overrides") or []
    _modernise_custom(panel["type"], defaults)
    properties = [it for override in overrides for it in override.get("properties") or []]
    for it in properties:
        if it.get("id") in REPAIRED and it.get("value"):
            it["value"] = REPAIRED[it["id"]](it["value"])
    for name, repair in REPAIRED.items():
        if defaults.get(name):
            defaults[name] = repair(defaults[name])
    for key in [k for k, v in defaults.items() if v in ("", [], {}) or v is None]:
        del defaults[key]
    if not defaults and not overrides:
        del panel["fieldConfig"]


def _thresholds(thresholds: Panel) -> Panel:
    """grafanalib writes the lowest step's value as the string "null", and no steps as ""."""
    found = thresholds.get("steps") or []
    for step in found[1:]:
        if isinstance(step.get("value"), str):
            raise DefinitionError(
                f"the threshold {step.get('color')!r} has no value",
                tip="grafanalib drops that of a threshold with index 0; count them up.",
            )
    steps = [
        {"color": step.get("color"), "value": None if index == 0 else step.get("value")}
        for index, step in enumerate(found)
    ]
    return {**thresholds, "steps": steps} if steps else {}


def _mappings(mappings: list[Panel]) -> list[Panel]:
    """Mappings as Grafana 7 had them become those of Grafana 8."""
    values: Panel = {}
    found = []
    for index, old in enumerate(mappings):
        result = {"index": index, "text": old.get("text", "")}
        if "options" in old:
            found.append(old)
        elif old.get("value") == "null":
            found.append({"type": "special", "options": {"match": "null", "result": result}})
        elif old.get("value") not in (None, ""):
            values[str(old["value"])] = result
        else:
            limits = {"from": _number(old.get("from")), "to": _number(old.get("to"))}
            found.append({"type": "range", "options": {**limits, "result": result}})
    return [{"type": "value", "options": values}, *found] if values else found


REPAIRED: dict[str, Callable[[Any], Any]] = {"mappings": _mappings, "thresholds": _thresholds}


def _modernise_custom(kind: str, defaults: Panel) -> None:
    custom = defaults.get("custom") or {}
    for key, choices in CHOICES.items():
        if key in custom and custom[key] not in choices:
            raise DefinitionError(
                f"{key} is {custom[key]!r}", tip=did_you_mean(str(custom[key]), choices)
            )
    if kind in STATES:
        return
    said = {**DEFAULTS, **LINE_DEFAULTS} if kind in LINES else DEFAULTS
    defaults["custom"] = {k: v for k, v in custom.items() if said.get(k, ...) != v}


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
