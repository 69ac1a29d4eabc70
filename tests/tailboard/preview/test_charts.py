"""What each kind of panel becomes: the numbers of the query, colours, texts and limits."""

import json
import math
from importlib import import_module
from typing import Any

import pytest

from tailboard.preview.charts import CHARTS, DRAW_BY_KIND
from tailboard.preview.colors import find_color
from tailboard.preview.dashboard_drawing import PanelDrawing, draw_dashboard
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.data.panel_data import DataResult
from tests import ROOT
from tests.tailboard.preview.documents import build_dashboard, build_panel
from tests.tailboard.preview.table_source import TableSource, Values

SHARED_MODULES = {"axes", "legend", "states"}
STEPS = [
    {"color": "green", "value": None},
    {"color": "orange", "value": 2},
    {"color": "red", "value": 4},
]


def draw_panel(panel: dict[str, Any], source: Any) -> PanelDrawing:
    (drawing,) = draw_dashboard(build_dashboard(panel), source).panels
    return drawing


def draw_series(panel: dict[str, Any], **series: Values) -> PanelDrawing:
    return draw_panel(panel, TableSource(series))


def read_spec(panel: PanelDrawing) -> dict[str, Any]:
    assert panel.drawing.spec is not None
    json.dumps(panel.drawing.spec, allow_nan=False)
    return panel.drawing.spec


def build_defaults(**defaults: Any) -> dict[str, Any]:
    return {"fieldConfig": {"defaults": defaults, "overrides": []}}


def test_every_file_of_a_kind_is_listed() -> None:
    files = {path.stem for path in (ROOT / "tailboard/preview/charts").glob("*.py")}
    names = files - {"__init__"} - SHARED_MODULES
    assert {import_module(f"tailboard.preview.charts.{name}") for name in names} == set(CHARTS)


def test_a_time_series_has_the_values_of_the_query_and_gaps_where_there_are_none() -> None:
    panel = build_panel(**build_defaults(unit="s"))
    spec = read_spec(draw_series(panel, a=[1.0, None, 3.0, math.nan, math.inf]))
    (series,) = spec["datasets"]["series"]
    assert series["v"][-5:] == [1.0, None, 3.0, None, None]
    assert series["text"][-5:] == ["1 s", "–", "3 s", "NaN", "∞"]
    assert len(series["t"]) == len(series["v"]) == 241
    assert series["t"][-1] - series["t"][-2] == 15_000


def test_a_legend_has_the_calculations_that_the_options_ask_for() -> None:
    legend = {"showLegend": True, "displayMode": "table", "calcs": ["lastNotNull", "max"]}
    panel = build_panel(options={"legend": legend}, **build_defaults(unit="ms"))
    drawing = draw_series(panel, a=[5.0, 80.0, 20.0]).drawing
    assert drawing.legend is not None
    (entry,) = drawing.legend.entries
    assert drawing.legend.columns == ("Last", "Max")
    assert (entry.name, entry.values) == ("a", ("20 ms", "80 ms"))


def test_a_hidden_legend_is_not_there() -> None:
    panel = build_panel(options={"legend": {"showLegend": False}})
    assert draw_series(panel, a=[1.0]).drawing.legend is None


def test_limits_of_the_axis_are_those_of_the_options() -> None:
    spec = read_spec(draw_series(build_panel(**build_defaults(min=-5, max=40)), a=[1.0, 2.0]))
    assert '"domain": [-5.0, 40.0]' in json.dumps(spec)


def read_stack(panel: PanelDrawing) -> dict[str, tuple[list[float], list[float]]]:
    """Where the last two points of each line begin and end."""
    return {
        series["name"]: (list(series["begin"][-2:]), list(series["end"][-2:]))
        for series in read_spec(panel)["datasets"]["series"]
    }


def build_stack(mode: str, **custom: Any) -> dict[str, Any]:
    return {"stacking": {"mode": mode, "group": "A"}, "fillOpacity": 30, **custom}


