"""Write the dashboards with Grafana's Foundation SDK.

`python -m benchmarks.writing.with_foundation_sdk FOLDER`
"""

import sys
from pathlib import Path
from typing import TypeVar

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from benchmarks.writing import workload
from benchmarks.writing.workload import THRESHOLD_COLORS, Panel

PROMETHEUS = common_models.DataSourceRef("prometheus", "${datasource}")

PanelBuilder = TypeVar("PanelBuilder", timeseries.Panel, stat.Panel, table.Panel)


def _build_panel(panel: Panel) -> timeseries.Panel | stat.Panel | table.Panel:
    if panel.kind == "timeseries":
        return _build_timeseries(panel)
    return _build_stat(panel) if panel.kind == "stat" else _build_table(panel)


def _set_common_options(builder: PanelBuilder, panel: Panel) -> PanelBuilder:
    return (
        builder.title(panel.title)
        .description(panel.description)
        .datasource(PROMETHEUS)
        .span(panel.width)
        .height(panel.height)
        .unit(panel.unit)
    )


def _build_timeseries(panel: Panel) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .display_mode(common_models.LegendDisplayMode.TABLE)
        .placement(common_models.LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(["lastNotNull", "max"])
    )
    tooltip = (
        common.VizTooltipOptions()
        .mode(common_models.TooltipDisplayMode.MULTI)
        .sort(common_models.SortOrder.DESCENDING)
    )
    builder = (
        _set_common_options(timeseries.Panel(), panel)
        .fill_opacity(8)
        .show_points(common_models.VisibilityMode.NEVER)
        .legend(legend)
        .tooltip(tooltip)
    )
    for query in _build_queries(panel):
        builder.with_target(query.range())
    return builder


def _build_stat(panel: Panel) -> stat.Panel:
    builder = (
        _set_common_options(stat.Panel(), panel)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(_build_thresholds(panel))
    )
    for query in _build_queries(panel):
        builder.with_target(query.range())
    return builder


def _build_table(panel: Panel) -> table.Panel:
    names = {f"Value #{name}": panel.queries[i][1] for i, name in enumerate("AB")}
    organized = {"excludeByName": {"Time": True}, "renameByName": names}
    by_first = common.TableSortByFieldState().display_name(panel.queries[0][1]).desc(True)
    builder = (
        _set_common_options(table.Panel(), panel)
        .filterable(True)
        .thresholds(_build_thresholds(panel))
        .sort_by([by_first])
        .with_transformation(models.DataTransformerConfig("merge", options={}))
        .with_transformation(models.DataTransformerConfig("organize", options=organized))
        .override_by_name(panel.queries[1][1], [models.DynamicConfigValue("unit", "reqps")])
    )
    for query in _build_queries(panel):
        builder.with_target(query.format(PromQueryFormat.TABLE).instant())
    return builder


def _build_queries(panel: Panel) -> list[prometheus.Dataquery]:
    return [
        prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(name)
        for name, (expression, legend) in zip("AB", panel.queries, strict=False)
    ]


def _build_thresholds(panel: Panel) -> dashboard.ThresholdsConfig:
    values = (None, *panel.limits)
    steps = [
        models.Threshold(value, color)
        for value, color in zip(values, THRESHOLD_COLORS, strict=True)
    ]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _build_dashboard(definition: workload.Dashboard) -> models.Dashboard:
    builder = (
        dashboard.Dashboard(definition.title)
        .uid(definition.uid)
        .tags([workload.TAG])
        .timezone("browser")
        .refresh("1m")
        .time("now-1h", "now")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .with_variable(_build_data_source_variable())
        .with_variable(_build_instance_variable(definition.service))
    )
    for row in definition.rows:
        builder.with_row(dashboard.Row(row.title))
        for panel in row.panels:
            builder.with_panel(_build_panel(panel))
    return builder.build()


def _build_data_source_variable() -> dashboard.DatasourceVariable:
    return dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _build_instance_variable(service: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable("instance")
        .label("Instance")
        .query(f'label_values(up{{job="{service}"}}, instance)')
        .datasource(PROMETHEUS)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .include_all(True)
        .all_value(".*")
        .multi(True)
    )


def _write_dashboards(folder: Path) -> None:
    encoder = JSONEncoder(sort_keys=True, indent=2)
    for definition in workload.generate_dashboards():
        text = encoder.encode(_build_dashboard(definition))
        (folder / f"{definition.uid}.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    _write_dashboards(Path(sys.argv[1]))
