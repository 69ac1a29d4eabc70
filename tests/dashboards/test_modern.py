"""What grafanalib gets wrong, and what an export has right."""

from typing import Any

import pytest
from grafanalib.core import (
    AlertList,
    Annotations,
    BarChart,
    BarGauge,
    ConstantInput,
    DashboardList,
    DataLink,
    DataSourceInput,
    ExternalLink,
    GaugePanel,
    GridPos,
    Heatmap,
    HeatmapColor,
    Histogram,
    Logs,
    PieChartv2,
    Repeat,
    RowPanel,
    Stat,
    StatRangeMapping,
    StatRangeMappings,
    StatValueMapping,
    StatValueMappingItem,
    StatValueMappings,
    Table,
    Target,
    Template,
    Templating,
    Text,
    Threshold,
    Time,
    TimePicker,
    TimeSeries,
    ValueMap,
    YAxis,
)
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.elasticsearch import ElasticsearchTarget

from dashboards import Dashboard, Row, annotations, document, variables
from tests.dashboards.sample_dashboards import (
    EXPORT,
    Json,
    everywhere,
    exported,
    grafanalib_of,
    json_of,
    library_documents,
    line,
    lost,
    named,
    one,
    refused,
    rows_of,
)

CHOSEN = {"type": "prometheus", "uid": "${datasource}"}
BASE = {"color": "green", "value": None}
TWO_STEPS = {"mode": "absolute", "steps": [BASE, {"color": "red", "value": 80.0}]}
THRESHOLDS = [Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)]
UP = [Target(expr="up")]


def nulls(value: Any, path: str = "") -> list[str]:
    """Where a null is, but for those that a threshold or a mapping needs."""
    if isinstance(value, dict):
        return [it for key in value for it in nulls(value[key], f"{path}.{key}")]
    if isinstance(value, list):
        return [it for item in value for it in nulls(item, f"{path}[]")]
    return [path] if value is None else []


def defaults(panel: object) -> Json:
    """The field options of what becomes of a panel."""
    found: Json = one(panel)["fieldConfig"]["defaults"]
    return found


def variable(template: Template) -> Json:
    """What becomes of a variable."""
    made = grafanalib_of(templating=Templating([template]))
    (found,) = (it for it in made["templating"]["list"] if it["name"] == template.name)
    return {key: value for key, value in found.items() if key != "name"}


# Thresholds


@pytest.mark.parametrize("kind", [TimeSeries, Stat, GaugePanel, BarGauge])
def test_the_lowest_threshold_has_no_value_and_the_others_are_numbers(kind: Any) -> None:
    """grafanalib writes the string "null", and five fields that nothing reads."""
    assert defaults(kind(title="A", targets=UP, thresholds=THRESHOLDS))["thresholds"] == TWO_STEPS


@pytest.mark.parametrize("panel", [Stat(title="A", targets=UP), line("A"), Text(title="A")])
def test_no_thresholds_are_not_an_empty_string(panel: Any) -> None:
    assert "thresholds" not in one(panel).get("fieldConfig", {}).get("defaults", {})


def test_thresholds_of_an_override_are_repaired_too() -> None:
    thresholds = {"mode": "absolute", "steps": THRESHOLDS}
    override = {
        "matcher": {"id": "byName", "options": "P99"},
        "properties": [{"id": "thresholds", "value": thresholds}],
    }
    panel = one(line("A", overrides=[override]))
    assert panel["fieldConfig"]["overrides"][0]["properties"][0]["value"] == TWO_STEPS


