"""The house style: colours that always mean the same, thresholds and overrides."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from tailboard.panels.definition_error import DefinitionError

GOOD = "green"
WARNING = "orange"
BAD = "red"
WORST = "dark-red"
CALM = "blue"
QUIET = "light-blue"

Thresholds = Sequence[tuple[float, str]]
"""From which value on a colour holds, lowest first."""


def steps(thresholds: Thresholds, base: str = GOOD) -> list[dict[str, Any]]:
    """Grafana's threshold steps: the base colour, then each colour from its value on."""
    for value, _ in thresholds:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise DefinitionError(
                f"a threshold is {value!r}, which is not a number",
                tip="give every threshold a finite value in the panel's unit.",
            )
    ordered = sorted(thresholds, key=lambda step: step[0])
    return [
        {"color": base, "value": None},
        *({"color": color, "value": value} for value, color in ordered),
    ]


def override(matcher: str, options: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Other field options for the fields that a matcher finds (`byName`, `byRegexp`)."""
    return {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }


def line_colors(colors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Fixed colours for the lines whose legend ends so, a regular expression: P50, 5..."""
    return [
        override("byRegexp", f"/{ending}$/", {"color": {"mode": "fixed", "fixedColor": color}})
        for ending, color in colors.items()
    ]
