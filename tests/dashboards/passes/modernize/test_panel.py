"""The fields that all panel types share."""

from typing import Any

import pytest
from grafanalib.core import (
    BarChart,
    BarGauge,
    DataLink,
    GaugePanel,
    GridPos,
    Histogram,
    Logs,
    PieChartv2,
    Repeat,
    Stat,
    StatRangeMapping,
    StatRangeMappings,
    StatValueMapping,
    StatValueMappingItem,
    StatValueMappings,
    Target,
    Text,
    Threshold,
    TimeSeries,
)
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.elasticsearch import ElasticsearchTarget

from tailboard.dashboards import Dashboard, Row, variables
from tailboard.dashboards.schema import BUILT_IN_ANNOTATION
from tests.dashboards.sample_dashboards import (
    DATA_SOURCE_VARIABLE,
    EVERY_KIND,
    THRESHOLDS,
    TWO_STEP_THRESHOLDS,
    UP_TARGETS,
    Json,
    build_field_defaults,
    build_grafanalib_document,
    build_json_document,
    build_panel,
    build_rows_document,
    build_timeseries,
    catch_definition_error,
    find_panel,
)


def find_nulls(value: Any, path: str = "") -> list[str]:
    """Where a null is, but for those that a threshold or a mapping needs."""
    if isinstance(value, dict):
        return [place for key in value for place in find_nulls(value[key], f"{path}.{key}")]
    if isinstance(value, list):
        return [place for item in value for place in find_nulls(item, f"{path}[]")]
    return [path] if value is None else []


@pytest.mark.parametrize("kind", [TimeSeries, Histogram, PieChartv2, BarChart])
def test_a_hidden_legend_is_said_once(kind: Any) -> None:
    """Grafana 9.2 made `showLegend` of the display mode "hidden"."""
    legend = build_panel(kind(title="A", targets=UP_TARGETS, legendDisplayMode="hidden"))[
        "options"
    ]["legend"]
    assert legend["displayMode"] == "list"
    assert legend["showLegend"] is False


def test_a_shown_legend_is_said_too() -> None:
    assert build_panel(build_timeseries("A"))["options"]["legend"]["showLegend"] is True


def test_a_small_time_series_is_a_small_document() -> None:
    assert build_grafanalib_document(
        build_timeseries("P99", gridPos=GridPos(h=8, w=24, x=0, y=0))
    ) == {
        "annotations": {"list": [BUILT_IN_ANNOTATION]},
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [
            {
                "datasource": DATA_SOURCE_VARIABLE,
                "fieldConfig": {
                    "defaults": {"color": {"mode": "palette-classic"}},
                    "overrides": [],
                },
                "gridPos": {"h": 8, "w": 24, "x": 0, "y": 0},
                "id": find_panel(build_rows_document(Row("", [build_timeseries("P99")])), "P99")[
                    "id"
                ],
                "options": {
                    "legend": {
                        "calcs": [],
                        "displayMode": "list",
                        "placement": "bottom",
                        "showLegend": True,
                    },
                    "tooltip": {"mode": "single", "sort": "none"},
                },
                "targets": [{"editorMode": "code", "expr": "up", "range": True, "refId": "A"}],
                "title": "P99",
                "type": "timeseries",
            }
        ],
        "refresh": "10s",
        "schemaVersion": 42,
        "tags": ["tailboard"],
        "templating": {"list": [variables.datasource()]},
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "timezone": "utc",
        "title": "Orders",
        "uid": "orders",
        "weekStart": "",
    }


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda panel: type(panel).__name__)
def test_no_kind_of_panel_leaves_a_null(panel: Any) -> None:
    allowed = {".fieldConfig.defaults.thresholds.steps[].value"}
    assert set(find_nulls(build_panel(panel))) <= allowed


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda panel: type(panel).__name__)
def test_no_kind_of_panel_leaves_dead_fields(panel: Any) -> None:
    dead = {
        "cacheTimeout",
        "columns",
        "editable",
        "error",
        "fontSize",
        "height",
        "mappings",
        "minSpan",
        "repeat",
        "span",
        "timeFrom",
        "timeShift",
        "maxDataPoints",
    }
    result_panel = build_panel(panel)
    assert not dead & set(result_panel)
    assert result_panel["title"] == "A"
    for target in result_panel.get("targets", []):
        assert not {"intervalFactor", "metric", "query", "step", "target"} & set(target)


def test_a_number_of_points_that_somebody_chose_is_kept() -> None:
    assert build_panel(build_timeseries("A", maxDataPoints=500))["maxDataPoints"] == 500