def test_a_threshold_whose_value_grafanalib_lost_is_refused() -> None:
    """Whoever gives two thresholds the index 0 loses the second one's value."""
    panel = Stat(title="P99", thresholds=[Threshold("green", 0, 0.0), Threshold("red", 0, 80.0)])
    error = refused(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert error.where == ("dashboard 'Orders'", "panel 'P99'")
    assert "'red'" in error.problem
    assert "index" in error.tip


# Parameters that go nowhere


def test_the_options_of_a_gauge_are_where_grafana_reads_them() -> None:
    gauge = GaugePanel(
        title="A",
        targets=UP,
        calc="max",
        allValues=True,
        thresholdLabels=True,
        thresholdMarkers=False,
        label="Memory",
        format="bytes",
        decimals=1,
        min=1,
        max=7,
        limit=3,
        dataLinks=[DataLink(title="Open", linkUrl="/d/x")],
    )
    made = one(gauge)
    assert made["options"] == {
        "reduceOptions": {"calcs": ["max"], "fields": "", "limit": 3, "values": True},
        "showThresholdLabels": True,
        "showThresholdMarkers": False,
    }
    assert made["fieldConfig"] == {
        "defaults": {
            "decimals": 1,
            "displayName": "Memory",
            "links": [{"targetBlank": False, "title": "Open", "url": "/d/x"}],
            "max": 7,
            "min": 1,
            "thresholds": TWO_STEPS,
            "unit": "bytes",
        },
        "overrides": [],
    }


def test_the_options_of_a_bar_gauge_are_where_grafana_reads_them() -> None:
    bars = BarGauge(
        title="A",
        targets=UP,
        calc="max",
        allValues=True,
        label="Memory",
        format="bytes",
        decimals=1,
        min=1,
        max=7,
        limit=3,
        displayMode="basic",
        orientation="vertical",
        valueMaps=[ValueMap(text="full", value="7")],
    )
    made = one(bars)
    assert made["options"] == {
        "displayMode": "basic",
        "orientation": "vertical",
        "reduceOptions": {"calcs": ["max"], "fields": "", "limit": 3, "values": True},
        "valueMode": "color",
    }
    assert made["fieldConfig"]["defaults"] == {
        "decimals": 1,
        "displayName": "Memory",
        "mappings": [{"type": "value", "options": {"7": {"index": 0, "text": "full"}}}],
        "max": 7,
        "min": 1,
        "thresholds": TWO_STEPS,
        "unit": "bytes",
    }


def test_a_list_of_dashboards_keeps_what_it_searches() -> None:
    made = one(
        DashboardList(
            title="A", showStarred=False, showSearch=True, searchTags=["orders"], maxItems=7
        )
    )
    assert made["options"] == {
        "maxItems": 7,
        "query": "",
        "showHeadings": True,
        "showRecentlyViewed": False,
        "showSearch": True,
        "showStarred": False,
        "tags": ["orders"],
    }


def test_a_list_of_alerts_keeps_how_many_and_which() -> None:
    made = one(
        AlertList(
            title="A",
            limit=7,
            alertName="orders",
            onlyAlertsOnDashboard=False,
            sortOrder=3,
            stateFilter=["alerting", "pending"],
        )
    )
    assert made["options"] == {
        "alertName": "orders",
        "dashboardAlerts": False,
        "maxItems": 7,
        "sortOrder": 3,
        "stateFilter": {
            "error": False,
            "firing": True,
            "noData": False,
            "normal": False,
            "pending": True,
        },
    }


def test_the_mappings_of_a_table_are_among_its_fields() -> None:
    mapping = {"type": "value", "options": {"0": {"text": "down"}}}
    made = one(Table(title="A", targets=UP, mappings=[mapping]))
    assert made["fieldConfig"]["defaults"]["mappings"] == [mapping]
    assert "mappings" not in made


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("basic", {"mode": "basic", "type": "gauge"}),
        ("color-background", {"mode": "gradient", "type": "color-background"}),
        ("color-background-solid", {"mode": "basic", "type": "color-background"}),
        ("color-text", {"type": "color-text"}),
        ("gradient-gauge", {"mode": "gradient", "type": "gauge"}),
        ("image", {"type": "image"}),
        ("json-view", {"type": "json-view"}),
        ("lcd-gauge", {"mode": "lcd", "type": "gauge"}),
    ],
)
def test_the_display_mode_of_a_table_becomes_cell_options(mode: str, options: Json) -> None:
    override = {
        "matcher": {"id": "byName", "options": "P99"},
        "properties": [{"id": "custom.displayMode", "value": mode}],
    }
    config = one(Table(title="A", targets=UP, displayMode=mode, overrides=[override]))[
        "fieldConfig"
    ]
    assert config["defaults"]["custom"] == {"cellOptions": options}
    properties = config["overrides"][0]["properties"]
    assert properties == [{"id": "custom.cellOptions", "value": options}]


