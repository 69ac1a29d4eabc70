"""What a panel means: what it says beyond what its kind does anyway."""

from typing import Any

from tailboard.publish.grafana.beyond import beyond
from tailboard.publish.grafana.panel_defaults import defaults_of

Document = dict[str, Any]

WITH_RANGE = ("bargauge", "gauge", "stat")
RANGES: dict[str, Document] = {
    "percent": {"max": 100, "min": 0},
    "percentunit": {"max": 1, "min": 0},
}
"""Between what the kinds of one value draw a unit; the browser writes it down."""

TARGET: Document = {"hide": False}


def panel_meaning(panel: Document) -> Document:
    """The panel without what Grafana's browser writes into it unasked."""
    kind = str(panel.get("type"))
    made = {name: MEANT[name](it, kind) if name in MEANT else it for name, it in panel.items()}
    return beyond(made, defaults_of(kind))


def _fields(config: Any, kind: str) -> Any:
    if not isinstance(config, dict):
        return config
    made = dict(config)
    if isinstance(fields := made.get("defaults"), dict):
        made["defaults"] = _defaults(fields, kind)
    if isinstance(overrides := made.get("overrides"), list):
        made["overrides"] = [_override(it) for it in overrides]
    return made


def _defaults(fields: Document, kind: str) -> Document:
    made = beyond(fields, RANGES.get(str(fields.get("unit")), {})) if kind in WITH_RANGE else fields
    return _with_base(made, "thresholds")


def _override(override: Any) -> Any:
    if not isinstance(override, dict) or not isinstance(override.get("properties"), list):
        return override
    return {**override, "properties": [_property(it) for it in override["properties"]]}


def _property(it: Any) -> Any:
    return _with_base(it, "value") if isinstance(it, dict) and it.get("id") == "thresholds" else it


def _with_base(holder: Document, name: str) -> Document:
    """Thresholds whose first step has no value: it is the base, and its value is never read."""
    thresholds = holder.get(name)
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    if not isinstance(steps, list) or not steps or not isinstance(steps[0], dict):
        return holder
    base = {name: it for name, it in steps[0].items() if name != "value"}
    return {**holder, name: {**holder[name], "steps": [base, *steps[1:]]}}


def _targets(targets: Any, _kind: str) -> Any:
    if not isinstance(targets, list):
        return targets
    return [beyond(it, TARGET) if isinstance(it, dict) else it for it in targets]


MEANT = {"fieldConfig": _fields, "targets": _targets}
"""The parts of a panel of which more than their defaults is known."""
