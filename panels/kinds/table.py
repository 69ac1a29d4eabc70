"""A table with one row for each combination of labels and one column for each query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from string import ascii_uppercase
from typing import Any

from grafanalib.core import GridPos, Table, TableSortByField

from tailboard.panels.house import GOOD, Thresholds, override, steps
from tailboard.panels.kinds.size import flowing
from tailboard.panels.query import Query, target


@dataclass(frozen=True)
class Column:
    """A column of numbers: its title, the expression behind it, unit, thresholds.

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
    links: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    size: GridPos | None = None,
) -> Table:
    """A sortable table, largest `sort_by` first, cut after `limit` rows.

    `keys` maps the labels that make a row to their column titles, `links` a column's title to
    what opens from its cells.
    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/table/
    """
    names = _column_names(len(columns))
    targets = [target(Query(column.expression), "table", instant=True) for column in columns]
    for one, name in zip(targets, names, strict=True):
        one.refId = name
    return Table(
        title=title,
        description=description,
        targets=targets,
        filterable=True,
        colorMode="thresholds",
        sortBy=[TableSortByField(displayName=sort_by, desc=True)],
        overrides=[
            *(_styled(column) for column in columns),
            *(override("byName", name, {"links": list(it)}) for name, it in (links or {}).items()),
        ],
        transformations=_joined(keys, columns, names, sort_by, limit),
        thresholds=steps(()),
        gridPos=size or flowing(24, 9),
        maxDataPoints=None,
        span=None,
    )


def _column_names(count: int) -> list[str]:
    """The queries' names: A to Z, then AA, AB and so on."""
    pairs = map("".join, product(ascii_uppercase, repeat=2))
    return [*islice(chain(ascii_uppercase, pairs), count)]


def _joined(
    keys: Mapping[str, str],
    columns: Sequence[Column],
    names: Sequence[str],
    sort_by: str,
    limit: int,
) -> list[dict[str, Any]]:
    """One row a combination of labels: Grafana calls the values `Value #A`, or `Value` if alone."""
    values = [f"Value #{name}" if len(columns) > 1 else "Value" for name in names]
    titles = {**keys, **{v: column.title for v, column in zip(values, columns, strict=True)}}
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


def _styled(column: Column) -> dict[str, Any]:
    properties: dict[str, Any] = {"unit": column.unit}
    if column.decimals is not None:
        properties["decimals"] = column.decimals
    if column.thresholds:
        properties["thresholds"] = {"mode": "absolute", "steps": steps(column.thresholds, GOOD)}
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.bar:
        properties["custom.cellOptions"] = {"type": "gauge", "mode": "basic"}
        properties["min"] = 0
    return override("byName", column.title, properties)
