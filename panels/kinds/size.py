"""Panel sizes; the document pass `place` decides the positions."""

from grafanalib.core import GridPos

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.grid import GRID_COLUMNS


def grid_size(width: int, height: int) -> GridPos:
    """A size on the 24-column grid, without a position."""
    if not 1 <= width <= GRID_COLUMNS or height < 1:
        raise DefinitionError(
            f"a panel cannot be {width} columns wide and {height} rows high",
            tip=f"the grid has {GRID_COLUMNS} columns; a row is 30 pixels high.",
        )
    return GridPos(h=height, w=width, x=None, y=None)


def grid_position(x: int, y: int, width: int, height: int) -> GridPos:
    """A place on the 24-column grid, counted from its upper left corner."""
    size = grid_size(width, height)
    return GridPos(h=size.h, w=size.w, x=x, y=y)
