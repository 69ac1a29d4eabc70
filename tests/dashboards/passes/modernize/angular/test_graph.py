"""A graph becomes a time series."""

from typing import Any

import pytest
from grafanalib import weave
from grafanalib.core import (
    RGB,
    DataLink,
    Graph,
    GraphThreshold,
    GridPos,
    Legend,
    Repeat,
    SeriesOverride,
    Tooltip,
    YAxes,
    YAxis,
    single_y_axis,
)
from grafanalib.prometheus import PromGraph

from tests.dashboards.sample_dashboards import (
    UP_TARGETS,
    Json,
    build_grafanalib_document,
    build_json_document,
    build_panel,
)


def convert_graph(**fields: Any) -> Json:
    """What becomes of a graph."""
    return build_panel(Graph(title="A", targets=UP_TARGETS, **fields))


def convert_custom_options(**fields: Any) -> Json:
    """How what becomes of a graph draws its lines."""
    options: Json = convert_graph(**fields)["fieldConfig"]["defaults"].get("custom", {})
    return options


def convert_field_defaults(**fields: Any) -> Json:
    """The field options of what becomes of a graph."""
    field_defaults: Json = convert_graph(**fields)["fieldConfig"]["defaults"]
    return field_defaults


def convert_override(series: object) -> dict[str, Any]:
    """What becomes of a series' own look."""
    (panel,) = convert_graph(seriesOverrides=[series])["fieldConfig"]["overrides"]
    return {option["id"]: option["value"] for option in panel["properties"]}


def test_a_graph_becomes_a_time_series() -> None:
    assert convert_graph() == {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {
            "defaults": {
                "custom": {
                    "fillOpacity": 10,
                    "lineWidth": 2,
                    "showPoints": "never",
                    "spanNulls": True,
                },
                "unit": "short",
            },
            "overrides": [],
        },
        "options": {
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"mode": "multi", "sort": "none"},
        },
        "targets": [{"editorMode": "code", "expr": "up", "range": True, "refId": "A"}],
        "title": "A",
        "type": "timeseries",
    }


def test_what_surrounds_a_graph_is_kept() -> None:
    fields = {
        "description": "B",
        "hideTimeOverride": True,
        "interval": "1m",
        "links": [DataLink(title="Open", linkUrl="/d/x")],
        "maxDataPoints": 500,
        "repeat": Repeat(variable="job", direction="v", maxPerRow=2),
        "timeFrom": "6h",
        "timeShift": "1d",
        "transparent": True,
        "transformations": [{"id": "merge", "options": {}}],
    }
    panel = convert_graph(**fields)
    links = [{"targetBlank": False, "title": "Open", "url": "/d/x"}]
    expected = {**fields, "links": links, "repeat": "job", "repeatDirection": "v", "maxPerRow": 2}
    assert panel.items() >= expected.items()


def test_a_graph_keeps_its_id_and_place() -> None:
    document = build_grafanalib_document(
        Graph(title="A", id=7, gridPos=GridPos(h=3, w=5, x=2, y=1))
    )
    assert document["panels"][0]["id"] == 7
    assert document["panels"][0]["gridPos"] == {"h": 3, "w": 5, "x": 2, "y": 1}


def test_the_left_axis_is_the_axis() -> None:
    axis = YAxis(format="s", label="Duration", min=0, max=5, decimals=2, logBase=10)
    defaults = convert_field_defaults(yAxes=YAxes(left=axis))
    assert defaults.items() >= {"unit": "s", "min": 0, "max": 5, "decimals": 2}.items()
    assert defaults["custom"]["axisLabel"] == "Duration"
    assert defaults["custom"]["scaleDistribution"] == {"log": 10, "type": "log"}


@pytest.mark.parametrize(("base", "scale"), [(1, None), (2, {"log": 2, "type": "log"})])
def test_an_axis_is_logarithmic_from_base_two_on(base: int, scale: Json | None) -> None:
    assert (
        convert_custom_options(yAxes=single_y_axis(logBase=base)).get("scaleDistribution") == scale
    )


