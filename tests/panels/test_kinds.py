"""The kinds: what grafanalib gets wrong never reaches their users."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any

import attr
import pytest
from grafanalib.core import GaugePanel, GridPos, Panel

from tailboard.panels import Query, kinds
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.kinds import KINDS, Column, grid_size
from tests.panels.panel_contents import list_threshold_steps, render_panel

LIMITS = [(0.5, "orange"), (0.9, "red")]
UP_QUERY = Query("(up)", "orders")
FIELD_ARGUMENTS: dict[str, Any] = {"description": "What it shows."}

KIND_BUILDERS: dict[str, Callable[..., Any]] = {
    "timeseries": lambda **more: kinds.timeseries(
        "T", [UP_QUERY], **{"unit": "s", **FIELD_ARGUMENTS, **more}
    ),
    "stat": lambda **more: kinds.stat("T", [UP_QUERY], **{"unit": "s", **FIELD_ARGUMENTS, **more}),
    "table": lambda **more: kinds.table(
        "T",
        {"route": "Route"},
        [Column("P99", "up", "s")],
        **{"sort_by": "P99", **FIELD_ARGUMENTS, **more},
    ),
    "heatmap": lambda **more: kinds.heatmap(
        "T", UP_QUERY, **{"unit": "s", **FIELD_ARGUMENTS, **more}
    ),
    "status_history": lambda **more: kinds.status_history(
        "T", UP_QUERY, **{"unit": "s", "thresholds": LIMITS, **FIELD_ARGUMENTS, **more}
    ),
    "state_timeline": lambda **more: kinds.state_timeline(
        "T",
        UP_QUERY,
        **{"states": {0: ("down", "red"), 1: ("up", "green")}, **FIELD_ARGUMENTS, **more},
    ),
    "bar_gauge": lambda **more: kinds.bar_gauge(
        "T", [UP_QUERY], **{"unit": "s", **FIELD_ARGUMENTS, **more}
    ),
    "text": lambda **more: kinds.text("T", "**Words**", **more),
}
"""One good panel of each kind; each test breaks one field of it."""

WITH_UNIT = ("timeseries", "stat", "heatmap", "status_history", "bar_gauge")
WITH_THRESHOLDS = ("timeseries", "stat", "status_history", "bar_gauge")

each_kind = pytest.mark.parametrize("kind", KIND_BUILDERS)
each_with_unit = pytest.mark.parametrize("kind", WITH_UNIT)
each_with_thresholds = pytest.mark.parametrize("kind", WITH_THRESHOLDS)


def walk_values(tree: Any) -> list[Any]:
    """Everything that is written, however deep."""
    if isinstance(tree, dict):
        return [child for value in tree.values() for child in walk_values(value)]
    if isinstance(tree, list):
        return [child for node in tree for child in walk_values(node)]
    return [tree]


def test_every_kind_is_tested_here() -> None:
    assert [kind.__name__ for kind in KINDS] == list(KIND_BUILDERS)


@each_kind
def test_a_kind_makes_a_panel_of_grafanalib_with_its_title(kind: str) -> None:
    panel = KIND_BUILDERS[kind]()
    assert isinstance(panel, Panel)
    assert render_panel(panel)["title"] == "T"


@each_kind
def test_a_panel_can_be_varied_as_any_of_grafanalib(kind: str) -> None:
    panel = KIND_BUILDERS[kind]()
    before = render_panel(panel)
    varied = attr.evolve(panel, title="Other", transparent=True)
    assert render_panel(varied) == {**before, "title": "Other", "transparent": True}
    assert render_panel(panel) == before


@each_kind
def test_writing_prints_nothing_and_changes_nothing(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = KIND_BUILDERS[kind]()
    assert render_panel(panel) == render_panel(panel)
    assert capsys.readouterr() == ("", "")


@each_kind
def test_two_panels_share_nothing(kind: str) -> None:
    first = KIND_BUILDERS[kind]()
    before = render_panel(KIND_BUILDERS[kind]())
    for tree in (first.extraJson, getattr(first, "overrides", None), first.targets):
        if tree:
            tree.clear()
    assert render_panel(KIND_BUILDERS[kind]()) == before


@each_kind
def test_arguments_are_in_snake_case_and_what_is_no_subject_has_to_be_named(kind: str) -> None:
    parameters = inspect.signature(getattr(kinds, kind)).parameters.values()
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", parameter.name) for parameter in parameters)
    named = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    assert {"description", "unit", "thresholds", "size"} & {
        parameter.name for parameter in parameters
    } <= named


@each_kind
def test_a_mistyped_argument_is_refused(kind: str) -> None:
    with pytest.raises(TypeError, match="desciption"):
        KIND_BUILDERS[kind](desciption="What it shows.")


# Units and limits, under one name each.


@each_with_unit
def test_the_unit_is_written_where_grafana_reads_it(kind: str) -> None:
    document = render_panel(KIND_BUILDERS[kind](unit="reqps"))
    places = {
        "heatmap": lambda: document["options"]["yAxis"]["unit"],
        "bar_gauge": lambda: document["options"]["fieldOptions"]["defaults"]["unit"],
    }
    unit = places.get(kind, lambda: document["fieldConfig"]["defaults"]["unit"])()
    assert unit == "reqps"


def test_a_limit_may_be_any_number() -> None:
    """grafanalib refuses what is not an int."""
    for limit in (1.5, 1, 0):
        document = render_panel(KIND_BUILDERS["timeseries"](maximum=limit))
        assert document["fieldConfig"]["defaults"]["max"] == limit


def test_an_axis_begins_at_zero() -> None:
    """A rate of 100 to 101 is not a mountain."""
    assert render_panel(KIND_BUILDERS["timeseries"]())["fieldConfig"]["defaults"]["min"] == 0


@each_kind
def test_as_many_points_are_asked_for_as_the_screen_has(kind: str) -> None:
    """grafanalib asks for 100; a history has room for fewer cells."""
    assert render_panel(KIND_BUILDERS[kind]())["maxDataPoints"] == (
        60 if kind == "status_history" else None
    )


# Thresholds.


@each_kind
def test_no_threshold_is_the_word_null_and_no_steps_are_an_empty_word(kind: str) -> None:
    document = render_panel(KIND_BUILDERS[kind]())
    assert "null" not in walk_values(document)
    assert document["fieldConfig"]["defaults"]["thresholds"]["steps"] != ""


@each_with_thresholds
def test_a_threshold_is_a_value_and_a_colour(kind: str) -> None:
    panel = KIND_BUILDERS[kind](thresholds=LIMITS)
    assert list_threshold_steps(panel) == [(None, "green"), (0.5, "orange"), (0.9, "red")]
    keys = [
        set(step) for step in render_panel(panel)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    ]
    assert keys == [{"color", "value"}] * 3


@each_with_thresholds
def test_thresholds_rise_in_whatever_order_they_are_given(kind: str) -> None:
    assert list_threshold_steps(
        KIND_BUILDERS[kind](thresholds=LIMITS[::-1])
    ) == list_threshold_steps(KIND_BUILDERS[kind](thresholds=LIMITS))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "0.5", None, True])
@each_with_thresholds
def test_a_threshold_that_is_no_number_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(DefinitionError, match=r"a threshold is .*not a number\nTip: .*finite"):
        KIND_BUILDERS[kind](thresholds=[(0.1, "orange"), (value, "red")], unit="percentunit")


def test_a_column_s_threshold_that_is_no_number_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a threshold is nan"):
        kinds.table(
            "T", {}, [Column("A", "up", "s", [(math.nan, "red")])], sort_by="A", **FIELD_ARGUMENTS
        )


def test_a_number_without_thresholds_is_blue_and_one_with_them_green_or_as_asked() -> None:
    assert list_threshold_steps(KIND_BUILDERS["stat"]()) == [(None, "blue")]
    assert list_threshold_steps(KIND_BUILDERS["stat"](thresholds=LIMITS))[0] == (None, "green")
    assert list_threshold_steps(KIND_BUILDERS["stat"](thresholds=LIMITS, base="red"))[0] == (
        None,
        "red",
    )
    assert list_threshold_steps(KIND_BUILDERS["timeseries"](thresholds=LIMITS, base="red"))[0] == (
        None,
        "red",
    )


def test_thresholds_of_a_line_are_drawn_and_none_are_not() -> None:
    def style(**fields: Any) -> str:
        custom = render_panel(KIND_BUILDERS["timeseries"](**fields))["fieldConfig"]["defaults"][
            "custom"
        ]
        return str(custom["thresholdsStyle"]["mode"])

    assert (style(thresholds=LIMITS), style()) == ("dashed", "off")


@pytest.mark.parametrize(
    ("unit", "thresholds", "top"),
    [
        ("percentunit", [], 0.01),
        ("percentunit", LIMITS, 0.9),
        ("short", [], 1),
        ("s", LIMITS, None),
    ],
)
def test_a_line_of_zeros_is_not_drawn_on_a_scale_up_to_10000_percent(
    unit: str, thresholds: list[tuple[float, str]], top: float | None
) -> None:
    document = render_panel(KIND_BUILDERS["timeseries"](unit=unit, thresholds=thresholds))
    assert document["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == top


# Size.


@each_kind
def test_a_panel_has_a_size_and_leaves_its_place_to_the_layout(kind: str) -> None:
    place = render_panel(KIND_BUILDERS[kind]())["gridPos"]
    assert 1 <= place["w"] <= 24
    assert place["h"] >= 1
    assert (place["x"], place["y"]) == (None, None)


@each_kind
def test_a_size_or_place_of_one_s_own_wins(kind: str) -> None:
    placed = render_panel(KIND_BUILDERS[kind](size=GridPos(h=3, w=5, x=7, y=0)))["gridPos"]
    assert placed == {"h": 3, "w": 5, "x": 7, "y": 0}
    assert render_panel(KIND_BUILDERS[kind](size=grid_size(24, 1)))["gridPos"]["w"] == 24


@pytest.mark.parametrize(("width", "height"), [(25, 8), (0, 8), (-1, 8), (12, 0), (12, -3)])
def test_a_size_that_does_not_fit_the_grid_is_refused(width: int, height: int) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        grid_size(width, height)
    assert f"{width} columns wide and {height} rows high" in excinfo.value.problem
    assert "24 columns" in excinfo.value.tip


@pytest.mark.parametrize(("width", "height"), [(1, 1), (24, 1), (24, 100)])
def test_the_largest_and_the_smallest_size_are_fine(width: int, height: int) -> None:
    assert grid_size(width, height) == GridPos(h=height, w=width, x=None, y=None)


# Queries.


@each_kind
def test_a_query_has_no_parentheses_that_say_nothing(kind: str) -> None:
    if kind != "text":
        assert render_panel(KIND_BUILDERS[kind]())["targets"][0]["expr"] == "up"


def test_a_line_without_legend_is_named_by_grafana() -> None:
    panel = kinds.timeseries("T", [Query("up")], unit="s", **FIELD_ARGUMENTS)
    assert render_panel(panel)["targets"][0]["legendFormat"] == "__auto"


def test_a_query_of_any_kind_has_the_options_of_grafana_s_editor() -> None:
    query = Query(
        "up",
        legend=None,
        format="table",
        instant=True,
        interval="1m",
        interval_factor=3,
        exemplar=True,
        hide=True,
        ref_id="X",
        extra={"range": True},
    )
    panel = kinds.timeseries("T", [query], unit="s", **FIELD_ARGUMENTS)
    fields = {
        "format": "table",
        "instant": True,
        "interval": "1m",
        "intervalFactor": 3,
        "exemplar": True,
        "hide": True,
        "refId": "X",
        "range": True,
    }
    (target,) = render_panel(panel)["targets"]
    assert {name: target[name] for name in fields} == fields
    assert target["legendFormat"] == ""
    assert kinds.raw("trend", "T", [query])["targets"] == [{"expr": "up", **fields}]


def test_a_query_is_a_target_of_any_panel_of_grafanalib() -> None:
    queries = [Query("up", "{{pod}}", instant=True), Query("up"), Query("up", format="table")]
    panel = GaugePanel(title="T", targets=queries)
    targets = [
        {"expr": "up", "legendFormat": "{{pod}}", "instant": True},
        {"expr": "up", "legendFormat": "__auto"},
        {"expr": "up", "format": "table"},
    ]
    assert render_panel(panel)["targets"] == targets
    assert kinds.raw("gauge", "T", queries)["targets"] == targets


@pytest.mark.parametrize(
    ("kind", "instant", "shape"),
    [
        ("timeseries", False, "time_series"),
        ("stat", False, "time_series"),
        ("table", True, "table"),
        ("heatmap", False, "heatmap"),
        ("bar_gauge", True, "time_series"),
    ],
)
def test_only_tables_and_bars_ask_for_now_alone(kind: str, instant: bool, shape: str) -> None:
    (query,) = render_panel(KIND_BUILDERS[kind]())["targets"]
    assert (query["instant"], query["format"]) == (instant, shape)


# Tables.


def test_each_column_of_a_table_is_named_and_styled_after_its_own_query() -> None:
    columns = [Column("Rate", "a", "reqps", bar=True), Column("P99", "b", "s", LIMITS, decimals=3)]
    document = render_panel(
        kinds.table("T", {"route": "Route"}, columns, sort_by="P99", **FIELD_ARGUMENTS)
    )
    assert [target["refId"] for target in document["targets"]] == ["A", "B"]
    organized = document["transformations"][1]["options"]
    assert organized["renameByName"] == {"route": "Route", "Value #A": "Rate", "Value #B": "P99"}
    assert organized["indexByName"] == {"route": 0, "Value #A": 1, "Value #B": 2}
    styles = {
        override["matcher"]["options"]: {
            field["id"]: field["value"] for field in override["properties"]
        }
        for override in document["fieldConfig"]["overrides"]
    }
    assert styles["Rate"] == {
        "unit": "reqps",
        "custom.cellOptions": {"type": "gauge", "mode": "basic"},
        "min": 0,
    }
    assert (styles["P99"]["unit"], styles["P99"]["decimals"]) == ("s", 3)
    assert [step["value"] for step in styles["P99"]["thresholds"]["steps"]] == [None, 0.5, 0.9]


def test_the_only_column_of_a_table_is_called_value_by_grafana() -> None:
    organized = render_panel(KIND_BUILDERS["table"]())["transformations"][1]["options"]
    assert organized["renameByName"] == {"route": "Route", "Value": "P99"}


def test_a_table_is_sorted_before_it_is_cut() -> None:
    document = render_panel(KIND_BUILDERS["table"](limit=7))
    assert [transformation["id"] for transformation in document["transformations"]][-2:] == [
        "sortBy",
        "limit",
    ]
    by, limit = (transformation["options"] for transformation in document["transformations"][-2:])
    assert by["sort"] == [{"field": "P99", "desc": True}]
    assert limit == {"limitField": 7}


def test_a_table_of_more_than_26_columns_has_a_name_for_each_query() -> None:
    columns = [Column(f"C{n}", "up", "s") for n in range(28)]
    document = render_panel(kinds.table("T", {}, columns, sort_by="C0", **FIELD_ARGUMENTS))
    names = [target["refId"] for target in document["targets"]]
    assert names[24:] == ["Y", "Z", "AA", "AB"]
    assert f"Value #{names[-1]}" in document["transformations"][1]["options"]["renameByName"]


def test_a_cell_opens_what_its_column_is_linked_to() -> None:
    link = {"title": "Open", "url": "/d/x"}
    document = render_panel(KIND_BUILDERS["table"](links={"Route": [link]}))
    assert document["fieldConfig"]["overrides"][-1] == {
        "matcher": {"id": "byName", "options": "Route"},
        "properties": [{"id": "links", "value": [link]}],
    }


# Lines.


def test_lines_are_coloured_by_how_their_legend_ends() -> None:
    panel = KIND_BUILDERS["timeseries"](colors={"P99": "red", "5..": "red"})
    matchers = [override["matcher"] for override in render_panel(panel)["fieldConfig"]["overrides"]]
    assert matchers == [
        {"id": "byRegexp", "options": "/P99$/"},
        {"id": "byRegexp", "options": "/5..$/"},
    ]


def test_stacked_lines_are_filled() -> None:
    def custom(**fields: Any) -> Any:
        return render_panel(KIND_BUILDERS["timeseries"](**fields))["fieldConfig"]["defaults"][
            "custom"
        ]

    assert custom(stacked=True)["stacking"] == {"mode": "normal", "group": "A"}
    assert custom()["stacking"] == {}
    assert custom(stacked=True)["fillOpacity"] > custom()["fillOpacity"]


def test_a_line_opens_its_links() -> None:
    link = {"title": "Open", "url": "/d/x"}
    document = render_panel(KIND_BUILDERS["timeseries"](links=[link]))
    assert document["fieldConfig"]["defaults"]["links"] == [link]


def test_several_numbers_are_named_and_one_is_not() -> None:
    two = kinds.stat("T", [UP_QUERY, UP_QUERY], unit="s", **FIELD_ARGUMENTS)
    assert render_panel(two)["options"]["textMode"] == "auto"
    assert render_panel(KIND_BUILDERS["stat"]())["options"]["textMode"] == "value"


def test_states_have_words_and_colours_in_their_order() -> None:
    (mapping,) = render_panel(KIND_BUILDERS["state_timeline"]())["fieldConfig"]["defaults"][
        "mappings"
    ]
    assert mapping == {
        "type": "value",
        "options": {
            "0": {"color": "red", "index": 0, "text": "down"},
            "1": {"color": "green", "index": 1, "text": "up"},
        },
    }


def test_a_status_history_is_one_although_grafanalib_has_none() -> None:
    document = render_panel(KIND_BUILDERS["status_history"]())
    assert document["type"] == "status-history"
    assert document["options"]["colWidth"] == 0.9


def test_words_are_markdown() -> None:
    document = render_panel(KIND_BUILDERS["text"]())
    assert document["options"] == {"content": "**Words**", "mode": "markdown"}