def test_stacked_lines_are_stacked_and_the_axis_holds_their_sum() -> None:
    panel = build_panel(**build_defaults(custom=build_stack("normal")))
    drawing = draw_series(panel, a=[10.0, 20.0], b=[30.0, 30.0])
    assert read_stack(drawing) == {"a": ([0, 0], [10, 20]), "b": ([10, 20], [40, 50])}
    assert '"domain": [10.0, 50.0]' in json.dumps(read_spec(drawing))


def test_a_stack_in_percent_has_shares_on_an_axis_in_percent() -> None:
    panel = build_panel(**build_defaults(unit="reqps", custom=build_stack("percent")))
    drawing = draw_series(panel, a=[10.0, 30.0], b=[30.0, 30.0])
    assert read_stack(drawing) == {"a": ([0, 0], [0.25, 0.5]), "b": ([0.25, 0.5], [1, 1])}
    text = json.dumps(read_spec(drawing))
    assert '"domain": [0.0, 1.0]' in text
    assert "100%" in text
    (series, _) = read_spec(drawing)["datasets"]["series"]
    assert series["text"][-1] == "30 req/s"


def test_lines_of_one_stack_are_stacked_however_each_is_drawn() -> None:
    override = {
        "matcher": {"id": "byName", "options": "b"},
        "properties": [{"id": "custom.lineWidth", "value": 4}],
    }
    defaults = {"custom": build_stack("normal")}
    panel = build_panel(fieldConfig={"defaults": defaults, "overrides": [override]})
    drawing = draw_series(panel, a=[1.0, 2.0], b=[3.0, 3.0], c=[-1.0, -1.0])
    assert read_stack(drawing) == {
        "a": ([0, 0], [1, 2]),
        "b": ([1, 2], [4, 5]),
        "c": ([0, 0], [-1, -1]),
    }


def test_a_logarithmic_axis_has_powers_of_its_base_in_the_unit_of_the_values() -> None:
    custom = {"scaleDistribution": {"type": "log", "log": 10}}
    panel = build_panel(**build_defaults(unit="s", custom=custom))
    text = json.dumps(read_spec(draw_series(panel, a=[0.02, 3.0])))
    assert '"domain": [0.01, 10.0]' in text
    for label in ("10 ms", "100 ms", "1 s", "10 s"):
        assert label in text


def test_overrides_by_name_and_by_regex_change_the_colour_of_their_line() -> None:
    def build_override(matcher: str, options: str, color: str) -> dict[str, Any]:
        value = {"mode": "fixed", "fixedColor": color}
        return {
            "matcher": {"id": matcher, "options": options},
            "properties": [{"id": "color", "value": value}],
        }

    overrides = [build_override("byName", "a", "red"), build_override("byRegexp", "/^b.$/", "blue")]
    panel = build_panel(fieldConfig={"defaults": {}, "overrides": overrides})
    spec = read_spec(draw_series(panel, a=[1.0], bb=[1.0], c=[1.0]))
    colors = [series["color"] for series in spec["datasets"]["series"]]
    assert colors[:2] == [find_color("red"), find_color("blue")]
    assert colors[2] not in colors[:2]


def test_thresholds_are_lines_where_the_options_say_so() -> None:
    defaults = build_defaults(
        thresholds={"mode": "absolute", "steps": STEPS},
        custom={"thresholdsStyle": {"mode": "dashed"}},
    )
    spec = read_spec(draw_series(build_panel(**defaults), a=[1.0, 5.0]))
    assert {"limit": 4.0, "color": find_color("red")} in _find_values(spec, "limit")


def _find_values(spec: Any, key: str) -> list[dict[str, Any]]:
    if isinstance(spec, dict):
        own = [spec] if key in spec else []
        return own + [entry for value in spec.values() for entry in _find_values(value, key)]
    if isinstance(spec, list):
        return [entry for value in spec for entry in _find_values(value, key)]
    return []


@pytest.mark.parametrize(("value", "color"), [(1.0, "green"), (2.0, "orange"), (9.0, "red")])
@pytest.mark.parametrize(
    ("kind", "dataset"), [("stat", "cells"), ("gauge", "dials"), ("bargauge", "bars")]
)
def test_a_number_has_the_colour_of_its_threshold(
    kind: str, dataset: str, value: float, color: str
) -> None:
    defaults = build_defaults(
        unit="s",
        color={"mode": "thresholds"},
        thresholds={"mode": "absolute", "steps": STEPS},
        min=0,
        max=10,
    )
    spec = read_spec(draw_series(build_panel(kind, **defaults), a=[7.0, value]))
    (cell,) = spec["datasets"][dataset]
    assert (cell["value"], cell["color"]) == (value, find_color(color))
    assert cell["text"] == f"{value:.0f} s"