def test_the_colors_of_a_table_are_among_its_fields() -> None:
    made = one(Table(title="A", targets=UP, colorMode="continuous-GrYlRd"))
    assert made["fieldConfig"]["defaults"]["color"] == {"mode": "continuous-GrYlRd"}
    assert "color" not in made


def test_an_old_heatmap_of_buckets_is_drawn_as_buckets() -> None:
    made = one(
        Heatmap(
            title="A",
            targets=[Target(expr="x_bucket", format="heatmap")],
            dataFormat="tsbuckets",
            yAxis=YAxis(format="s", min=0, max=5, decimals=1),
            reverseYBuckets=True,
            hideZeroBuckets=True,
            legend={"show": True},
            color=HeatmapColor(colorScheme="interpolateBlues"),
        )
    )
    options = made["options"]
    assert options["calculate"] is False
    assert options["yAxis"] == {
        "axisPlacement": "left",
        "decimals": 1,
        "max": 5,
        "min": 0,
        "reverse": True,
        "unit": "s",
    }
    assert options["legend"] == {"show": True}
    assert options["filterValues"] == {"le": 1e-9}
    assert options["color"]["mode"] == "scheme"
    assert options["color"]["scheme"] == "Blues"
    assert set(made) == {"datasource", "options", "targets", "title", "type"}


def test_an_old_heatmap_of_lines_counts_them_itself() -> None:
    made = one(Heatmap(title="A", targets=UP, color=HeatmapColor(mode="opacity", cardColor="#fff")))
    assert made["options"]["calculate"] is True
    assert made["options"]["color"]["mode"] == "opacity"
    assert made["options"]["color"]["fill"] == "#fff"
    assert "filterValues" not in made["options"]
    assert "legend" not in made


