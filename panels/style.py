"""The style of all panels: colours of fixed meaning, thresholds and overrides."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from tailboard.panels.definition_error import DefinitionError

GOOD = "green"
WARNING = "orange"
BAD = "red"
WORST = "dark-red"
NEUTRAL = "blue"
SECONDARY = "light-blue"

Thresholds = Sequence[tuple[float, str]]
"""Values and colours; a colour holds from its value on. Lowest first."""


def build_threshold_steps(thresholds: Thresholds, base: str = GOOD) -> list[dict[str, Any]]:
    """Grafana's threshold steps: the base colour, then each colour from its value on."""
    for value, _ in thresholds:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise DefinitionError(
                f"a threshold is {value!r}, which is not a number",
                tip="give every threshold a finite value in the panel's unit.",
            )
    sorted_thresholds = sorted(thresholds, key=lambda threshold: threshold[0])
    return [
        {"color": base, "value": None},
        *({"color": color, "value": value} for value, color in sorted_thresholds),
    ]


def build_override(matcher: str, options: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A field override for the fields that a Grafana matcher (`byName`, `byRegexp`) selects."""
    return {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }


def build_name_colors(colors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Fixed colours for the lines of these names."""
    return [
        build_override("byName", name, {"color": {"mode": "fixed", "fixedColor": color}})
        for name, color in colors.items()
    ]


def build_color_overrides(colors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Fixed colours for the lines whose legend ends in a regular expression: P50, 5..."""
    return [
        build_override(
            "byRegexp", f"/{ending}$/", {"color": {"mode": "fixed", "fixedColor": color}}
        )
        for ending, color in colors.items()
    ]