def test_a_stat_reduces_as_the_options_say() -> None:
    options = {"reduceOptions": {"calcs": ["mean"]}}
    spec = read_spec(draw_series(build_panel("stat", options=options), a=[1.0, 2.0, 6.0]))
    assert spec["datasets"]["cells"][0]["value"] == 3.0


def test_a_stat_shows_each_calculation_of_several() -> None:
    options = {"reduceOptions": {"calcs": ["min", "max"]}}
    spec = read_spec(draw_series(build_panel("stat", options=options), a=[1.0, 2.0, 6.0]))
    assert [cell["value"] for cell in spec["datasets"]["cells"]] == [1.0, 6.0]


def test_many_numbers_stand_where_they_are_largest() -> None:
    series = {f"instance-{number}": [float(number)] for number in range(4)}
    places = {}
    for name, grid in (("square", {"w": 8, "h": 8}), ("wide", {"w": 24, "h": 4})):
        panel = build_panel("stat", gridPos={"x": 0, "y": 0, **grid})
        cells = read_spec(draw_series(panel, **series))["datasets"]["cells"]
        places[name] = [(cell["column"], cell["row"]) for cell in cells]
    assert places["square"] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert places["wide"] == [(0, 0), (1, 0), (2, 0), (3, 0)]


def test_without_thresholds_a_number_is_red_from_80() -> None:
    cells = read_spec(draw_series(build_panel("stat"), a=[79.0], b=[80.0]))["datasets"]["cells"]
    assert [cell["color"] for cell in cells] == [find_color("green"), find_color("red")]


def test_percentages_are_of_the_largest_value_of_the_panel() -> None:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 50}]
    defaults = build_defaults(thresholds={"mode": "percentage", "steps": steps}, min=0)
    spec = read_spec(draw_series(build_panel("bargauge", **defaults), a=[20.0], b=[60.0], c=[80.0]))
    bars = spec["datasets"]["bars"]
    assert [bar["color"] for bar in bars] == [
        find_color("green"),
        find_color("red"),
        find_color("red"),
    ]
    assert [bar["share"] for bar in bars] == [0.25, 0.75, 1]


@pytest.mark.parametrize(("unit", "share"), [("percentunit", 0.5), ("percent", 0.005), ("s", 1)])
def test_a_percentage_is_of_the_whole_and_not_of_the_largest(unit: str, share: float) -> None:
    panel = build_panel("bargauge", **build_defaults(unit=unit))
    bars = read_spec(draw_series(panel, a=[0.1], b=[0.5]))["datasets"]["bars"]
    assert bars[1]["share"] == share


def test_percentages_are_of_the_own_values_where_the_options_say_so() -> None:
    panel = build_panel("bargauge", **build_defaults(fieldMinMax=True))
    bars = read_spec(draw_series(panel, a=[20.0, 10.0], b=[60.0, 80.0]))["datasets"]["bars"]
    assert [bar["share"] for bar in bars] == [0, 1]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["b", "c", "a"]),
        ({"sort": "asc"}, ["a", "c", "b"]),
        ({"sort": "none"}, ["a", "b", "c"]),
    ],
)
def test_slices_are_sorted_by_their_value(options: dict[str, str], names: list[str]) -> None:
    panel = build_panel("piechart", options=options)
    slices = read_spec(draw_series(panel, a=[1.0], b=[3.0], c=[2.0]))["datasets"]["slices"]
    assert [part["name"] for part in slices] == names


def test_a_stat_without_a_value_shows_its_text_for_that() -> None:
    panel = draw_series(build_panel("stat", **build_defaults(noValue="no traffic")))
    assert panel.drawing.message == "no traffic" or "no traffic" in json.dumps(panel.drawing.spec)
    assert not panel.has_data


