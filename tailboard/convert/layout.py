"""Which sizes and places a row has to say, and which the layout gives its panels anyway."""

from collections.abc import Sequence
from typing import Any

from tailboard.convert.canonical import Panel, compact_positions
from tailboard.convert.code import Call, Code, Literal
from tailboard.dashboards.passes.place import place_panels
from tailboard.panels.definition_error import DefinitionError

Size = tuple[int, int] | None
"""Width and height, or None where the panel's own do."""


def find_sizes(
    panels: Sequence[Panel], default_sizes: Sequence[Size], top: int
) -> list[Code | None]:
    """The argument `size` of each panel of a section, as far as the layout needs it.

    `default_sizes` are those that the panels have where they are given none. Panels that do not
    flow to where they stand get places, the highest of them at `top`.
    """
    sizes = [(panel["gridPos"]["w"], panel["gridPos"]["h"]) for panel in panels]
    if _has_same_layout(panels, default_sizes):
        return [None] * len(panels)
    if not _has_same_layout(panels, sizes):
        return [_build_position(panel["gridPos"], top) for panel in panels]
    return [
        None if size == default_size else _build_size(size)
        for size, default_size in zip(sizes, default_sizes, strict=True)
    ]


def _has_same_layout(panels: Sequence[Panel], sizes: Sequence[Size]) -> bool:
    """Whether panels of these sizes flow to where they stand."""
    flowing_panels: list[dict[str, Any]] = [
        {
            "type": panel.get("type"),
            **({"gridPos": {"w": size[0], "h": size[1]}} if size is not None else {}),
        }
        for panel, size in zip(panels, sizes, strict=True)
    ]
    try:
        place_panels(flowing_panels)
    except DefinitionError:
        return False
    flow_positions = compact_positions([panel["gridPos"] for panel in flowing_panels])
    return flow_positions == compact_positions([panel["gridPos"] for panel in panels])


def _build_size(size: tuple[int, int]) -> Code:
    return Call("grid_size", (Literal(size[0]), Literal(size[1])))


def _build_position(position: Panel, top: int) -> Code:
    numbers = (position["x"], position["y"] + top, position["w"], position["h"])
    return Call("grid_position", tuple(map(Literal, numbers)))
