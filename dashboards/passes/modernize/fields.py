"""What is repaired in the fields of every kind of panel: thresholds, mappings, styles."""

from collections.abc import Callable
from typing import Any

from tailboard.panels.definition_error import DefinitionError, suggest_name

Panel = dict[str, Any]

STATE_KINDS = ("state-timeline", "status-history")
LINE_KINDS = ("candlestick", "timeseries", "trend")
CUSTOM_DEFAULTS: Panel = {
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

LINE_CUSTOM_DEFAULTS: Panel = {
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
}
CUSTOM_CHOICES: dict[str, tuple[str, ...]] = {
    "axisPlacement": ("auto", "bottom", "hidden", "left", "right", "top"),
    "drawStyle": ("bars", "line", "points"),
    "gradientMode": ("hue", "none", "opacity", "scheme"),
    "lineInterpolation": ("linear", "smooth", "stepAfter", "stepBefore"),
    "showPoints": ("always", "auto", "never"),
}


def modernize_fields(panel: Panel) -> None:
    """Repair a panel's field options in place; none are left where nothing is said."""
    config = panel.get("fieldConfig") or {}
    panel["fieldConfig"] = config
    defaults = config["defaults"] = config.get("defaults") or {}
    overrides = config["overrides"] = config.get("overrides") or []
    _modernize_custom(panel["type"], defaults)
    properties = [
        field_property
        for override in overrides
        for field_property in override.get("properties") or []
    ]
    for field_property in properties:
        if field_property.get("id") in FIELD_REPAIRS and field_property.get("value"):
            field_property["value"] = FIELD_REPAIRS[field_property["id"]](field_property["value"])
    for name, repair in FIELD_REPAIRS.items():
        if defaults.get(name):
            defaults[name] = repair(defaults[name])
    for key in [name for name, value in defaults.items() if value in ("", [], {}) or value is None]:
        del defaults[key]
    if not defaults and not overrides:
        del panel["fieldConfig"]


def _repair_thresholds(thresholds: Panel) -> Panel:
    """grafanalib writes the lowest step's value as the string "null", and no steps as ""."""
    old_steps = thresholds.get("steps") or []
    for step in old_steps[1:]:
        if isinstance(step.get("value"), str):
            raise DefinitionError(
                f"the threshold {step.get('color')!r} has no value",
                tip="grafanalib drops that of a threshold with index 0; count them up.",
            )
    steps = [
        {"color": step.get("color"), "value": None if index == 0 else step.get("value")}
        for index, step in enumerate(old_steps)
    ]
    return {**thresholds, "steps": steps} if steps else {}


def _convert_mappings(mappings: list[Panel]) -> list[Panel]:
    """Mappings as Grafana 7 had them become those of Grafana 8."""
    value_options: Panel = {}
    converted_mappings = []
    for index, mapping in enumerate(mappings):
        result = {"index": index, "text": mapping.get("text", "")}
        if "options" in mapping:
            converted_mappings.append(mapping)
        elif mapping.get("value") == "null":
            converted_mappings.append(
                {"type": "special", "options": {"match": "null", "result": result}}
            )
        elif mapping.get("value") not in (None, ""):
            value_options[str(mapping["value"])] = result
        else:
            limits = {
                "from": _parse_number(mapping.get("from")),
                "to": _parse_number(mapping.get("to")),
            }
            converted_mappings.append({"type": "range", "options": {**limits, "result": result}})
    return (
        [{"type": "value", "options": value_options}, *converted_mappings]
        if value_options
        else converted_mappings
    )


FIELD_REPAIRS: dict[str, Callable[[Any], Any]] = {
    "mappings": _convert_mappings,
    "thresholds": _repair_thresholds,
}


def _modernize_custom(kind: str, defaults: Panel) -> None:
    custom = defaults.get("custom") or {}
    for key, choices in CUSTOM_CHOICES.items():
        if key in custom and custom[key] not in choices:
            raise DefinitionError(
                f"{key} is {custom[key]!r}", tip=suggest_name(str(custom[key]), choices)
            )
    if kind in STATE_KINDS:
        return
    kind_defaults = (
        {**CUSTOM_DEFAULTS, **LINE_CUSTOM_DEFAULTS} if kind in LINE_KINDS else CUSTOM_DEFAULTS
    )
    defaults["custom"] = {
        key: value for key, value in custom.items() if kind_defaults.get(key, ...) != value
    }


def _parse_number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