def test_value_mappings_of_grafana_7_become_those_of_grafana_8() -> None:
    stat = Stat(
        title="A",
        targets=UP,
        mappings=[
            StatValueMapping("down", mapValue="0"),
            StatValueMapping("up", mapValue="1"),
            StatValueMapping("unknown", mapValue="null"),
            StatRangeMapping("many", startValue="2", endValue="9"),
        ],
    )
    assert defaults(stat)["mappings"] == [
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
        targets=UP,
        mappings=[
            StatValueMappings(StatValueMappingItem("down", "0", "red")),
            StatRangeMappings("many", startValue=2, endValue=9, color="blue"),
        ],
    )
    assert defaults(stat)["mappings"] == [
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


@pytest.mark.parametrize("kind", [TimeSeries, Histogram, PieChartv2, BarChart])
def test_a_hidden_legend_is_said_once(kind: Any) -> None:
    """Grafana 9.2 made `showLegend` of the display mode "hidden"."""
    legend = one(kind(title="A", targets=UP, legendDisplayMode="hidden"))["options"]["legend"]
    assert legend["displayMode"] == "list"
    assert legend["showLegend"] is False


def test_a_shown_legend_is_said_too() -> None:
    assert one(line("A"))["options"]["legend"]["showLegend"] is True


@pytest.mark.parametrize("kind", [BarChart, Histogram])
def test_what_is_the_default_of_lines_is_kept_where_it_is_none(kind: Any) -> None:
    """Bars are filled unless somebody says 0; a line is not filled unless somebody says more."""
    assert defaults(kind(title="A", targets=UP, fillOpacity=0))["custom"]["fillOpacity"] == 0


# Noise


def test_a_small_time_series_is_a_small_document() -> None:
    assert grafanalib_of(line("P99", gridPos=GridPos(h=8, w=24, x=0, y=0))) == {
        "annotations": {"list": [annotations.BUILT_IN]},
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [
            {
                "datasource": CHOSEN,
                "fieldConfig": {
                    "defaults": {"color": {"mode": "palette-classic"}},
                    "overrides": [],
                },
                "gridPos": {"h": 8, "w": 24, "x": 0, "y": 0},
                "id": named(rows_of(Row("", [line("P99")])), "P99")["id"],
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


EVERY_KIND = [
    kind(title="A", targets=UP)
    for kind in (
        BarChart,
        BarGauge,
        GaugePanel,
        Heatmap,
        Histogram,
        Logs,
        PieChartv2,
        Stat,
        Table,
        TimeSeries,
        RowPanel,
    )
] + [AlertList(title="A"), DashboardList(title="A"), Text(title="A", content="B")]


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda it: type(it).__name__)
def test_no_kind_of_panel_leaves_a_null(panel: Any) -> None:
    allowed = {".fieldConfig.defaults.thresholds.steps[].value"}
    assert set(nulls(one(panel))) <= allowed


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda it: type(it).__name__)
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
    made = one(panel)
    assert not dead & set(made)
    assert made["title"] == "A"
    for target in made.get("targets", []):
        assert not {"intervalFactor", "metric", "query", "step", "target"} & set(target)


def test_dead_fields_of_a_dashboard_are_gone() -> None:
    made = grafanalib_of(gnetId=1, id=17, version=3, hideControls=True)
    dead = "__inputs gnetId hideControls id rows sharedCrosshair style version".split()
    assert not set(dead) & set(made)


def test_a_number_of_points_that_somebody_chose_is_kept() -> None:
    assert one(line("A", maxDataPoints=500))["maxDataPoints"] == 500


def test_what_a_query_says_on_purpose_is_kept() -> None:
    target = Target(
        expr="up", legendFormat="{{job}}", interval="1m", hide=True, format="table", instant=True
    )
    (found,) = one(TimeSeries(title="A", targets=[target]))["targets"]
    assert found == {
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
    panel = line(
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
    made = one(panel)
    assert (
        made.items()
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
    assert made["fieldConfig"]["defaults"]["min"] == 0
    assert made["fieldConfig"]["defaults"]["custom"] == {
        "axisSoftMax": 1,
        "drawStyle": "bars",
        "lineWidth": 3,
        "stacking": {"group": "A", "mode": "normal"},
    }


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
    error = refused(Dashboard("Orders", [Row("Row", [line("P99", **{field: odd})])]))
    assert error.where == ("dashboard 'Orders'", "panel 'P99'")
    assert error.problem == f"{field} is {odd!r}"
    assert error.tip == tip


# Data sources


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, CHOSEN),
        ("default", CHOSEN),
        ("prometheus", CHOSEN),
        ("My Prometheus", CHOSEN),
        ("$var", {"type": "prometheus", "uid": "${var}"}),
        ("${var}", {"type": "prometheus", "uid": "${var}"}),
        ("${DS_PROMETHEUS}", {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}),
        ({"type": "prometheus", "uid": "P1"}, {"type": "prometheus", "uid": "P1"}),
        ({"type": "prometheus"}, CHOSEN),
        ({"type": "loki", "uid": "L1"}, {"type": "loki", "uid": "L1"}),
        ({"type": "loki"}, {"type": "loki"}),
        ("-- Mixed --", {"type": "datasource", "uid": "-- Mixed --"}),
        ("-- Grafana --", {"type": "grafana", "uid": "-- Grafana --"}),
    ],
)
def test_a_panel_of_promql_reads_by_reference(source: object, expected: Json) -> None:
    assert one(line("A", dataSource=source))["datasource"] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, None),
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
    assert one(panel).get("datasource") == expected


def test_logs_are_not_turned_to_prometheus() -> None:
    """Loki's queries look like Prometheus' in grafanalib."""
    panel = Logs(title="A", dataSource="Loki", targets=[Target(expr='{job="orders"}')])
    made = one(panel)
    assert made["datasource"] == {"uid": "Loki"}
    assert made["targets"] == [{"expr": '{job="orders"}', "refId": "A"}]


def test_a_query_of_loki_is_left_as_it_is() -> None:
    loki = {"type": "loki", "uid": "L1"}
    query = {"datasource": loki, "expr": '{a="b"}', "queryType": "instant", "refId": "A"}
    panel = {"type": "timeseries", "title": "A", "datasource": loki, "targets": [query]}
    assert json_of(panel)["panels"][0]["targets"] == [query]


def test_a_query_has_a_data_source_by_reference_too() -> None:
    target = Target(expr="up", datasource="Other")
    panel = TimeSeries(title="A", dataSource="-- Mixed --", targets=[target])
    assert one(panel)["targets"][0]["datasource"] == CHOSEN


def test_a_panel_without_queries_has_no_data_source() -> None:
    assert "datasource" not in one(Text(title="A", content="B"))


@pytest.mark.parametrize(
    "made",
    [
        rows_of(Row("", [line("A")])),
        grafanalib_of(line("A")),
        json_of({"type": "stat", "title": "A", "targets": [{"expr": "up"}]}),
        json_of(annotations={"list": [{"name": "A", "expr": "up"}]}),
        json_of(templating={"list": [{"name": "job", "type": "query", "query": "metrics(.*)"}]}),
    ],
)
def test_the_variable_that_our_data_sources_refer_to_is_declared(made: Json) -> None:
    assert made["templating"]["list"][0] == variables.datasource()


@pytest.mark.parametrize("made", [json_of(), document(exported())])
def test_a_variable_that_nothing_refers_to_is_not_declared(made: Json) -> None:
    """It would stand at the dashboard's top and choose nothing."""
    assert "datasource" not in {it["name"] for it in made["templating"]["list"]}


def test_a_variable_of_ones_own_with_that_name_is_kept() -> None:
    own = {"name": "datasource", "type": "datasource", "query": "prometheus", "regex": "/eu/"}
    made = document(Dashboard("Orders", [Row("", [line("A")])], variables=[own]))
    assert made["templating"]["list"] == [{**own, "options": []}]


# Variables


def test_a_variable_of_grafanalib_says_only_what_it_is() -> None:
    template = Template("job", "label_values(up, job)", label="Job", dataSource="Prometheus")
    assert variable(template) == {
        "datasource": CHOSEN,
        "includeAll": False,
        "label": "Job",
        "multi": False,
        "options": [],
        "query": "label_values(up, job)",
        "refresh": 1,
        "sort": 1,
        "type": "query",
    }


def test_the_default_of_a_variable_is_kept() -> None:
    found = variable(Template("job", "label_values(up, job)", default="orders"))
    assert found["current"] == {"selected": True, "text": "orders", "value": "orders"}


def test_the_default_of_a_variable_with_several_values_is_a_list() -> None:
    found = variable(Template("job", "label_values(up, job)", default="orders", multi=True))
    assert found["current"] == {"selected": True, "text": ["orders"], "value": ["orders"]}


def test_a_variable_that_was_never_refreshed_is_loaded_with_the_dashboard() -> None:
    """Grafana 8 made every query variable load its values."""
    found = variable(Template("job", "label_values(up, job)", refresh=0))
    assert found["refresh"] == 1


def test_the_choices_of_a_custom_variable_are_kept() -> None:
    found = variable(Template("quantile", "0.5,0.99", type="custom", default="0.99"))
    assert found == {
        "current": {"selected": True, "text": "0.99", "value": "0.99"},
        "includeAll": False,
        "multi": False,
        "options": [
            {"selected": False, "text": "0.5", "value": "0.5"},
            {"selected": True, "text": "0.99", "value": "0.99"},
        ],
        "query": "0.5,0.99",
        "refresh": 1,
        "sort": 1,
        "type": "custom",
    }


@pytest.mark.parametrize("kind", ["datasource", "textbox", "constant", "interval"])
def test_a_variable_without_default_has_nothing_chosen(kind: str) -> None:
    assert "current" not in variable(Template("it", "1m,5m", type=kind))


def test_an_interval_keeps_its_automatic_choice() -> None:
    found = variable(Template("window", "1m,5m", type="interval", auto=True, autoCount=10))
    assert (found["auto"], found["auto_count"], found["auto_min"]) == (True, 10, "10s")


def test_inputs_of_an_export_become_data_source_variables() -> None:
    """Only Grafana's import dialog fills inputs in; the API, provisioning and Git Sync do not."""
    inputs = [
        {
            "name": "DS_PROMETHEUS",
            "label": "Prometheus",
            "type": "datasource",
            "pluginId": "prometheus",
            "pluginName": "Prometheus",
            "description": "",
        },
        {"name": "DS_LOGS", "label": "", "type": "datasource", "pluginId": "loki"},
    ]
    made = document({"title": "Orders", "__inputs": inputs, "__requires": [], "__elements": {}})
    assert not {"__inputs", "__requires", "__elements"} & set(made)
    found = {it["name"]: it for it in made["templating"]["list"]}
    assert (
        found["DS_PROMETHEUS"].items()
        >= {
            "type": "datasource",
            "query": "prometheus",
            "label": "Prometheus",
            "refresh": 1,
        }.items()
    )
    assert found["DS_LOGS"].items() >= {"type": "datasource", "query": "loki"}.items()


def test_an_input_that_already_has_its_variable_makes_no_second_one() -> None:
    mine = {"name": "DS_PROMETHEUS", "type": "datasource", "query": "prometheus", "regex": "/a/"}
    inputs = [
        {"name": "DS_PROMETHEUS", "label": "P", "type": "datasource", "pluginId": "prometheus"}
    ]
    made = json_of(__inputs=inputs, templating={"list": [mine]})
    (found,) = (it for it in made["templating"]["list"] if it["name"] == "DS_PROMETHEUS")
    assert found == {**mine, "options": []}


def test_a_constant_input_becomes_a_constant() -> None:
    made = grafanalib_of(inputs=[ConstantInput("VAR_TENANT", "Tenant", "acme")])
    found = [it for it in made["templating"]["list"] if it["name"] == "VAR_TENANT"]
    assert found == [
        {
            "hide": 2,
            "label": "Tenant",
            "name": "VAR_TENANT",
            "options": [],
            "query": "acme",
            "type": "constant",
        }
    ]


def test_inputs_of_grafanalib_become_variables_too() -> None:
    source = DataSourceInput("DS_P", "Prometheus", "prometheus", "Prometheus")
    made = grafanalib_of(line("A", dataSource="${DS_P}"), inputs=[source])
    assert "DS_P" in {it["name"] for it in made["templating"]["list"]}
    assert made["panels"][0]["datasource"] == {"type": "prometheus", "uid": "${DS_P}"}


def test_an_input_of_another_kind_is_not_called_prometheus() -> None:
    source = DataSourceInput("DS_LOGS", "Loki", "loki", "Loki")
    made = grafanalib_of(line("A", dataSource="${DS_LOGS}"), inputs=[source])
    assert made["panels"][0]["datasource"] == {"type": "loki", "uid": "${DS_LOGS}"}


# What surrounds the panels


def test_the_builtin_annotation_is_there_once_and_first() -> None:
    own = annotations.deployments()
    for made in (
        document(Dashboard("Orders", annotations=[own])),
        grafanalib_of(annotations=Annotations([own])),
        document(document(Dashboard("Orders", annotations=[own]))),
    ):
        assert made["annotations"]["list"] == [annotations.BUILT_IN, own]


def test_a_builtin_annotation_that_is_there_is_kept() -> None:
    built_in = {**annotations.BUILT_IN, "hide": False, "name": "Mine"}
    made = json_of(annotations={"list": [annotations.deployments(), built_in]})
    assert made["annotations"]["list"] == [annotations.deployments(), built_in]


@pytest.mark.parametrize(
    ("source", "expected"),
    [(None, CHOSEN), ("Prometheus", CHOSEN), ("$ds", {"type": "prometheus", "uid": "${ds}"})],
)
def test_an_annotation_of_promql_reads_by_reference(source: object, expected: Json) -> None:
    made = grafanalib_of(
        annotations=Annotations([{"name": "A", "datasource": source, "expr": "up"}])
    )
    assert made["annotations"]["list"][1]["datasource"] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("-- Grafana --", annotations.GRAFANA), ("Elastic", {"uid": "Elastic"})],
)
def test_another_annotation_reads_by_reference_too(source: str, expected: Json) -> None:
    made = grafanalib_of(annotations=Annotations([{"name": "A", "datasource": source}]))
    assert made["annotations"]["list"][1]["datasource"] == expected


