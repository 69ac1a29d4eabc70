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
    if _count_flowing_panels(panels, default_sizes) == len(panels):
        return [None] * len(panels)
    count = _count_flowing_panels(panels, sizes)
    while count and not _has_same_layout(panels, sizes, count):
        count -= 1
    return [
        (None if size == default_size else _build_size(size))
        if index < count
        else _build_position(panel["gridPos"], top)
        for index, (panel, size, default_size) in enumerate(
            zip(panels, sizes, default_sizes, strict=True)
        )
    ]


def _count_flowing_panels(panels: Sequence[Panel], sizes: Sequence[Size]) -> int:
    """How many of the first panels stand where they would flow with these sizes."""
    positions = _flow_panels(panels, sizes, len(panels))
    count = 0
    for panel, position in zip(panels, positions, strict=False):
        if position != panel["gridPos"]:
            break
        count += 1
    return count


def _has_same_layout(panels: Sequence[Panel], sizes: Sequence[Size], count: int) -> bool:
    """Whether the panels stand where they do when only the first ones flow."""
    return _flow_panels(panels, sizes, count) == [panel["gridPos"] for panel in panels]


def _flow_panels(panels: Sequence[Panel], sizes: Sequence[Size], count: int) -> list[Panel]:
    """The positions of panels of which the first ones flow with sizes, and the others are placed.

    None at all where the layout refuses them.
    """
    flowing_panels: list[dict[str, Any]] = [
        {"type": panel.get("type"), **_build_grid_position(panel, size, is_placed=index >= count)}
        for index, (panel, size) in enumerate(zip(panels, sizes, strict=True))
    ]
    try:
        place_panels(flowing_panels)
    except DefinitionError:
        return []
    return compact_positions([panel["gridPos"] for panel in flowing_panels])


def _build_grid_position(panel: Panel, size: Size, *, is_placed: bool) -> dict[str, Panel]:
    if is_placed:
        return {"gridPos": dict(panel["gridPos"])}
    return {} if size is None else {"gridPos": {"w": size[0], "h": size[1]}}


def _build_size(size: tuple[int, int]) -> Code:
    return Call("grid_size", (Literal(size[0]), Literal(size[1])))


def _build_position(position: Panel, top: int) -> Code:
    numbers = (position["x"], position["y"] + top, position["w"], position["h"])
    return Call("grid_position", tuple(map(Literal, numbers)))