def test_what_a_query_says_on_purpose_is_kept() -> None:
    target = Target(
        expr="up", legendFormat="{{job}}", interval="1m", hide=True, format="table", instant=True
    )
    (panel,) = build_panel(TimeSeries(title="A", targets=[target]))["targets"]
    assert panel == {
        "editorMode": "code",
        "expr": "up",
        "format": "table",
        "hide": True,
        "instant": True,
        "interval": "1m",
        "legendFormat": "{{job}}",
        "range": False,
        "refId": "A",
    }


def test_what_a_panel_says_on_purpose_is_kept() -> None:
    panel = build_timeseries(
        "A",
        description="B",
        transparent=True,
        interval="30s",
        timeFrom="6h",
        timeShift="1d",
        hideTimeOverride=True,
        repeat=Repeat(direction="h", variable="job", maxPerRow=3),
        links=[DataLink(title="Open", linkUrl="/d/x")],
        transformations=[{"id": "merge", "options": {}}],
        drawStyle="bars",
        lineWidth=3,
        valueMin=0,
        stacking={"mode": "normal", "group": "A"},
        axisSoftMax=1,
    )
    result_panel = build_panel(panel)
    assert (
        result_panel.items()
        >= {
            "description": "B",
            "transparent": True,
            "interval": "30s",
            "timeFrom": "6h",
            "timeShift": "1d",
            "hideTimeOverride": True,
            "repeat": "job",
            "repeatDirection": "h",
            "maxPerRow": 3,
            "transformations": [{"id": "merge", "options": {}}],
            "links": [{"targetBlank": False, "title": "Open", "url": "/d/x"}],
        }.items()
    )
    assert result_panel["fieldConfig"]["defaults"]["min"] == 0
    assert result_panel["fieldConfig"]["defaults"]["custom"] == {
        "axisSoftMax": 1,
        "drawStyle": "bars",
        "lineWidth": 3,
        "stacking": {"group": "A", "mode": "normal"},
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, DATA_SOURCE_VARIABLE),
        ("default", DATA_SOURCE_VARIABLE),
        ("prometheus", DATA_SOURCE_VARIABLE),
        ("My Prometheus", DATA_SOURCE_VARIABLE),
        ("$var", {"type": "prometheus", "uid": "${var}"}),
        ("${var}", {"type": "prometheus", "uid": "${var}"}),
        ("${DS_PROMETHEUS}", {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}),
        ({"type": "prometheus", "uid": "P1"}, {"type": "prometheus", "uid": "P1"}),
        ({"type": "prometheus"}, DATA_SOURCE_VARIABLE),
        ({"type": "loki", "uid": "L1"}, {"type": "loki", "uid": "L1"}),
        ({"type": "loki"}, {"type": "loki"}),
        ("-- Mixed --", {"type": "datasource", "uid": "-- Mixed --"}),
        ("-- Grafana --", {"type": "grafana", "uid": "-- Grafana --"}),
    ],
)
def test_a_panel_of_promql_reads_by_reference(source: object, expected: Json) -> None:
    assert build_panel(build_timeseries("A", dataSource=source))["datasource"] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, None),
        ("", None),
        ("default", None),
        ("elasticsearch", {"uid": "elasticsearch"}),
        ("$var", {"uid": "${var}"}),
        ("-- Dashboard --", {"type": "datasource", "uid": "-- Dashboard --"}),
        ({"type": "loki", "uid": "L1"}, {"type": "loki", "uid": "L1"}),
    ],
)
def test_a_panel_of_another_language_is_not_turned_to_prometheus(
    source: object, expected: Json | None
) -> None:
    """Grafana finds a data source by its name where it looks for a uid."""
    panel = TimeSeries(title="A", dataSource=source, targets=[ElasticsearchTarget(query="x")])
    assert build_panel(panel).get("datasource") == expected


def test_logs_are_not_turned_to_prometheus() -> None:
    """Loki's queries look like Prometheus' in grafanalib."""
    panel = Logs(title="A", dataSource="Loki", targets=[Target(expr='{job="orders"}')])
    result_panel = build_panel(panel)
    assert result_panel["datasource"] == {"uid": "Loki"}
    assert result_panel["targets"] == [{"expr": '{job="orders"}', "refId": "A"}]


def test_a_query_of_loki_is_left_as_it_is() -> None:
    loki = {"type": "loki", "uid": "L1"}
    query = {"datasource": loki, "expr": '{a="b"}', "queryType": "instant", "refId": "A"}
    panel = {"type": "timeseries", "title": "A", "datasource": loki, "targets": [query]}
    assert build_json_document(panel)["panels"][0]["targets"] == [query]


