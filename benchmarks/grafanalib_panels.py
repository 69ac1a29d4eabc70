"""The panels as somebody writes them with grafanalib; `tailboard build` is given the same ones."""

from typing import Any

from grafanalib.core import (
    GridPos,
    Stat,
    Table,
    TableSortByField,
    Target,
    Threshold,
    TimeSeries,
)

from benchmarks.workload import Panel

COLORS = ("green", "orange", "red")


def grafanalib_panel(panel: Panel) -> Any:
    """The panel as an object of grafanalib's."""
    common: dict[str, Any] = {
        "title": panel.title,
        "description": panel.description,
        "dataSource": "$datasource",
        "gridPos": GridPos(h=panel.height, w=panel.width, x=panel.x, y=panel.y),
    }
    if panel.kind == "timeseries":
        return _lines(panel, common)
    if panel.kind == "stat":
        return _number(panel, common)
    return _table(panel, common)


def _lines(panel: Panel, common: dict[str, Any]) -> Any:
    return TimeSeries(
        **common,
        targets=_targets(panel),
        unit=panel.unit,
        fillOpacity=8,
        showPoints="never",
        legendDisplayMode="table",
        legendCalcs=["lastNotNull", "max"],
        tooltipMode="multi",
        tooltipSort="desc",
    )


def _number(panel: Panel, common: dict[str, Any]) -> Any:
    return Stat(
        **common,
        targets=_targets(panel),
        format=panel.unit,
        reduceCalc="lastNotNull",
        thresholds=_thresholds(panel),
    )


def _table(panel: Panel, common: dict[str, Any]) -> Any:
    names = {f"Value #{name}": legend for name, (_, legend) in _named(panel)}
    return Table(
        **common,
        targets=_targets(panel, "table"),
        unit=panel.unit,
        filterable=True,
        thresholds=_thresholds(panel),
        sortBy=[TableSortByField(displayName=panel.queries[0][1], desc=True)],
        transformations=[
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {"excludeByName": {"Time": True}, "renameByName": names},
            },
        ],
        overrides=[
            {
                "matcher": {"id": "byName", "options": panel.queries[1][1]},
                "properties": [{"id": "unit", "value": "reqps"}],
            }
        ],
    )


def _targets(panel: Panel, shape: str = "time_series") -> list[Any]:
    return [
        Target(
            expr=expression,
            legendFormat=legend,
            refId=name,
            format=shape,
            instant=shape == "table",
        )
        for name, (expression, legend) in _named(panel)
    ]


def _named(panel: Panel) -> list[tuple[str, tuple[str, str]]]:
    return list(zip("AB", panel.queries, strict=False))


def _thresholds(panel: Panel) -> list[Any]:
    values = (0.0, *panel.limits)
    return [
        Threshold(color, index, value)
        for index, (color, value) in enumerate(zip(COLORS, values, strict=True))
    ]