def test_a_graph_that_says_nothing_is_drawn_as_grafana_drew_it() -> None:
    (document,) = build_json_document({"type": "graph", "title": "A"})["panels"]
    assert document["fieldConfig"]["defaults"]["custom"] == {
        "fillOpacity": 10,
        "showPoints": "never",
    }


def test_limits_of_an_axis_may_be_strings() -> None:
    """Grafana's editor wrote them so."""
    defaults = convert_field_defaults(yAxes=single_y_axis(format="s", min="0", max="2.5"))
    assert (defaults["min"], defaults["max"]) == (0, 2.5)


@pytest.mark.parametrize("limit", [None, "", "auto", "NaN", "inf"])
def test_a_limit_that_is_no_number_is_none(limit: object) -> None:
    assert "max" not in convert_field_defaults(yAxes=single_y_axis(max=limit))


def test_the_unit_of_a_graph_is_that_of_its_axis_or_its_own() -> None:
    """grafanalib's axes always have a unit, so that the graph's own went nowhere."""
    assert convert_field_defaults(unit="s")["unit"] == "s"
    assert convert_field_defaults(unit="s", yAxes=single_y_axis(format="ms"))["unit"] == "ms"
    assert convert_field_defaults(yAxes=single_y_axis(format="ms"))["unit"] == "ms"


def test_a_series_on_the_right_has_the_right_axis() -> None:
    right = YAxis(format="s", label="Duration", min=0, max=5, decimals=2)
    panel = convert_graph(
        yAxes=YAxes(left=YAxis(format="short"), right=right),
        seriesOverrides=[{"alias": "P99", "yaxis": 2}],
    )
    (override,) = panel["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byName", "options": "P99"}
    assert {option["id"]: option["value"] for option in override["properties"]} == {
        "custom.axisLabel": "Duration",
        "custom.axisPlacement": "right",
        "decimals": 2,
        "max": 5,
        "min": 0,
        "unit": "s",
    }


@pytest.mark.parametrize("label", [None, ""])
def test_a_right_axis_without_label_has_none(label: str | None) -> None:
    panel = convert_graph(
        yAxes=YAxes(right=YAxis(format="s", label=label)),
        seriesOverrides=[{"alias": "P99", "yaxis": 2}],
    )
    (override,) = panel["fieldConfig"]["overrides"]
    assert [option["id"] for option in override["properties"]] == ["custom.axisPlacement", "unit"]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ({"color": "#fff"}, {"color": {"fixedColor": "#fff", "mode": "fixed"}}),
        ({"fill": 3}, {"custom.fillOpacity": 30}),
        ({"fill": 0}, {"custom.fillOpacity": 0}),
        ({"linewidth": 0}, {"custom.lineWidth": 0}),
        ({"bars": True}, {"custom.drawStyle": "bars"}),
        ({"bars": True, "lines": False}, {"custom.drawStyle": "bars"}),
        ({"lines": False}, {"custom.lineWidth": 0}),
        ({"points": True}, {"custom.showPoints": "always"}),
        ({"steppedLine": True}, {"custom.lineInterpolation": "stepAfter"}),
        ({"nullPointMode": "connected"}, {"custom.spanNulls": True}),
        ({"stack": False}, {"custom.stacking": {"group": "A", "mode": "none"}}),
        ({"stack": True}, {"custom.stacking": {"group": "A", "mode": "normal"}}),
        ({"stack": "B"}, {"custom.stacking": {"group": "B", "mode": "normal"}}),
        ({"transform": "negative-Y"}, {"custom.transform": "negative-Y"}),
        ({"fillBelowTo": "P50"}, {"custom.fillBelowTo": "P50"}),
        (
            {"dashes": True, "dashLength": 4, "spaceLength": 6},
            {"custom.lineStyle": {"dash": [4, 6], "fill": "dash"}},
        ),
        (
            {"legend": False},
            {"custom.hideFrom": {"legend": True, "tooltip": False, "viz": False}},
        ),
    ],
)
def test_a_series_keeps_its_own_look(series: Json, expected: Json) -> None:
    assert convert_override({"alias": "P99", **series}) == expected