def test_a_value_is_mapped_to_its_text_and_colour() -> None:
    mappings = [{"type": "value", "options": {"1": {"text": "up", "color": "green"}}}]
    spec = read_spec(draw_series(build_panel("stat", **build_defaults(mappings=mappings)), a=[1.0]))
    (cell,) = spec["datasets"]["cells"]
    assert (cell["text"], cell["color"]) == ("up", find_color("green"))


def build_table_panel(**fields: Any) -> dict[str, Any]:
    targets = [{"refId": "A", "expr": "up", "format": "table", "instant": True}]
    return build_panel("table", targets=targets, **fields)


def test_a_table_has_labels_as_columns_and_is_sorted_as_the_options_say() -> None:
    options = {"sortBy": [{"displayName": "Value", "desc": True}]}
    table = draw_series(build_table_panel(options=options), a=[1.0], b=[3.0]).drawing.table
    assert table is not None
    assert [column.title for column in table.columns] == ["Time", "instance", "Value"]
    assert [row[1].text for row in table.rows] == ["b", "a"]
    assert table.sorting == (2, True)


def test_cells_of_a_table_have_colours_and_bars_where_overrides_ask_for_them() -> None:
    def build_override(cell_type: str) -> dict[str, Any]:
        steps = {"mode": "absolute", "steps": STEPS}
        return {
            "matcher": {"id": "byName", "options": "Value"},
            "properties": [
                {"id": "unit", "value": "s"},
                {"id": "thresholds", "value": steps},
                {"id": "custom.cellOptions", "value": {"type": cell_type}},
                {"id": "min", "value": 0},
            ],
        }

    cells = {}
    for cell_type in ("color-text", "color-background", "gauge"):
        field_config = {"defaults": {}, "overrides": [build_override(cell_type)]}
        panel = build_table_panel(fieldConfig=field_config)
        table = draw_series(panel, a=[5.0], b=[10.0]).drawing.table
        assert table is not None
        cells[cell_type] = table.rows[0][-1]
    assert (cells["color-text"].text, cells["color-text"].color) == ("5 s", find_color("red"))
    assert cells["color-background"].background == find_color("red")
    assert cells["gauge"].share == 0.5


def test_a_heatmap_has_what_each_bucket_counts_alone() -> None:
    targets = [{"refId": "A", "expr": "x", "format": "heatmap", "legendFormat": "{{le}}"}]
    panel = build_panel("heatmap", targets=targets)
    source = TableSource({"+Inf": [9.0], "0.1": [2.0], "1": [7.0]}, label="le")
    cells = read_spec(draw_panel(panel, source))["datasets"]["cells"]
    assert [(cell["bucket"], cell["v"]) for cell in cells] == [("0.1", 2), ("1", 5), ("+Inf", 2)]


def test_a_state_timeline_joins_equal_neighbours_and_a_status_history_does_not() -> None:
    mappings = [{"type": "value", "options": {"1": {"text": "up"}, "0": {"text": "down"}}}]
    counts = {}
    for kind in ("state-timeline", "status-history"):
        panel = build_panel(kind, **build_defaults(mappings=mappings))
        cells = read_spec(draw_series(panel, a=[1, 1, 0, None, 0]))["datasets"]["cells"]
        counts[kind] = [cell["text"] for cell in cells]
    assert counts["state-timeline"] == ["up", "down", "down"]
    assert counts["status-history"] == ["up", "up", "down", "down"]


def test_a_state_timeline_merges_values_between_the_same_thresholds() -> None:
    defaults = build_defaults(
        unit="s", color={"mode": "thresholds"}, thresholds={"mode": "absolute", "steps": STEPS}
    )
    panel = draw_series(build_panel("state-timeline", **defaults), a=[1.0, 1.5, 3.0, 5.0, 6.0])
    cells = read_spec(panel)["datasets"]["cells"]
    assert [cell["text"] for cell in cells] == ["< 2 s", "2 s+", "4 s+"]
    assert [cell["color"] for cell in cells] == [
        find_color("green"),
        find_color("orange"),
        find_color("red"),
    ]
    assert panel.drawing.legend is not None
    assert [entry.name for entry in panel.drawing.legend.entries] == ["< 2 s", "2 s+", "4 s+"]


