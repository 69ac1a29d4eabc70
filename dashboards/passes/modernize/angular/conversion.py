"""Conversions that several panel types share: common fields, colours, numbers."""

from math import isfinite
from typing import Any

from tailboard.dashboards.schema import ROW_INDEX

Panel = dict[str, Any]

REDUCER_IDS = {
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
COMMON_FIELDS = (
    ROW_INDEX,
    *"datasource description gridPos height hideTimeOverride id interval links maxDataPoints "
    "repeat repeatDirection maxPerRow span targets timeFrom timeShift title transformations "
    "transparent".split(),
)


def copy_common_fields(panel: Panel) -> Panel:
    """The fields of a panel that every type has."""
    return {key: panel[key] for key in COMMON_FIELDS if key in panel}


def build_color_overrides(panel: Panel) -> list[Panel]:
    """An override with a fixed colour for each series name that had one."""
    return [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": build_fixed_color(color)}],
        }
        for name, color in sorted((panel.get("aliasColors") or {}).items())
    ]


def build_fixed_color(color: str) -> Panel:
    return {"fixedColor": color, "mode": "fixed"}


def read_list(value: Any) -> list[Any]:
    """The list, or an empty one for another type: a single stat's thresholds are a string."""
    return value if isinstance(value, list) else []


def parse_number(value: Any, default: float | None = None) -> float | None:
    """The number, also from the string that Grafana's editor writes; else the default."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return default
    if not isfinite(number):
        return default
    return int(number) if number.is_integer() else number


def parse_integer(value: Any, default: int) -> int:
    return int(parse_number(value, default) or 0)