@pytest.mark.parametrize(
    ("refresh", "expected"), [(False, ""), (None, ""), ("", ""), ("10s", "10s"), (True, "")]
)
def test_refresh_is_a_string(refresh: object, expected: str) -> None:
    assert grafanalib_of(refresh=refresh)["refresh"] == expected
    assert json_of(refresh=refresh)["refresh"] == expected


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_crosshair_is_kept(shared: bool) -> None:
    assert grafanalib_of(sharedCrosshair=shared)["graphTooltip"] == int(shared)


def test_a_shared_crosshair_of_old_json_is_kept_by_grafana_too() -> None:
    """Grafana takes it away again from a document that calls itself older than version 14."""
    made = document({"title": "Orders", "schemaVersion": 13, "sharedCrosshair": True, "rows": []})
    assert made["graphTooltip"] == 1
    assert made["schemaVersion"] >= 14


def test_time_ranges_are_kept() -> None:
    picker = TimePicker(["10s", "1m"], ["5m"], nowDelay="1m", hidden=True)
    made = grafanalib_of(time=Time("now-6h", "now-1m"), timePicker=picker)
    assert made["time"] == {"from": "now-6h", "to": "now-1m"}
    assert made["timepicker"] == {
        "hidden": True,
        "nowDelay": "1m",
        "refresh_intervals": ["10s", "1m"],
    }


