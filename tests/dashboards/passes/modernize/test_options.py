"""What is repaired in one kind of panel."""

import pytest
from grafanalib.core import (
    AlertList,
    BarGauge,
    DashboardList,
    DataLink,
    GaugePanel,
    Heatmap,
    HeatmapColor,
    Table,
    Target,
    ValueMap,
    YAxis,
)

from tests.dashboards.sample_dashboards import (
    TWO_STEP_THRESHOLDS,
    UP_TARGETS,
    Json,
    build_json_document,
    build_panel,
)


def test_the_options_of_a_gauge_are_where_grafana_reads_them() -> None:
    gauge = GaugePanel(
        title="A",
        targets=UP_TARGETS,
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
    panel = build_panel(gauge)
    assert panel["options"] == {
        "reduceOptions": {"calcs": ["max"], "fields": "", "limit": 3, "values": True},
        "showThresholdLabels": True,
        "showThresholdMarkers": False,
    }
    assert panel["fieldConfig"] == {
        "defaults": {
            "decimals": 1,
            "displayName": "Memory",
            "links": [{"targetBlank": False, "title": "Open", "url": "/d/x"}],
            "max": 7,
            "min": 1,
            "thresholds": TWO_STEP_THRESHOLDS,
            "unit": "bytes",
        },
        "overrides": [],
    }


def test_the_options_of_a_bar_gauge_are_where_grafana_reads_them() -> None:
    bars = BarGauge(
        title="A",
        targets=UP_TARGETS,
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
    panel = build_panel(bars)
    assert panel["options"] == {
        "displayMode": "basic",
        "orientation": "vertical",
        "reduceOptions": {"calcs": ["max"], "fields": "", "limit": 3, "values": True},
        "valueMode": "color",
    }
    assert panel["fieldConfig"]["defaults"] == {
        "decimals": 1,
        "displayName": "Memory",
        "mappings": [{"type": "value", "options": {"7": {"index": 0, "text": "full"}}}],
        "max": 7,
        "min": 1,
        "thresholds": TWO_STEP_THRESHOLDS,
        "unit": "bytes",
    }


def test_a_list_of_dashboards_keeps_what_it_searches() -> None:
    panel = build_panel(
        DashboardList(
            title="A", showStarred=False, showSearch=True, searchTags=["orders"], maxItems=7
        )
    )
    assert panel["options"] == {
        "maxItems": 7,
        "query": "",
        "showHeadings": True,
        "showRecentlyViewed": False,
        "showSearch": True,
        "showStarred": False,
        "tags": ["orders"],
    }


def test_a_list_of_alerts_keeps_how_many_and_which() -> None:
    panel = build_panel(
        AlertList(
            title="A",
            limit=7,
            alertName="orders",
            onlyAlertsOnDashboard=False,
            sortOrder=3,
            stateFilter=["alerting", "pending"],
        )
    )
    assert panel["options"] == {
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
    panel = build_panel(Table(title="A", targets=UP_TARGETS, mappings=[mapping]))
    assert panel["fieldConfig"]["defaults"]["mappings"] == [mapping]
    assert "mappings" not in panel


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
    config = build_panel(
        Table(title="A", targets=UP_TARGETS, displayMode=mode, overrides=[override])
    )["fieldConfig"]
    assert config["defaults"]["custom"] == {"cellOptions": options}
    properties = config["overrides"][0]["properties"]
    assert properties == [{"id": "custom.cellOptions", "value": options}]


def test_the_colors_of_a_table_are_among_its_fields() -> None:
    panel = build_panel(Table(title="A", targets=UP_TARGETS, colorMode="continuous-GrYlRd"))
    assert panel["fieldConfig"]["defaults"]["color"] == {"mode": "continuous-GrYlRd"}
    assert "color" not in panel


def test_an_old_heatmap_of_buckets_is_drawn_as_buckets() -> None:
    panel = build_panel(
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
    options = panel["options"]
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
    assert set(panel) == {"datasource", "options", "targets", "title", "type"}


def test_an_old_heatmap_that_says_nothing_is_drawn_as_grafana_draws_it() -> None:
    (document,) = build_json_document({"type": "heatmap", "title": "A"})["panels"]
    assert document["options"] == {
        "calculate": True,
        "cellGap": 1,
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "legend": {"show": False},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": "short"},
    }


def test_an_old_heatmap_of_lines_counts_them_itself() -> None:
    panel = build_panel(
        Heatmap(title="A", targets=UP_TARGETS, color=HeatmapColor(mode="opacity", cardColor="#fff"))
    )
    assert panel["options"]["calculate"] is True
    assert panel["options"]["color"]["mode"] == "opacity"
    assert panel["options"]["color"]["fill"] == "#fff"
    assert "filterValues" not in panel["options"]
    assert "legend" not in panel


def test_the_words_of_an_old_text_are_kept() -> None:
    document = build_json_document(
        {"type": "text", "title": "A", "content": "# Hello", "mode": "html"}
    )
    assert document["panels"][0]["options"] == {"content": "# Hello", "mode": "html"}


def test_what_a_gauge_of_an_export_says_is_kept() -> None:
    options = {
        "reduceOptions": {"calcs": ["max"], "fields": "", "values": False},
        "showThresholdLabels": True,
        "showThresholdMarkers": False,
    }
    document = build_json_document({"type": "gauge", "title": "A", "options": options})
    assert document["panels"][0]["options"] == options