def test_a_series_of_grafanalib_keeps_its_own_look() -> None:
    series = SeriesOverride(alias="P99", color="#fff", fill=0, dashes=True)
    assert convert_override(series) == {
        "color": {"fixedColor": "#fff", "mode": "fixed"},
        "custom.fillOpacity": 0,
        "custom.lineStyle": {"dash": [10, 10], "fill": "dash"},
    }


def test_a_series_that_says_nothing_has_no_override() -> None:
    assert convert_graph(seriesOverrides=[{"alias": "P99"}])["fieldConfig"]["overrides"] == []


@pytest.mark.parametrize(("alias", "matcher"), [("P99", "byName"), ("/P9.*/", "byRegexp")])
def test_a_series_is_found_by_name_or_expression(alias: str, matcher: str) -> None:
    panel = convert_graph(seriesOverrides=[{"alias": alias, "fill": 1}])
    assert panel["fieldConfig"]["overrides"][0]["matcher"] == {"id": matcher, "options": alias}


def test_colors_of_names_become_overrides() -> None:
    panel = convert_graph(aliasColors={"b": "#bbb", "a": RGB(1, 2, 3)})
    assert panel["fieldConfig"]["overrides"] == [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": {"fixedColor": color, "mode": "fixed"}}],
        }
        for name, color in (("a", "rgb(1, 2, 3)"), ("b", "#bbb"))
    ]


def test_field_options_that_an_export_gave_a_graph_are_kept() -> None:
    """Grafana 7 to 11 let a graph have links and overrides of the new kind."""
    rule = {
        "matcher": {"id": "byName", "options": "A"},
        "properties": [{"id": "unit", "value": "s"}],
    }
    links = [{"title": "Open", "url": "/d/x"}]
    document = build_json_document(
        {
            "type": "graph",
            "title": "A",
            "targets": [{"expr": "up"}],
            "aliasColors": {"b": "#bbb"},
            "fieldConfig": {"defaults": {"links": links, "unit": "s"}, "overrides": [rule]},
        }
    )["panels"][0]["fieldConfig"]
    assert document["defaults"]["links"] == links
    assert document["defaults"]["unit"] == "s"
    assert document["overrides"][0] == rule
    assert len(document["overrides"]) == 2


def test_the_links_of_a_graphs_lines_are_kept() -> None:
    defaults = convert_field_defaults(
        dataLinks=[DataLink(title="Open", linkUrl="/d/x", isNewTab=True)]
    )
    assert defaults["links"] == [{"targetBlank": True, "title": "Open", "url": "/d/x"}]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"stack": True}, {"group": "A", "mode": "normal"}),
        ({"stack": True, "percentage": True}, {"group": "A", "mode": "percent"}),
    ],
)
def test_a_stack_stays_a_stack(fields: Json, expected: Json) -> None:
    assert convert_custom_options(**fields)["stacking"] == expected


def test_what_is_not_stacked_is_not() -> None:
    assert "stacking" not in convert_custom_options(percentage=True)


def test_grafanalibs_own_stack_stays_one() -> None:
    panel = build_panel(weave.stacked(Graph(title="A", targets=UP_TARGETS)))
    assert (
        panel["fieldConfig"]["defaults"]["custom"].items()
        >= {
            "fillOpacity": 100,
            "lineWidth": 0,
            "stacking": {"group": "A", "mode": "normal"},
        }.items()
    )
    assert panel["options"]["tooltip"]["sort"] == "desc"


@pytest.mark.parametrize(
    ("fields", "style"),
    [
        ({"lines": True}, None),
        ({"lines": False, "bars": True}, "bars"),
        ({"lines": False, "points": True}, "points"),
    ],
)
def test_lines_bars_and_points_stay_what_they_are(fields: Json, style: str | None) -> None:
    assert convert_custom_options(**fields).get("drawStyle") == style


def test_points_beside_lines_are_shown() -> None:
    custom_options = convert_custom_options(points=True, pointRadius=3)
    assert custom_options["showPoints"] == "always"
    assert custom_options["pointSize"] == 3
    assert "drawStyle" not in custom_options


