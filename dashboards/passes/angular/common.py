"""What the conversions share."""

from math import isfinite
from typing import Any

Panel = dict[str, Any]

CALCS = {
    "avg": "mean",
    "current": "lastNotNull",
    "delta": "delta",
    "diff": "diff",
    "first": "firstNotNull",
    "max": "max",
    "min": "min",
    "name": "lastNotNull",
    "range": "range",
    "total": "sum",
}
KEPT = (
    "datasource description gridPos height hideTimeOverride id interval links maxDataPoints repeat "
    "repeatDirection maxPerRow span targets timeFrom timeShift title transformations transparent"
).split()


def kept(panel: Panel) -> Panel:
    """What every kind of panel has."""
    return {key: panel[key] for key in KEPT if key in panel}


def color_overrides(panel: Panel) -> list[Panel]:
    """Fixed colours for the names that had one."""
    return [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": fixed(color)}],
        }
        for name, color in sorted((panel.get("aliasColors") or {}).items())
    ]


def fixed(color: str) -> Panel:
    return {"fixedColor": color, "mode": "fixed"}


def listed(value: Any) -> list[Any]:
    """The items of a list; a single stat's thresholds are a string."""
    return value if isinstance(value, list) else []


def number(value: Any, default: float | None = None) -> float | None:
    """The number, also where Grafana's editor wrote it as a string."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return default
    if not isfinite(found):
        return default
    return int(found) if found.is_integer() else found


def whole(value: Any, default: int) -> int:
    return int(number(value, default) or 0)