def test_a_query_has_a_data_source_by_reference_too() -> None:
    target = Target(expr="up", datasource="Other")
    panel = TimeSeries(title="A", dataSource="-- Mixed --", targets=[target])
    assert build_panel(panel)["targets"][0]["datasource"] == DATA_SOURCE_VARIABLE


@pytest.mark.parametrize(("factor", "expected"), [(1, None), (2, 2), (10, 10)])
def test_a_resolution_that_somebody_chose_is_kept(factor: int, expected: int | None) -> None:
    query = {"expr": "up", "intervalFactor": factor}
    (document,) = build_json_document({"type": "timeseries", "title": "A", "targets": [query]})[
        "panels"
    ]
    assert document["targets"][0].get("intervalFactor") == expected


def test_a_panel_without_queries_has_no_data_source() -> None:
    assert "datasource" not in build_panel(Text(title="A", content="B"))


def test_the_panel_of_a_plugin_is_not_touched() -> None:
    panel = {
        "type": "acme-clock-panel",
        "title": "A",
        "id": 1,
        "gridPos": {"h": 8, "w": 24, "x": 0, "y": 0},
        "fieldConfig": {"defaults": {"custom": {"lineWidth": 1}, "mappings": []}, "overrides": []},
        "options": {"a": [], "b": None, "c": ""},
        "maxDataPoints": 100,
        "clock": {"color": "red"},
        "links": [],
        "pluginVersion": "1.0.0",
        "transparent": False,
    }
    assert build_json_document(panel)["panels"] == [panel]


def test_a_library_panel_is_not_touched() -> None:
    """Grafana 10 stored no type in a dashboard's reference to a library panel, Grafana 12 does."""
    panel = {
        "id": 1,
        "gridPos": {"h": 8, "w": 24, "x": 0, "y": 0},
        "libraryPanel": {"name": "Pool", "uid": "abc"},
        "title": "A",
    }
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [{**panel, "id": 2}]}
    document = build_json_document(panel, {**row, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 8}})
    typed = {**panel, "type": "library-panel-ref"}
    assert document["panels"][0] == typed
    assert document["panels"][1]["panels"] == [{**typed, "id": 2}]


def test_a_panel_of_neither_type_nor_library_is_refused() -> None:
    error = catch_definition_error({"title": "Orders", "panels": [{"title": "P99", "targets": []}]})
    assert error.location == ("dashboard 'Orders'", "panel 'P99'")
    assert "type" in error.problem


def test_the_styles_of_an_old_table_are_left_to_grafana() -> None:
    """Grafana itself makes field options of a table's styles."""
    old = {"columns": [], "styles": [{"pattern": "/.*/", "unit": "s"}], "transform": "table"}
    document = build_json_document({"type": "table", "title": "A", **old}, schemaVersion=18)
    assert document["panels"][0].items() >= old.items()


def test_a_query_may_be_instant_and_over_the_range() -> None:
    query = {"expr": "up", "instant": True, "range": True}
    (document,) = build_json_document({"type": "stat", "title": "A", "targets": [query]})["panels"]
    assert (document["targets"][0]["instant"], document["targets"][0]["range"]) == (True, True)


def test_nulls_of_a_panel_are_gone() -> None:
    null_fields = dict.fromkeys(["datasource", "description", "timeFrom", "timeShift", "interval"])
    (document,) = build_json_document({"type": "text", "title": "A", "links": [], **null_fields})[
        "panels"
    ]
    assert set(document) == {"gridPos", "id", "title", "type"}


def test_the_editor_somebody_chose_is_kept() -> None:
    for instant in (True, False):
        query = {"editorMode": "builder", "expr": "up", "instant": instant, "range": not instant}
        (document,) = build_json_document({"type": "stat", "title": "A", "targets": [query]})[
            "panels"
        ]
        assert document["targets"][0]["editorMode"] == "builder"
        assert document["targets"][0].get("instant", False) is instant
        assert document["targets"][0]["range"] is not instant


@pytest.mark.parametrize("kind", [TimeSeries, Stat, GaugePanel, BarGauge])
def test_the_lowest_threshold_has_no_value_and_the_others_are_numbers(kind: Any) -> None:
    """grafanalib writes the string "null", and five fields that nothing reads."""
    assert (
        build_field_defaults(kind(title="A", targets=UP_TARGETS, thresholds=THRESHOLDS))[
            "thresholds"
        ]
        == TWO_STEP_THRESHOLDS
    )