def test_a_legend_of_states_has_those_that_occur_where_thresholds_do_not_colour_them() -> None:
    mappings = [
        {"type": "value", "options": {"1": {"text": "up", "color": "green"}, "0": {"text": "down"}}}
    ]
    defaults = build_defaults(mappings=mappings, color={"mode": "fixed"})
    legend = draw_series(build_panel("state-timeline", **defaults), a=[1, 1]).drawing.legend
    assert legend is not None
    assert [(entry.name, entry.color) for entry in legend.entries] == [("up", find_color("green"))]
    hidden = {"legend": {"showLegend": False}}
    panel = build_panel("state-timeline", options=hidden, **defaults)
    assert draw_series(panel, a=[1, 1]).drawing.legend is None


def test_a_state_timeline_that_names_no_colours_goes_from_green_to_red() -> None:
    spec = read_spec(draw_series(build_panel("state-timeline"), a=[0.0, 10.0]))
    assert [cell["color"] for cell in spec["datasets"]["cells"]] == [
        find_color("green"),
        find_color("red"),
    ]


def test_a_kind_that_is_unknown_says_so_with_its_queries() -> None:
    drawing = draw_series(build_panel("nodeGraph"), a=[1.0]).drawing
    assert "nodeGraph" in drawing.message
    assert drawing.queries


def test_a_panel_without_data_says_why() -> None:
    source = TableSource(reason="no such metric: http_requests_total")
    panel = draw_panel(build_panel(), source)
    assert panel.drawing.message == "No data"
    assert panel.problems == ("no such metric: http_requests_total",)


def test_a_query_that_fails_says_so_beside_one_that_does_not() -> None:
    result = DataResult(problem="query error: parse error")
    panel = draw_panel(build_panel(), TableSource(result=result))
    assert panel.problems == ("A: query error: parse error",)


def test_series_beyond_what_can_be_drawn_are_counted() -> None:
    series = {f"i{number}": [float(number)] for number in range(150)}
    drawing = draw_panel(build_panel(), TableSource(series)).drawing
    assert drawing.spec is not None
    assert len(drawing.spec["datasets"]["series"]) == 100
    assert drawing.notes == ("50 more series are not drawn; these are the largest",)


def test_series_that_were_not_read_are_counted() -> None:
    full = TableSource({"a": [1.0]})
    document = build_dashboard(build_panel())
    draw_dashboard(document, full)
    result = full.fetch(full.requests[:1])[full.requests[0]]
    source = TableSource(result=DataResult(result.series, 10_000))
    (panel,) = draw_dashboard(document, source).panels
    assert panel.drawing.notes == ("9,999 of the 10,000 series of A are left out",)


@pytest.mark.parametrize("kind", sorted(DRAW_BY_KIND))
@pytest.mark.parametrize(
    "values",
    [[], [1.0], [math.nan], [math.inf, -math.inf], [0.0, 0.0], [None, 5.0, None], [1e308, -1e308]],
    ids=str,
)
def test_every_kind_withstands_every_value(kind: str, values: list[float | None]) -> None:
    for options in ({}, {"calculate": True}):
        drawing = draw_series(build_panel(kind, options=options), a=values).drawing
        json.dumps(drawing.spec, allow_nan=False)


