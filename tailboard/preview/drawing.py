"""What a panel becomes: a chart specification, a legend, a table or text; plain data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tailboard.preview.data.panel_data import PanelData

Spec = dict[str, Any]
Align = Literal["left", "right", "center"]

LEGEND_ROW, LEGEND_HEADER = 20, 20
"""Pixels of a row of a legend, and of its column titles."""


@dataclass(frozen=True)
class Size:
    """Pixels of what is inside a panel's frame."""

    width: int
    height: int


@dataclass(frozen=True)
class LegendEntry:
    """A series: its colour, its name, and a text for each calculation."""

    color: str
    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Legend:
    """The names of series; `columns` are the titles of the calculations."""

    entries: tuple[LegendEntry, ...]
    columns: tuple[str, ...] = ()
    is_right: bool = False
    size: int = 0
    """Pixels that it takes of the panel's height; of its width at the right."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `share` draws a bar behind the text, from 0 to 1."""

    text: str
    color: str = ""
    background: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """Columns and rows of cells; `sorting` is the sorted column's number and whether it falls."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sorting: tuple[int, bool] | None = None


@dataclass(frozen=True)
class Drawing:
    """What is shown in a panel's frame, from top to bottom.

    `message` stands in the middle of a panel that has nothing to show; `queries` are listed below
    it. `hover` is how a page finds the values under the pointer: of a time, or of one mark.
    """

    spec: Spec | None = None
    legend: Legend | None = None
    table: Table | None = None
    markdown: str = ""
    message: str = ""
    queries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hover: Literal["", "time", "mark"] = ""


Draw = Callable[[PanelData, Size], Drawing]