def test_links_are_kept() -> None:
    made = grafanalib_of(links=[ExternalLink(uri="https://example.org", title="Wiki")])
    assert made["links"] == [
        {"keepTime": False, "title": "Wiki", "type": "link", "url": "https://example.org"}
    ]


@pytest.mark.parametrize(
    ("given", "expected"), [(None, 42), (12, 42), (36, 36), (39, 39), (41, 41), (42, 42)]
)
def test_a_document_of_grafanalib_is_current_and_an_export_keeps_its_version(
    given: int | None, expected: int
) -> None:
    """Grafana itself brings what it exported up to date."""
    versioned = {} if given is None else {"schemaVersion": given}
    assert document({"title": "Orders", **versioned})["schemaVersion"] == expected


# What is somebody else's


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
    assert json_of(panel)["panels"] == [panel]


def test_a_library_panel_is_not_touched() -> None:
    """Grafana stores no type in a dashboard's reference to a library panel."""
    panel = {
        "id": 1,
        "gridPos": {"h": 8, "w": 24, "x": 0, "y": 0},
        "libraryPanel": {"name": "Pool", "uid": "abc"},
        "title": "A",
    }
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [{**panel, "id": 2}]}
    made = json_of(panel, {**row, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 8}})
    assert made["panels"][0] == panel
    assert made["panels"][1]["panels"] == [{**panel, "id": 2}]


