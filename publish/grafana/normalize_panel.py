"""What a panel means: what it says beyond what its kind does anyway."""

from typing import Any

from tailboard.publish.grafana.default_values import strip_defaults
from tailboard.publish.grafana.panel_defaults import find_panel_defaults

Document = dict[str, Any]

SINGLE_VALUE_KINDS = ("bargauge", "gauge", "stat")
UNIT_RANGES: dict[str, Document] = {
    "percent": {"max": 100, "min": 0},
    "percentunit": {"max": 1, "min": 0},
}
"""Between what the kinds of one value draw a unit; the browser writes it down."""

TARGET_DEFAULTS: Document = {"hide": False}


def strip_panel_defaults(panel: Document) -> Document:
    """The panel without the defaults that Grafana's browser writes into it."""
    kind = str(panel.get("type"))
    content = {
        name: PART_NORMALIZERS[name](part, kind) if name in PART_NORMALIZERS else part
        for name, part in panel.items()
    }
    return strip_defaults(content, find_panel_defaults(kind))


def _normalize_field_config(config: Any, kind: str) -> Any:
    if not isinstance(config, dict):
        return config
    field_config = dict(config)
    if isinstance(fields := field_config.get("defaults"), dict):
        field_config["defaults"] = _normalize_field_defaults(fields, kind)
    if isinstance(overrides := field_config.get("overrides"), list):
        field_config["overrides"] = [_normalize_override(override) for override in overrides]
    return field_config


def _normalize_field_defaults(fields: Document, kind: str) -> Document:
    defaults = (
        strip_defaults(fields, UNIT_RANGES.get(str(fields.get("unit")), {}))
        if kind in SINGLE_VALUE_KINDS
        else fields
    )
    return _strip_base_value(defaults, "thresholds")


def _normalize_override(override: Any) -> Any:
    if not isinstance(override, dict) or not isinstance(override.get("properties"), list):
        return override
    return {
        **override,
        "properties": [_normalize_property(entry) for entry in override["properties"]],
    }


def _normalize_property(entry: Any) -> Any:
    return (
        _strip_base_value(entry, "value")
        if isinstance(entry, dict) and entry.get("id") == "thresholds"
        else entry
    )


def _strip_base_value(holder: Document, name: str) -> Document:
    """Thresholds whose first step has no value: it is the base, and its value is never read."""
    thresholds = holder.get(name)
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    if not isinstance(steps, list) or not steps or not isinstance(steps[0], dict):
        return holder
    base = {name: value for name, value in steps[0].items() if name != "value"}
    return {**holder, name: {**holder[name], "steps": [base, *steps[1:]]}}


def _normalize_targets(targets: Any, _kind: str) -> Any:
    if not isinstance(targets, list):
        return targets
    return [
        strip_defaults(target, TARGET_DEFAULTS) if isinstance(target, dict) else target
        for target in targets
    ]


PART_NORMALIZERS = {"fieldConfig": _normalize_field_config, "targets": _normalize_targets}
"""The parts of a panel of which more than their defaults is known."""
