"""Colours: those that a document names, those of series without one, and the two themes."""

import re
from collections.abc import Mapping
from typing import Any, Literal

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")

HUES = {
    "green": "#4fa866",
    "yellow": "#d6ae36",
    "orange": "#e0883b",
    "red": "#dc5450",
    "blue": "#4d8fdb",
    "purple": "#9a78d0",
}
SHADES = {"super-light": 0.55, "light": 0.3, "semi-dark": -0.18, "dark": -0.36}
"""How much white is mixed into a hue; black, where it is below zero."""

SPECIAL_COLORS = {
    "black": "#000000",
    "gray": "#8b93a1",
    "grey": "#8b93a1",
    "text": "#8b93a1",
    "transparent": "rgba(0,0,0,0)",
    "white": "#ffffff",
}
PALETTE = (
    "#5b93d8",
    "#e0a23b",
    "#57aa74",
    "#d4647c",
    "#9180d2",
    "#45aeb4",
    "#cf8250",
    "#9aa84a",
    "#bd78b6",
    "#7f90aa",
    "#3f78b5",
    "#b98a2e",
)
"""The colours of series in their order, legible on dark and light."""

NEUTRAL_COLOR = "#8b93a1"
"""A grey that is legible on dark and on light."""

TRACK = {"color": NEUTRAL_COLOR, "opacity": 0.2}
"""The look of a bar's or a dial's whole length, in a mark of Vega-Lite."""

CSS_COLOR = re.compile(
    r"#[0-9a-fA-F]{3,8}|rgba?\(\s*[\d.]+%?(?:\s*,\s*[\d.]+%?){2,3}\s*\)|hsla?\([\d.,%\s]+\)"
)
GRADIENTS = {
    "continuous-GrYlRd": ("green", "yellow", "red"),
    "continuous-RdYlGr": ("red", "yellow", "green"),
    "continuous-BlYlRd": ("blue", "yellow", "red"),
    "continuous-YlRd": ("yellow", "red"),
    "continuous-BlPu": ("blue", "purple"),
    "continuous-YlBl": ("yellow", "blue"),
    "continuous-blues": ("super-light-blue", "dark-blue"),
    "continuous-reds": ("super-light-red", "dark-red"),
    "continuous-greens": ("super-light-green", "dark-green"),
    "continuous-purples": ("super-light-purple", "dark-purple"),
}
"""Grafana's modes that colour a value by where it lies between the least and the largest."""


def find_color(name: object, default: str = NEUTRAL_COLOR) -> str:
    """The colour that a document names (`dark-red`, `#aabbcc`, `rgb(1, 2, 3)`), or a default."""
    if not isinstance(name, str):
        return default
    name = name.strip()
    if CSS_COLOR.fullmatch(name):
        return name
    if name in SPECIAL_COLORS:
        return SPECIAL_COLORS[name]
    shade, _, hue = name.rpartition("-")
    if hue in HUES and (not shade or shade in SHADES):
        return mix_color(HUES[hue], SHADES[shade]) if shade else HUES[hue]
    return default


def mix_color(color: str, share: float) -> str:
    """A colour of six digits with a share of white, or below zero of black."""
    target = 255 if share > 0 else 0
    parts = [int(color[index : index + 2], 16) for index in (1, 3, 5)]
    mixed = [round(part + (target - part) * abs(share)) for part in parts]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def find_gradient_color(mode: str, share: float) -> str:
    """The colour of a gradient at a share from 0 to 1."""
    stops = [find_color(name) for name in GRADIENTS.get(mode, ("green", "yellow", "red"))]
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    before, after, part = stops[index], stops[index + 1], place - index
    mixed = [
        round(
            int(before[start : start + 2], 16) * (1 - part)
            + int(after[start : start + 2], 16) * part
        )
        for start in (1, 3, 5)
    ]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def choose_palette_color(index: int) -> str:
    """The colour of the series with this number."""
    return PALETTE[index % len(PALETTE)]


FONT = (
    "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', "
    "sans-serif"
)

SURFACES: Mapping[Theme, Mapping[str, str]] = {
    "dark": {
        "page": "#12151a",
        "panel": "#1a1e25",
        "border": "#2a3039",
        "text": "#d6dae1",
        "strong": "#f2f4f7",
        "muted": "#8d96a5",
        "grid": "#272d36",
    },
    "light": {
        "page": "#f3f4f6",
        "panel": "#ffffff",
        "border": "#dfe2e7",
        "text": "#333a45",
        "strong": "#11151b",
        "muted": "#687182",
        "grid": "#e9ebef",
    },
}
"""The colours of everything that is no data."""


def build_chart_config(theme: Theme) -> dict[str, Any]:
    """Vega-Lite's configuration of a theme: charts leave these colours out."""
    surface = SURFACES[theme]
    return {
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 2, "right": 6, "top": 4, "bottom": 2},
        "view": {"stroke": None},
        "axis": {
            "labelColor": surface["muted"],
            "labelFontSize": 11,
            "labelFont": FONT,
            "gridColor": surface["grid"],
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "titleColor": surface["muted"],
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "text": {"color": surface["text"], "font": FONT},
        "legend": {"disable": True},
    }