def test_a_panel_of_neither_type_nor_library_is_refused() -> None:
    error = refused({"title": "Orders", "panels": [{"title": "P99", "targets": []}]})
    assert error.where == ("dashboard 'Orders'", "panel 'P99'")
    assert "type" in error.problem


def test_the_words_of_an_old_text_are_kept() -> None:
    made = json_of({"type": "text", "title": "A", "content": "# Hello", "mode": "html"})
    assert made["panels"][0]["options"] == {"content": "# Hello", "mode": "html"}


def test_the_styles_of_an_old_table_are_left_to_grafana() -> None:
    """Grafana itself makes field options of a table's styles."""
    old = {"columns": [], "styles": [{"pattern": "/.*/", "unit": "s"}], "transform": "table"}
    made = json_of({"type": "table", "title": "A", **old}, schemaVersion=18)
    assert made["panels"][0].items() >= old.items()


def test_what_a_gauge_of_an_export_says_is_kept() -> None:
    options = {
        "reduceOptions": {"calcs": ["max"], "fields": "", "values": False},
        "showThresholdLabels": True,
        "showThresholdMarkers": False,
    }
    made = json_of({"type": "gauge", "title": "A", "options": options})
    assert made["panels"][0]["options"] == options


def test_the_editor_somebody_chose_is_kept() -> None:
    for instant in (True, False):
        query = {"editorMode": "builder", "expr": "up", "instant": instant, "range": not instant}
        (made,) = json_of({"type": "stat", "title": "A", "targets": [query]})["panels"]
        assert made["targets"][0]["editorMode"] == "builder"
        assert made["targets"][0].get("instant", False) is instant
        assert made["targets"][0]["range"] is not instant


