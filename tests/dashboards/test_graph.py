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

from tests.dashboards.sample_dashboards import UP, Json, grafanalib_of, json_of, one


def graph(**fields: Any) -> Json:
    """What becomes of a graph."""
    return one(Graph(title="A", targets=UP, **fields))


def custom(**fields: Any) -> Json:
    """How what becomes of a graph draws its lines."""
    found: Json = graph(**fields)["fieldConfig"]["defaults"].get("custom", {})
    return found


def defaults(**fields: Any) -> Json:
    """The field options of what becomes of a graph."""
    found: Json = graph(**fields)["fieldConfig"]["defaults"]
    return found


def override(series: object) -> dict[str, Any]:
    """What becomes of a series' own look."""
    (found,) = graph(seriesOverrides=[series])["fieldConfig"]["overrides"]
    return {it["id"]: it["value"] for it in found["properties"]}


def test_a_graph_becomes_a_time_series() -> None:
    assert graph() == {
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
    kept = {
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
    made = graph(**kept)
    written = [{"targetBlank": False, "title": "Open", "url": "/d/x"}]
    expected = {**kept, "links": written, "repeat": "job", "repeatDirection": "v", "maxPerRow": 2}
    assert made.items() >= expected.items()


def test_a_graph_keeps_its_id_and_place() -> None:
    made = grafanalib_of(Graph(title="A", id=7, gridPos=GridPos(h=3, w=5, x=2, y=1)))
    assert made["panels"][0]["id"] == 7
    assert made["panels"][0]["gridPos"] == {"h": 3, "w": 5, "x": 2, "y": 1}


def test_the_left_axis_is_the_axis() -> None:
    axis = YAxis(format="s", label="Duration", min=0, max=5, decimals=2, logBase=10)
    made = defaults(yAxes=YAxes(left=axis))
    assert made.items() >= {"unit": "s", "min": 0, "max": 5, "decimals": 2}.items()
    assert made["custom"]["axisLabel"] == "Duration"
    assert made["custom"]["scaleDistribution"] == {"log": 10, "type": "log"}


@pytest.mark.parametrize(("base", "scale"), [(1, None), (2, {"log": 2, "type": "log"})])
def test_an_axis_is_logarithmic_from_base_two_on(base: int, scale: Json | None) -> None:
    assert custom(yAxes=single_y_axis(logBase=base)).get("scaleDistribution") == scale


def test_a_graph_that_says_nothing_is_drawn_as_grafana_drew_it() -> None:
    (made,) = json_of({"type": "graph", "title": "A"})["panels"]
    assert made["fieldConfig"]["defaults"]["custom"] == {"fillOpacity": 10, "showPoints": "never"}


def test_limits_of_an_axis_may_be_strings() -> None:
    """Grafana's editor wrote them so."""
    made = defaults(yAxes=single_y_axis(format="s", min="0", max="2.5"))
    assert (made["min"], made["max"]) == (0, 2.5)


@pytest.mark.parametrize("limit", [None, "", "auto", "NaN", "inf"])
def test_a_limit_that_is_no_number_is_none(limit: object) -> None:
    assert "max" not in defaults(yAxes=single_y_axis(max=limit))


def test_the_unit_of_a_graph_is_that_of_its_axis_or_its_own() -> None:
    """grafanalib's axes always have a unit, so that the graph's own went nowhere."""
    assert defaults(unit="s")["unit"] == "s"
    assert defaults(unit="s", yAxes=single_y_axis(format="ms"))["unit"] == "ms"
    assert defaults(yAxes=single_y_axis(format="ms"))["unit"] == "ms"


def test_a_series_on_the_right_has_the_right_axis() -> None:
    right = YAxis(format="s", label="Duration", min=0, max=5, decimals=2)
    made = graph(
        yAxes=YAxes(left=YAxis(format="short"), right=right),
        seriesOverrides=[{"alias": "P99", "yaxis": 2}],
    )
    (found,) = made["fieldConfig"]["overrides"]
    assert found["matcher"] == {"id": "byName", "options": "P99"}
    assert {it["id"]: it["value"] for it in found["properties"]} == {
        "custom.axisLabel": "Duration",
        "custom.axisPlacement": "right",
        "decimals": 2,
        "max": 5,
        "min": 0,
        "unit": "s",
    }


@pytest.mark.parametrize("label", [None, ""])
def test_a_right_axis_without_label_has_none(label: str | None) -> None:
    made = graph(
        yAxes=YAxes(right=YAxis(format="s", label=label)),
        seriesOverrides=[{"alias": "P99", "yaxis": 2}],
    )
    (found,) = made["fieldConfig"]["overrides"]
    assert [it["id"] for it in found["properties"]] == ["custom.axisPlacement", "unit"]


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
    assert override({"alias": "P99", **series}) == expected


def test_a_series_of_grafanalib_keeps_its_own_look() -> None:
    series = SeriesOverride(alias="P99", color="#fff", fill=0, dashes=True)
    assert override(series) == {
        "color": {"fixedColor": "#fff", "mode": "fixed"},
        "custom.fillOpacity": 0,
        "custom.lineStyle": {"dash": [10, 10], "fill": "dash"},
    }


def test_a_series_that_says_nothing_has_no_override() -> None:
    assert graph(seriesOverrides=[{"alias": "P99"}])["fieldConfig"]["overrides"] == []


@pytest.mark.parametrize(("alias", "matcher"), [("P99", "byName"), ("/P9.*/", "byRegexp")])
def test_a_series_is_found_by_name_or_expression(alias: str, matcher: str) -> None:
    made = graph(seriesOverrides=[{"alias": alias, "fill": 1}])
    assert made["fieldConfig"]["overrides"][0]["matcher"] == {"id": matcher, "options": alias}


def test_colors_of_names_become_overrides() -> None:
    made = graph(aliasColors={"b": "#bbb", "a": RGB(1, 2, 3)})
    assert made["fieldConfig"]["overrides"] == [
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
    made = json_of(
        {
            "type": "graph",
            "title": "A",
            "targets": [{"expr": "up"}],
            "aliasColors": {"b": "#bbb"},
            "fieldConfig": {"defaults": {"links": links, "unit": "s"}, "overrides": [rule]},
        }
    )["panels"][0]["fieldConfig"]
    assert made["defaults"]["links"] == links
    assert made["defaults"]["unit"] == "s"
    assert made["overrides"][0] == rule
    assert len(made["overrides"]) == 2


def test_the_links_of_a_graphs_lines_are_kept() -> None:
    made = defaults(dataLinks=[DataLink(title="Open", linkUrl="/d/x", isNewTab=True)])
    assert made["links"] == [{"targetBlank": True, "title": "Open", "url": "/d/x"}]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"stack": True}, {"group": "A", "mode": "normal"}),
        ({"stack": True, "percentage": True}, {"group": "A", "mode": "percent"}),
    ],
)
def test_a_stack_stays_a_stack(fields: Json, expected: Json) -> None:
    assert custom(**fields)["stacking"] == expected


