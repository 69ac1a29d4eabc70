"""The unit of a panel and every number that it shows in it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tailboard.rename.units import UnitChange, format_number

JsonDict = dict[str, Any]

UNIT_PROPERTIES = {"unit", "min", "max", "thresholds", "mappings"}
"""Properties of a field that are in its unit, in overrides too."""

SCALED_CUSTOM_FIELDS = ("axisSoftMin", "axisSoftMax")
ANGULAR_PANELS = {"graph", "singlestat", "table-old", "heatmap-old"}
CALCULATING_TRANSFORMATIONS = {
    *("calculateField", "concatenate", "configFromData", "formatString", "histogram"),
    *("regression", "rowsToFields", "smoothing", "spatial", "transpose"),
}
"""Transformations whose result need not be in the unit of the queries."""


def convert_panel_unit(panel: Mapping[str, Any], change: UnitChange) -> JsonDict | None:
    """The panel with its unit and its numbers in the new unit; None where it cannot be sure.

    Sure are panels whose unit is the old one, and that show all their queries in it.
    """
    defaults = _read_object(panel, "fieldConfig", "defaults")
    new_unit = change.find_panel_unit(str(defaults.get("unit") or ""))
    if new_unit is None or panel.get("type") in ANGULAR_PANELS or panel.get("alert"):
        return None
    if _has_unit_override(panel) or _is_calculating(panel) or _has_value_mapping(defaults):
        return None
    custom = defaults.get("custom")
    new_defaults = {
        name: _convert_field(name, value, new_unit, change.factor)
        for name, value in defaults.items()
    }
    if isinstance(custom, Mapping):
        new_defaults["custom"] = {
            name: _scale(value, change.factor) if name in SCALED_CUSTOM_FIELDS else value
            for name, value in custom.items()
        }
    return {**panel, "fieldConfig": {**panel["fieldConfig"], "defaults": new_defaults}}


def convert_bounds_unit(panel: Mapping[str, Any], change: UnitChange) -> JsonDict | None:
    """A heatmap whose buckets are in the new unit; None where it shows them in another one."""
    axis = _read_object(panel, "options", "yAxis")
    new_unit = change.find_panel_unit(str(axis.get("unit") or ""))
    if panel.get("type") != "heatmap" or new_unit is None:
        return None
    new_axis = {
        name: new_unit if name == "unit" else _scale_limit(name, value, change.factor)
        for name, value in axis.items()
    }
    return {**panel, "options": {**panel["options"], "yAxis": new_axis}}


def _convert_field(name: str, value: Any, new_unit: str, factor: Fraction) -> Any:
    if name == "unit":
        return new_unit
    if name in {"min", "max"}:
        return _scale(value, factor)
    if name == "thresholds" and isinstance(value, Mapping) and value.get("mode") != "percentage":
        return {
            key: [_scale_fields(step, ("value",), factor) for step in field]
            if key == "steps" and isinstance(field, list)
            else field
            for key, field in value.items()
        }
    if name == "mappings" and isinstance(value, list):
        return [_scale_mapping(mapping, factor) for mapping in value]
    return value


def _scale_mapping(mapping: Any, factor: Fraction) -> Any:
    """A mapping of a range of numbers, with the range in the new unit."""
    if not isinstance(mapping, Mapping) or mapping.get("type") != "range":
        return mapping
    return {
        name: _scale_fields(value, ("from", "to"), factor) if name == "options" else value
        for name, value in mapping.items()
    }


def _scale_fields(value: Any, names: Sequence[str], factor: Fraction) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        name: _scale(field, factor) if name in names else field for name, field in value.items()
    }


def _scale_limit(name: str, value: Any, factor: Fraction) -> Any:
    return _scale(value, factor) if name in {"min", "max"} else value


def _scale(value: Any, factor: Fraction) -> Any:
    """A number times the factor; what is no number unchanged."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = Fraction(repr(value)) * factor
    text = format_number(number)
    return int(text) if number.denominator == 1 else float(text)


def _has_unit_override(panel: Mapping[str, Any]) -> bool:
    overrides = _read_object(panel, "fieldConfig").get("overrides")
    return any(
        isinstance(entry, Mapping) and entry.get("id") in UNIT_PROPERTIES
        for override in (overrides if isinstance(overrides, list) else [])
        if isinstance(override, Mapping)
        for entry in override.get("properties") or []
    )


def _is_calculating(panel: Mapping[str, Any]) -> bool:
    transformations = panel.get("transformations")
    return any(
        isinstance(transformation, Mapping)
        and transformation.get("id") in CALCULATING_TRANSFORMATIONS
        for transformation in (transformations if isinstance(transformations, list) else [])
    )


def _has_value_mapping(defaults: Mapping[str, Any]) -> bool:
    """Whether single values have texts, which stand in the keys of an object."""
    mappings = defaults.get("mappings")
    return any(
        isinstance(mapping, Mapping) and mapping.get("type") == "value"
        for mapping in (mappings if isinstance(mappings, list) else [])
    )


def _read_object(value: Any, *path: str) -> Mapping[str, Any]:
    """The object at a path; an empty one where the path leads to something else."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