NO_MAPPINGS: tuple[str, Any] = ("none is the default", [])
DROPPED: dict[str, tuple[str, Any]] = {
    ".id": ("the number is of one Grafana; in another it is somebody else's", 17),
    ".version": ("Grafana counts it itself", 23),
    ".gnetId": ("it says nothing", None),
    ".iteration": ("nothing reads it any more", 1650000000000),
    ".style": ("nothing reads it any more", "dark"),
    ".tags": ("ours is added, in order", ["orders", "team-a"]),
    ".timepicker.hidden": ("false is the default", False),
    ".panels[].datasource": ("it says nothing", None),
    ".panels[].fieldConfig": ("an empty one is the default", {"defaults": {}, "overrides": []}),
    ".panels[].fieldConfig.defaults.mappings": NO_MAPPINGS,
    ".panels[].panels[].fieldConfig.defaults.mappings": NO_MAPPINGS,
    ".panels[].repeatDirection": ("rows repeat downwards, whatever they say", "h"),
    ".panels[].targets[].format": ("it is the default", "time_series"),
    ".panels[].targets[].hide": ("false is the default", False),
    ".panels[].targets[].instant": ("false is the default beside range", False),
    ".templating.list[].hide": ("0 is the default", 0),
}
"""What an export loses, and why that changes nothing."""

DEFAULTS_OF_LINES = {
    "align": "auto",
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "lineInterpolation": "linear",
    "pointSize": 5,
    "showPoints": "auto",
    "spanNulls": False,
    "thresholdsStyle": {"mode": "off"},
}
"""What Grafana's editor writes into every panel, although it is what happens anyway."""


def test_an_export_keeps_everything_that_matters() -> None:
    before, after = exported(), document(exported())
    assert set(after["tags"]) == {*before["tags"], "tailboard"}
    for path, value in lost(before, after):
        if ".fieldConfig.defaults.custom." in path:
            assert DEFAULTS_OF_LINES.get(path.rpartition(".")[2]) == value, path
        else:
            assert path in DROPPED, (path, value)
            assert DROPPED[path][1] == value, path


def test_every_reason_for_a_loss_is_still_needed() -> None:
    assert {path for path, _ in lost(exported(), document(exported()))} >= set(DROPPED)


def test_what_an_export_says_of_nothing_stays_nothing() -> None:
    """A null in somebody's JSON may say something: the range below zero has no beginning."""
    made = document(exported())
    stat = named(made, "Up")["fieldConfig"]["defaults"]
    assert stat["mappings"][1]["options"]["from"] is None
    assert named(made, "Clock")["options"]["monitor"] is None


def test_an_export_is_written_by_hand() -> None:
    assert EXPORT.stat().st_size > 10_000
    assert len(list(everywhere(exported()["panels"]))) == 14


# Once is enough


def test_a_document_of_a_document_is_the_same_document() -> None:
    for name, made in library_documents().items():
        assert document(made) == made, name


def test_an_export_repaired_once_is_not_repaired_again() -> None:
    once = document(exported())
    assert document(once) == once


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda it: type(it).__name__)
def test_a_panel_repaired_once_is_not_repaired_again(panel: Any) -> None:
    once = grafanalib_of(panel)
    assert document(once) == once


def test_grafanalibs_own_json_becomes_what_its_objects_become() -> None:
    """A team may keep the JSON that generate-dashboard wrote."""
    import json

    from grafanalib._gen import DashboardEncoder

    dashboard = GrafanalibDashboard(title="Orders", panels=[line("A", thresholds=THRESHOLDS)])
    written = json.loads(json.dumps(dashboard.to_json_data(), cls=DashboardEncoder))
    assert document(written) == document(dashboard)