def test_steps_and_gaps_stay_what_they_are() -> None:
    custom_options = convert_custom_options(steppedLine=True, nullPointMode="null")
    assert custom_options["lineInterpolation"] == "stepAfter"
    assert "spanNulls" not in custom_options


@pytest.mark.parametrize(
    ("thresholds", "steps"),
    [
        (
            [GraphThreshold(value=1.0)],
            [{"color": "transparent", "value": None}, {"color": "red", "value": 1}],
        ),
        (
            [GraphThreshold(value=9.0), GraphThreshold(value=1.0, colorMode="warning")],
            [
                {"color": "transparent", "value": None},
                {"color": "orange", "value": 1},
                {"color": "red", "value": 9},
            ],
        ),
        (
            [GraphThreshold(value=1.0, colorMode="custom", lineColor=RGB(1, 2, 3))],
            [{"color": "transparent", "value": None}, {"color": "rgb(1, 2, 3)", "value": 1}],
        ),
        (
            [GraphThreshold(value=1.0, op="lt")],
            [{"color": "red", "value": None}, {"color": "transparent", "value": 1}],
        ),
    ],
)
def test_thresholds_of_a_graph_are_drawn(thresholds: list[Any], steps: list[Json]) -> None:
    defaults = convert_field_defaults(thresholds=thresholds)
    assert defaults["thresholds"] == {"mode": "absolute", "steps": steps}
    assert defaults["custom"]["thresholdsStyle"] == {"mode": "line+area"}


@pytest.mark.parametrize(
    ("line", "fill", "mode"), [(True, False, "line"), (False, True, "area"), (False, False, "off")]
)
def test_a_threshold_is_a_line_an_area_or_both(line: bool, fill: bool, mode: str) -> None:
    custom_options = convert_custom_options(
        thresholds=[GraphThreshold(value=1.0, line=line, fill=fill)]
    )
    assert custom_options.get("thresholdsStyle", {"mode": "off"}) == {"mode": mode}


def test_the_legend_of_a_graph_is_kept() -> None:
    legend = Legend(
        alignAsTable=True,
        rightSide=True,
        avg=True,
        current=True,
        max=True,
        min=True,
        total=True,
        sort="max",
        sortDesc=True,
        sideWidth=300,
    )
    assert convert_graph(legend=legend)["options"]["legend"] == {
        "calcs": ["mean", "lastNotNull", "max", "min", "sum"],
        "displayMode": "table",
        "placement": "right",
        "showLegend": True,
        "sortBy": "Max",
        "sortDesc": True,
        "width": 300,
    }


def test_a_legend_that_was_hidden_stays_hidden() -> None:
    assert convert_graph(legend=Legend(show=False))["options"]["legend"]["showLegend"] is False


@pytest.mark.parametrize(("sort", "expected"), [(0, "none"), (1, "asc"), (2, "desc")])
def test_the_tooltip_of_a_graph_is_kept(sort: int, expected: str) -> None:
    panel = convert_graph(tooltip=Tooltip(shared=False, sort=sort))["options"]["tooltip"]
    assert panel == {"mode": "single", "sort": expected}


def test_a_graph_of_promql_keeps_its_queries_and_their_names() -> None:
    panel = build_panel(PromGraph("Prometheus", "A", [("up", "up"), ("down", "1 - up")]))
    assert panel["type"] == "timeseries"
    assert [
        (target["refId"], target["legendFormat"], target["expr"]) for target in panel["targets"]
    ] == [
        ("A", "up", "up"),
        ("B", "down", "1 - up"),
    ]


def test_a_graph_of_codes_keeps_their_colors() -> None:
    panel = build_panel(weave.QPSGraph("Prometheus", "A", ["up"] * 7))
    colors = {
        override["matcher"]["options"]: override["properties"][0]["value"]["fixedColor"]
        for override in panel["fieldConfig"]["overrides"]
    }
    assert colors == weave.ALIAS_COLORS
    assert panel["fieldConfig"]["defaults"]["unit"] == "ops"
