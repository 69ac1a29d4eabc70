"""The panels as grafanalib objects, the same for grafanalib's encoder and `tailboard build`."""

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

from benchmarks.writing.workload import THRESHOLD_COLORS, Panel


def build_panel(panel: Panel) -> Any:
    """The panel as a grafanalib object."""
    common: dict[str, Any] = {
        "title": panel.title,
        "description": panel.description,
        "dataSource": "$datasource",
        "gridPos": GridPos(h=panel.height, w=panel.width, x=panel.x, y=panel.y),
    }
    if panel.kind == "timeseries":
        return _build_timeseries(panel, common)
    if panel.kind == "stat":
        return _build_stat(panel, common)
    return _build_table(panel, common)


def _build_timeseries(panel: Panel, common: dict[str, Any]) -> Any:
    return TimeSeries(
        **common,
        targets=_build_targets(panel),
        unit=panel.unit,
        fillOpacity=8,
        showPoints="never",
        legendDisplayMode="table",
        legendCalcs=["lastNotNull", "max"],
        tooltipMode="multi",
        tooltipSort="desc",
    )


def _build_stat(panel: Panel, common: dict[str, Any]) -> Any:
    return Stat(
        **common,
        targets=_build_targets(panel),
        format=panel.unit,
        reduceCalc="lastNotNull",
        thresholds=_build_thresholds(panel),
    )


def _build_table(panel: Panel, common: dict[str, Any]) -> Any:
    names = {f"Value #{name}": legend for name, (_, legend) in _name_queries(panel)}
    return Table(
        **common,
        targets=_build_targets(panel, "table"),
        unit=panel.unit,
        filterable=True,
        thresholds=_build_thresholds(panel),
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


def _build_targets(panel: Panel, shape: str = "time_series") -> list[Any]:
    return [
        Target(
            expr=expression,
            legendFormat=legend,
            refId=name,
            format=shape,
            instant=shape == "table",
        )
        for name, (expression, legend) in _name_queries(panel)
    ]


def _name_queries(panel: Panel) -> list[tuple[str, tuple[str, str]]]:
    return list(zip("AB", panel.queries, strict=False))


def _build_thresholds(panel: Panel) -> list[Any]:
    values = (0.0, *panel.limits)
    return [
        Threshold(color, index, value)
        for index, (color, value) in enumerate(zip(THRESHOLD_COLORS, values, strict=True))
    ]