@pytest.mark.parametrize(
    "panel", [Stat(title="A", targets=UP_TARGETS), build_timeseries("A"), Text(title="A")]
)
def test_no_thresholds_are_not_an_empty_string(panel: Any) -> None:
    assert "thresholds" not in build_panel(panel).get("fieldConfig", {}).get("defaults", {})


def test_thresholds_of_an_override_are_repaired_too() -> None:
    thresholds = {"mode": "absolute", "steps": THRESHOLDS}
    override = {
        "matcher": {"id": "byName", "options": "P99"},
        "properties": [{"id": "thresholds", "value": thresholds}],
    }
    panel = build_panel(build_timeseries("A", overrides=[override]))
    assert panel["fieldConfig"]["overrides"][0]["properties"][0]["value"] == TWO_STEP_THRESHOLDS


@pytest.mark.parametrize("name", ["thresholds", "mappings", "unit"])
@pytest.mark.parametrize("value", [None, {}, []])
def test_an_override_may_say_nothing(name: str, value: object) -> None:
    rule = {"matcher": {"id": "byName"}, "properties": [{"id": name, "value": value}, {"id": name}]}
    panel = {"type": "stat", "title": "A", "fieldConfig": {"overrides": [rule]}}
    (document,) = build_json_document(panel)["panels"]
    assert document["fieldConfig"]["overrides"] == [rule]


def test_a_threshold_whose_value_grafanalib_lost_is_refused() -> None:
    """Whoever gives two thresholds the index 0 loses the second one's value."""
    panel = Stat(title="P99", thresholds=[Threshold("green", 0, 0.0), Threshold("red", 0, 80.0)])
    error = catch_definition_error(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert error.location == ("dashboard 'Orders'", "panel 'P99'")
    assert "'red'" in error.problem
    assert "index" in error.tip


def test_value_mappings_of_grafana_7_become_those_of_grafana_8() -> None:
    stat = Stat(
        title="A",
        targets=UP_TARGETS,
        mappings=[
            StatValueMapping("down", mapValue="0"),
            StatValueMapping("up", mapValue="1"),
            StatValueMapping("unknown", mapValue="null"),
            StatRangeMapping("many", startValue="2", endValue="9"),
        ],
    )
    assert build_field_defaults(stat)["mappings"] == [
        {
            "type": "value",
            "options": {
                "0": {"index": 0, "text": "down"},
                "1": {"index": 1, "text": "up"},
            },
        },
        {
            "type": "special",
            "options": {
                "match": "null",
                "result": {"index": 2, "text": "unknown"},
            },
        },
        {
            "type": "range",
            "options": {
                "from": 2.0,
                "result": {"index": 3, "text": "many"},
                "to": 9.0,
            },
        },
    ]


def test_value_mappings_of_grafana_8_stay_as_they_are() -> None:
    stat = Stat(
        title="A",
        targets=UP_TARGETS,
        mappings=[
            StatValueMappings(StatValueMappingItem("down", "0", "red")),
            StatRangeMappings("many", startValue=2, endValue=9, color="blue"),
        ],
    )
    assert build_field_defaults(stat)["mappings"] == [
        {"type": "value", "options": {"0": {"color": "red", "text": "down"}}},
        {
            "type": "range",
            "options": {
                "from": 2,
                "result": {"color": "blue", "text": "many"},
                "to": 9,
            },
        },
    ]


@pytest.mark.parametrize("kind", [BarChart, Histogram])
def test_what_is_the_default_of_lines_is_kept_where_it_is_none(kind: Any) -> None:
    """Bars are filled unless somebody says 0; a line is not filled unless somebody says more."""
    assert (
        build_field_defaults(kind(title="A", targets=UP_TARGETS, fillOpacity=0))["custom"][
            "fillOpacity"
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("field", "odd", "tip"),
    [
        ("drawStyle", "lins", "did you mean 'line'?"),
        ("lineInterpolation", "smoth", "did you mean 'smooth'?"),
        ("showPoints", "allways", "did you mean 'always'?"),
        ("gradientMode", "opacty", "did you mean 'opacity'?"),
        ("axisPlacement", "rihgt", "did you mean 'right'?"),
    ],
)
def test_a_misspelt_choice_is_refused(field: str, odd: str, tip: str) -> None:
    error = catch_definition_error(
        Dashboard("Orders", [Row("Row", [build_timeseries("P99", **{field: odd})])])
    )
    assert error.location == ("dashboard 'Orders'", "panel 'P99'")
    assert error.problem == f"{field} is {odd!r}"
    assert error.tip == tip