def test_what_is_not_stacked_is_not() -> None:
    assert "stacking" not in custom(percentage=True)


def test_grafanalibs_own_stack_stays_one() -> None:
    found = one(weave.stacked(Graph(title="A", targets=UP)))
    assert (
        found["fieldConfig"]["defaults"]["custom"].items()
        >= {
            "fillOpacity": 100,
            "lineWidth": 0,
            "stacking": {"group": "A", "mode": "normal"},
        }.items()
    )
    assert found["options"]["tooltip"]["sort"] == "desc"


@pytest.mark.parametrize(
    ("fields", "style"),
    [
        ({"lines": True}, None),
        ({"lines": False, "bars": True}, "bars"),
        ({"lines": False, "points": True}, "points"),
    ],
)
def test_lines_bars_and_points_stay_what_they_are(fields: Json, style: str | None) -> None:
    assert custom(**fields).get("drawStyle") == style


def test_points_beside_lines_are_shown() -> None:
    found = custom(points=True, pointRadius=3)
    assert found["showPoints"] == "always"
    assert found["pointSize"] == 3
    assert "drawStyle" not in found


def test_steps_and_gaps_stay_what_they_are() -> None:
    found = custom(steppedLine=True, nullPointMode="null")
    assert found["lineInterpolation"] == "stepAfter"
    assert "spanNulls" not in found


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
    made = defaults(thresholds=thresholds)
    assert made["thresholds"] == {"mode": "absolute", "steps": steps}
    assert made["custom"]["thresholdsStyle"] == {"mode": "line+area"}


@pytest.mark.parametrize(
    ("line", "fill", "mode"), [(True, False, "line"), (False, True, "area"), (False, False, "off")]
)
def test_a_threshold_is_a_line_an_area_or_both(line: bool, fill: bool, mode: str) -> None:
    found = custom(thresholds=[GraphThreshold(value=1.0, line=line, fill=fill)])
    assert found.get("thresholdsStyle", {"mode": "off"}) == {"mode": mode}


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
    assert graph(legend=legend)["options"]["legend"] == {
        "calcs": ["mean", "lastNotNull", "max", "min", "sum"],
        "displayMode": "table",
        "placement": "right",
        "showLegend": True,
        "sortBy": "Max",
        "sortDesc": True,
        "width": 300,
    }


def test_a_legend_that_was_hidden_stays_hidden() -> None:
    assert graph(legend=Legend(show=False))["options"]["legend"]["showLegend"] is False


@pytest.mark.parametrize(("sort", "expected"), [(0, "none"), (1, "asc"), (2, "desc")])
def test_the_tooltip_of_a_graph_is_kept(sort: int, expected: str) -> None:
    made = graph(tooltip=Tooltip(shared=False, sort=sort))["options"]["tooltip"]
    assert made == {"mode": "single", "sort": expected}


def test_a_graph_of_promql_keeps_its_queries_and_their_names() -> None:
    made = one(PromGraph("Prometheus", "A", [("up", "up"), ("down", "1 - up")]))
    assert made["type"] == "timeseries"
    assert [(it["refId"], it["legendFormat"], it["expr"]) for it in made["targets"]] == [
        ("A", "up", "up"),
        ("B", "down", "1 - up"),
    ]


def test_a_graph_of_codes_keeps_their_colors() -> None:
    made = one(weave.QPSGraph("Prometheus", "A", ["up"] * 7))
    colors = {
        it["matcher"]["options"]: it["properties"][0]["value"]["fixedColor"]
        for it in made["fieldConfig"]["overrides"]
    }
    assert colors == weave.ALIAS_COLORS
    assert made["fieldConfig"]["defaults"]["unit"] == "ops"