@pytest.mark.parametrize("kind", sorted(DRAW_BY_KIND))
@pytest.mark.parametrize(
    "custom",
    [
        {},
        {"stacking": {"mode": "normal"}},
        {"stacking": {"mode": "percent"}},
        {"drawStyle": "bars"},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["time_series", "table", "heatmap"])
def test_every_kind_withstands_series_of_wild_values(
    kind: str, custom: dict[str, Any], form: str
) -> None:
    values = [math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, -5e-324, 1.0]
    targets = [{"refId": "A", "expr": "x", "format": form, "instant": form == "table"}]
    panel = build_panel(kind, targets=targets, **build_defaults(custom=custom))
    series = {f"s{number}": [value] * 3 for number, value in enumerate(values)}
    json.dumps(draw_series(panel, **series).drawing.spec, allow_nan=False)


@pytest.mark.parametrize("kind", sorted(DRAW_BY_KIND))
@pytest.mark.parametrize("form", ["time_series", "table", "heatmap"])
def test_no_control_character_reaches_an_expression_of_a_chart(kind: str, form: str) -> None:
    text = "a\x1b[31m\u202eb"
    targets = [{"refId": "A", "expr": "x", "format": form, "legendFormat": "{{instance}}"}]
    defaults = build_defaults(unit=f"suffix:{text}")
    panel = build_panel(kind, targets=targets, **defaults)
    drawing = draw_series(panel, **{text: [1.0, 2.0]}).drawing
    for axis in _find_values(drawing.spec, "labelExpr"):
        assert "\\u001b" not in axis["labelExpr"]
        assert "\\u202e" not in axis["labelExpr"]


@pytest.mark.parametrize("kind", sorted(DRAW_BY_KIND))
def test_every_chart_has_a_size_that_follows_its_frame(kind: str) -> None:
    spec = draw_series(build_panel(kind), a=[1.0, 2.0]).drawing.spec
    if spec is not None:
        assert spec["width"] == "container"
        assert spec["autosize"]["type"] in {"fit", "fit-x"}  # Vega-Lite warns of others


@pytest.mark.parametrize("kind", sorted(DRAW_BY_KIND))
def test_example_values_are_the_same_on_every_run(kind: str) -> None:
    panel = build_panel(kind)
    assert draw_panel(panel, ExampleSource()) == draw_panel(panel, ExampleSource())


def test_a_panel_is_repeated_for_the_values_of_its_variable() -> None:
    panel = build_panel(title="Load of $node", repeat="node", maxPerRow=2)
    source = TableSource({"a": [1.0]}, variables={"node": ("n1", "n2", "n3")})
    panels = draw_dashboard(build_dashboard(panel), source).panels
    assert [drawing.title for drawing in panels] == ["Load of n1", "Load of n2", "Load of n3"]
    assert [(drawing.place.x, drawing.place.y) for drawing in panels] == [(0, 0), (12, 0), (0, 8)]


def test_a_variable_that_the_reader_chose_is_in_the_query() -> None:
    from tailboard.preview.dashboard_drawing import PreviewOptions

    targets = [{"refId": "A", "expr": 'up{job="$job"}'}]
    source = TableSource({"a": [1.0]})
    options = PreviewOptions(variables={"job": ("shop",)})
    draw_dashboard(build_dashboard(build_panel(targets=targets)), source, options)
    assert source.requests[0].expression == 'up{job="shop"}'


@pytest.mark.parametrize("matcher", ["byName", "byNames", "byRegexp", "byFrameRefID", "byType"])
@pytest.mark.parametrize("options", [{"mode": "exclude"}, ["a"], None, 5, "("], ids=str)
def test_a_matcher_of_another_shape_matches_nothing(matcher: str, options: Any) -> None:
    override = {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": "unit", "value": "s"}],
    }
    panel = build_panel(fieldConfig={"defaults": {}, "overrides": [override]})
    (series,) = read_spec(draw_panel(panel, TableSource({"b": [3.0]})))["datasets"]["series"]
    assert series["text"][-1] == "3"


@pytest.mark.parametrize("value", [None, 5, "x", [1], {"a": 1}, [None]], ids=str)
@pytest.mark.parametrize(
    "name", ["targets", "fieldConfig", "options", "gridPos", "transformations"]
)
def test_a_panel_of_another_shape_is_drawn_without_what_has_it(name: str, value: Any) -> None:
    panels = draw_dashboard(
        build_dashboard(build_panel(**{name: value})), TableSource({"a": [1.0]})
    ).panels
    assert [panel.title for panel in panels] == ["Requests"]


@pytest.mark.parametrize("name", ["panels", "rows", "templating", "annotations", "time"])
@pytest.mark.parametrize("value", [None, 5, "x", [1], {"a": 1}], ids=str)
def test_a_document_of_another_shape_is_drawn_without_what_has_it(name: str, value: Any) -> None:
    document = {**build_dashboard(build_panel()), name: value}
    assert draw_dashboard(document, ExampleSource()).title == "Orders"
