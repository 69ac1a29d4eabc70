"""A table with one row for each combination of labels and one column for each query."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice, product
from math import ceil
from string import ascii_uppercase
from typing import Any

from grafanalib.core import GridPos, Table, TableSortByField

from tailboard.panels.grid import GRID_COLUMNS
from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target
from tailboard.panels.record import record
from tailboard.panels.style import GOOD, Thresholds, build_override, build_threshold_steps

GRID_ROW, GRID_GAP = 30, 8
"""Pixels of a row of the grid, and of the gap below a panel."""

TABLE_ROW, TABLE_FRAME = 36, 84
"""Pixels of a table's row, and of everything around them: the panel's title, the column titles."""

MAX_VISIBLE_ROWS = 12
"""How many rows are visible without scrolling, where the number of rows is unknown."""


@record
class Column:
    """A column of numbers: its title, expression, unit and thresholds.

    `bar` draws the number as a bar within its cell.
    """

    title: str
    expression: str
    unit: str
    thresholds: Thresholds = ()
    decimals: int | None = None
    bar: bool = False


def table(
    title: str,
    keys: Mapping[str, str],
    columns: Sequence[Column],
    *,
    description: str,
    sort_by: str,
    limit: int = 100,
    row_count: int | None = None,
    links: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    size: GridPos | None = None,
) -> Table:
    """A sortable table, largest `sort_by` first, cut after `limit` rows.

    `keys` maps the labels that make a row to their column titles, `links` a column's title to
    what opens from its cells. Without a `size` it is as high as its rows: `row_count` of them where
    that is known, else up to `limit`, and at most `MAX_VISIBLE_ROWS`.
    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/table/
    """
    ref_ids = _list_ref_ids(len(columns))
    targets = [
        build_target(Query(column.expression), "table", is_instant=True) for column in columns
    ]
    for query_target, ref_id in zip(targets, ref_ids, strict=True):
        query_target.refId = ref_id
    return Table(
        title=title,
        description=description,
        targets=targets,
        filterable=True,
        colorMode="thresholds",
        sortBy=[TableSortByField(displayName=sort_by, desc=True)],
        overrides=[
            *(_build_column_override(column) for column in columns),
            *(
                build_override("byName", column_title, {"links": list(cell_links)})
                for column_title, cell_links in (links or {}).items()
            ),
        ],
        transformations=_build_transformations(keys, columns, ref_ids, sort_by, limit),
        thresholds=build_threshold_steps(()),
        gridPos=size
        or grid_size(GRID_COLUMNS, compute_height(row_count or min(limit, MAX_VISIBLE_ROWS))),
        maxDataPoints=None,
        span=None,
    )


def compute_height(row_count: int) -> int:
    """The rows of the grid that a table of so many rows takes, without a scroll bar."""
    return ceil((TABLE_FRAME + TABLE_ROW * row_count + GRID_GAP) / (GRID_ROW + GRID_GAP))


def _list_ref_ids(count: int) -> list[str]:
    """The queries' names: A to Z, then AA, AB and so on."""
    pairs = map("".join, product(ascii_uppercase, repeat=2))
    return [*islice(chain(ascii_uppercase, pairs), count)]


def _build_transformations(
    keys: Mapping[str, str],
    columns: Sequence[Column],
    ref_ids: Sequence[str],
    sort_by: str,
    limit: int,
) -> list[dict[str, Any]]:
    """One row a combination of labels: Grafana calls the values `Value #A`, or `Value` if alone."""
    value_names = [f"Value #{ref_id}" if len(columns) > 1 else "Value" for ref_id in ref_ids]
    titles = {
        **keys,
        **{
            value_name: column.title
            for value_name, column in zip(value_names, columns, strict=True)
        },
    }
    return [
        {"id": "merge", "options": {}},
        {
            "id": "organize",
            "options": {
                "excludeByName": {"Time": True},
                "indexByName": {name: index for index, name in enumerate(titles)},
                "renameByName": titles,
            },
        },
        {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": sort_by, "desc": True}]}},
        {"id": "limit", "options": {"limitField": limit}},
    ]


def _build_column_override(column: Column) -> dict[str, Any]:
    properties: dict[str, Any] = {"unit": column.unit}
    if column.decimals is not None:
        properties["decimals"] = column.decimals
    if column.thresholds:
        properties["thresholds"] = {
            "mode": "absolute",
            "steps": build_threshold_steps(column.thresholds, GOOD),
        }
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.bar:
        properties["custom.cellOptions"] = {"type": "gauge", "mode": "basic"}
        properties["min"] = 0
    return build_override("byName", column.title, properties)
