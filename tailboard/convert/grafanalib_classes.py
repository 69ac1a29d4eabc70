"""grafanalib's classes of panels, and where the kind `raw` says what their arguments say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import attr
from grafanalib import core


@dataclass(frozen=True)
class PanelClass:
    """A class of grafanalib: its arguments by what `raw` says of a panel, as `custom.lineWidth`.

    `defaults` are what Grafana does without the arguments for which the class does otherwise,
    `required` the arguments that a panel has to have, since the class writes them anyway.
    """

    name: str
    arguments: Mapping[str, str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def find_default(self, argument: str) -> Any:
        """What the class does without an argument."""
        default: Any = attr.fields_dict(getattr(core, self.name))[argument].default
        is_factory = hasattr(default, "factory")
        return default.factory() if is_factory else default

    def is_valid(self, values: Mapping[str, Any]) -> bool:
        """Whether the class takes these values, of which it knows the types."""
        try:
            getattr(core, self.name)(**values)
        except (TypeError, ValueError):
            return False
        return True


PANEL_ARGUMENTS: Mapping[str, str] = {
    "description": "description",
    "transformations": "transformations",
    "size": "gridPos",
    "extra.datasource": "dataSource",
    "extra.hideTimeOverride": "hideTimeOverride",
    "extra.interval": "interval",
    "extra.links": "links",
    "extra.maxDataPoints": "maxDataPoints",
    "extra.timeFrom": "timeFrom",
    "extra.timeShift": "timeShift",
    "extra.transparent": "transparent",
}
"""What every class says."""

FIELD_ARGUMENTS: Mapping[str, str] = {
    **PANEL_ARGUMENTS,
    "thresholds": "thresholds",
    "threshold_mode": "thresholdType",
    "overrides": "overrides",
    "fields.mappings": "mappings",
}
LEGEND_ARGUMENTS: Mapping[str, str] = {
    "fields.color.mode": "colorMode",
    "options.legend.displayMode": "legendDisplayMode",
    "options.legend.showLegend": "legendDisplayMode",
    "options.legend.placement": "legendPlacement",
    "options.tooltip.mode": "tooltipMode",
}
GAUGE_ARGUMENTS: Mapping[str, str] = {
    **PANEL_ARGUMENTS,
    "unit": "format",
    "thresholds": "thresholds",
    "fields.decimals": "decimals",
    "fields.displayName": "label",
    "fields.links": "dataLinks",
    "fields.mappings": "valueMaps",
    "fields.max": "max",
    "fields.min": "min",
    "options.reduceOptions.calcs.0": "calc",
    "options.reduceOptions.limit": "limit",
    "options.reduceOptions.values": "allValues",
}
GAUGE_DEFAULTS = {"calc": "lastNotNull", "format": "", "max": None, "min": None}

LINE_STYLES = (
    "axisLabel axisPlacement axisSoftMax axisSoftMin barAlignment drawStyle fillOpacity "
    "gradientMode lineInterpolation lineWidth pointSize showPoints spanNulls stacking"
).split()

PANEL_CLASSES: Mapping[str, PanelClass] = {
    "bargauge": PanelClass(
        "BarGauge",
        {
            **GAUGE_ARGUMENTS,
            "options.displayMode": "displayMode",
            "options.orientation": "orientation",
        },
        {**GAUGE_DEFAULTS, "displayMode": "gradient", "orientation": "auto"},
    ),
    "gauge": PanelClass(
        "GaugePanel",
        {
            **GAUGE_ARGUMENTS,
            "threshold_mode": "thresholdType",
            "options.showThresholdLabels": "thresholdLabels",
            "options.showThresholdMarkers": "thresholdMarkers",
        },
        GAUGE_DEFAULTS,
    ),
    "heatmap": PanelClass("Heatmap", {**PANEL_ARGUMENTS, "options": "options"}),
    "logs": PanelClass(
        "Logs",
        {
            **PANEL_ARGUMENTS,
            "overrides": "overrides",
            "options.dedupStrategy": "dedupStrategy",
            "options.enableLogDetails": "enableLogDetails",
            "options.prettifyLogMessage": "prettifyLogMessage",
            "options.showCommonLabels": "showCommonLabels",
            "options.showLabels": "showLabels",
            "options.showTime": "showTime",
            "options.sortOrder": "sortOrder",
            "options.wrapLogMessage": "wrapLogMessages",
        },
        {"enableLogDetails": True},
    ),
    "news": PanelClass(
        "News",
        {
            **PANEL_ARGUMENTS,
            "options.feedUrl": "feedUrl",
            "options.showImage": "showImage",
            "options.useProxy": "useProxy",
        },
        required=("feedUrl", "useProxy"),
    ),
    "piechart": PanelClass(
        "PieChartv2",
        {
            **FIELD_ARGUMENTS,
            **LEGEND_ARGUMENTS,
            "unit": "unit",
            "custom": "custom",
            "options.legend.values": "legendValues",
            "options.pieType": "pieType",
            "options.reduceOptions.calcs": "reduceOptionsCalcs",
            "options.reduceOptions.fields": "reduceOptionsFields",
            "options.reduceOptions.values": "reduceOptionsValues",
        },
    ),
    "stat": PanelClass(
        "Stat",
        {
            **FIELD_ARGUMENTS,
            "unit": "format",
            "fields.color": "color",
            "fields.decimals": "decimals",
            "fields.noValue": "noValue",
            "options.colorMode": "colorMode",
            "options.graphMode": "graphMode",
            "options.justifyMode": "alignment",
            "options.orientation": "orientation",
            "options.reduceOptions.calcs.0": "reduceCalc",
            "options.reduceOptions.fields": "fields",
            "options.textMode": "textMode",
        },
        {"format": "", "noValue": None, "reduceCalc": "lastNotNull"},
    ),
    "state-timeline": PanelClass(
        "StateTimeline",
        {
            **FIELD_ARGUMENTS,
            **LEGEND_ARGUMENTS,
            "custom.fillOpacity": "fillOpacity",
            "custom.lineWidth": "lineWidth",
            "options.alignValue": "alignValue",
            "options.mergeValues": "mergeValues",
            "options.rowHeight": "rowHeight",
            "options.showValue": "showValue",
        },
        {"colorMode": "continuous-GrYlRd"},
    ),
    "table": PanelClass(
        "Table",
        {
            **FIELD_ARGUMENTS,
            "unit": "unit",
            "fields.color.mode": "colorMode",
            "custom.align": "align",
            "custom.cellOptions": "displayMode",
            "custom.filterable": "filterable",
            "options.showHeader": "showHeader",
            "options.sortBy": "sortBy",
        },
    ),
    "text": PanelClass(
        "Text",
        {**PANEL_ARGUMENTS, "options.content": "content", "options.mode": "mode"},
        required=("content",),
    ),
    "timeseries": PanelClass(
        "TimeSeries",
        {
            **FIELD_ARGUMENTS,
            **LEGEND_ARGUMENTS,
            "unit": "unit",
            **{f"custom.{style}": style for style in LINE_STYLES},
            "custom.scaleDistribution.log": "scaleDistributionLog",
            "custom.scaleDistribution.type": "scaleDistributionType",
            "custom.thresholdsStyle.mode": "thresholdsStyleMode",
            "fields.decimals": "valueDecimals",
            "fields.max": "valueMax",
            "fields.min": "valueMin",
            "options.legend.calcs": "legendCalcs",
            "options.tooltip.sort": "tooltipSort",
        },
    ),
}
