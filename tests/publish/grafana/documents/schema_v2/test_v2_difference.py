"""What people did in a dashboard of schema v2, in words."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import add_marker
from tests.publish.grafana.documents.schema_v2.sample_documents import (
    DATA_CONDITION,
    TEXT_VARIABLE,
    Change,
    Document,
    add_panel,
    add_row_condition,
    build_condition,
    build_row,
    build_rows_document,
    list_rows,
    place_automatically,
    put_row_into_tab,
    rename_panel,
    turn_rows_into_tabs,
)


def describe_change(change: Change, earlier_change: Change = lambda document: None) -> list[str]:
    """What a change of the sample looks like, after another one."""
    old_document = build_rows_document()
    earlier_change(old_document)
    new_document = copy.deepcopy(old_document)
    change(new_document)
    return describe_differences(old_document, new_document)


def move_panel_to_tab(document: Document) -> None:
    tabs = document["layout"]["spec"]["tabs"]
    items = [tab["spec"]["layout"]["spec"]["items"] for tab in tabs]
    items[1].append(items[0].pop())


def set_field(*path: Any, value: Any) -> Change:
    """A change of the value at a path of the document."""

    def change(document: Document) -> None:
        holder: Any = document
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = value

    return change


def set_row(**fields: Any) -> Change:
    """A change of the fields of the last row."""
    return lambda document: list_rows(document)[-1].update(fields)


def swap_rows(document: Document) -> None:
    document["layout"]["spec"]["rows"].reverse()


def nest_row(document: Document) -> None:
    rows = document["layout"]["spec"]["rows"]
    inner_row = rows.pop()
    rows[0]["spec"]["layout"] = {"kind": "RowsLayout", "spec": {"rows": [inner_row]}}


def add_row(document: Document) -> None:
    document["layout"]["spec"]["rows"].append(build_row("Empty"))


def remove_row(document: Document) -> None:
    removed_row = document["layout"]["spec"]["rows"].pop()
    list_rows(document)[0]["layout"]["spec"]["items"] += removed_row["spec"]["layout"]["spec"][
        "items"
    ]


def take_out_of_layout(document: Document) -> None:
    list_rows(document)[1]["layout"]["spec"]["items"].clear()


def set_condition_on_panel(document: Document) -> None:
    item = list_rows(document)[0]["layout"]["spec"]["items"][0]
    item["spec"]["conditionalRendering"] = build_condition(DATA_CONDITION, DATA_CONDITION)


QUERY = ("elements", "panel-1", "spec", "data", "spec", "queries", 0, "spec")
POSITION = ("layout", "spec", "rows", 0, "spec", "layout", "spec", "items", 0, "spec")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda document: None, []),
        (
            turn_rows_into_tabs,
            ["tab 'Service' in place of a row", "tab 'Routes' in place of a row"],
        ),
        (put_row_into_tab, ["tab 'New tab' added in row 'Routes' with 1 panel"]),
        (
            place_automatically,
            ["auto grid in place of a grid of placed panels in row 'Service'"],
        ),
        (add_row_condition, ["condition added to row 'Routes'"]),
        (set_condition_on_panel, ["2 conditions added to panel 'P99'"]),
        (rename_panel, ["panel 'P99': title 'P99' -> 'P99 of all'"]),
        (add_panel, ["panel 'New panel' added in row 'Routes'"]),
        (set_row(variables=[TEXT_VARIABLE]), ["variable 'z' added to row 'Routes'"]),
        (set_row(title="Paths"), ["row 'Routes' renamed to 'Paths'"]),
        (set_row(collapse=True), ["row 'Routes' closed"]),
        (set_row(hideHeader=True), ["heading of row 'Routes' hidden"]),
        (set_row(repeat={"mode": "variable", "value": "x"}), ["repeat of row 'Routes' changed"]),
        (swap_rows, ["order of rows changed"]),
        (add_row, ["row 'Empty' added"]),
        (remove_row, ["row 'Routes' removed", "panel 'Slowest' moved to row 'Service'"]),
        (take_out_of_layout, ["panel 'Slowest' taken out of the layout"]),
        (set_field(*POSITION, "width", value=12), ["layout of row 'Service' changed"]),
        (
            set_field("timeSettings", "from", value="now-24h"),
            ["time range now-1h to now -> now-24h to now"],
        ),
        (set_field("timeSettings", "autoRefresh", value=""), ["refresh '1m' -> none"]),
        (set_field("title", value="Mine"), ["title 'Orders' -> 'Mine'"]),
        (set_field("tags", value=[]), ["tags changed"]),
        (
            set_field("variables", 0, "spec", "current", value={"text": "x", "value": "x"}),
            ["variable 'top': default value none -> 'x'"],
        ),
        (set_field("variables", value=[]), ["variable 'top' removed"]),
        (
            set_field(*QUERY, "query", "spec", "expr", value="down"),
            ["panel 'P99': query changed"],
        ),
        (set_field(*QUERY, "hidden", value=True), ["panel 'P99': hidden changed"]),
        (
            set_field("elements", "panel-1", "spec", "vizConfig", "group", value="stat"),
            ["panel 'P99': kind 'timeseries' -> 'stat'"],
        ),
    ],
)
def test_an_edit_is_named_and_nothing_else(change: Change, expected: list[str]) -> None:
    assert describe_change(change) == expected


def test_a_panel_that_moves_between_tabs_is_named_with_where_to() -> None:
    assert describe_change(move_panel_to_tab, turn_rows_into_tabs) == [
        "panel 'Rate' moved to tab 'Routes'"
    ]


def test_a_row_that_comes_into_another_is_moved() -> None:
    changes = describe_change(nest_row)
    assert "row 'Routes' moved to row 'Service'" in changes


def test_several_edits_are_all_named() -> None:
    def edit(document: Document) -> None:
        rename_panel(document)
        add_row_condition(document)
        turn_rows_into_tabs(document)

    assert describe_change(edit) == [
        "tab 'Service' in place of a row",
        "tab 'Routes' in place of a row",
        "panel 'P99': title 'P99' -> 'P99 of all'",
    ]


def test_our_mark_is_no_difference() -> None:
    document = build_rows_document()
    assert not describe_differences(document, add_marker(document, "shop", ""))


def write_as_browser(document: Document) -> None:
    """Add what a browser writes down of a dashboard that nobody changed."""
    for element in document["elements"].values():
        visualization = element["spec"]["vizConfig"]
        visualization["version"] = "12.4.0"
        visualization["spec"]["options"] = {
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
        }
        for query in element["spec"]["data"]["spec"]["queries"]:
            query["spec"]["query"]["spec"] |= {"editorMode": "builder", "instant": False}
    for row in list_rows(document):
        row |= {"fillScreen": False, "hideHeader": False}
        for item in row["layout"]["spec"]["items"]:
            item["spec"]["y"] += 7
        row["layout"]["spec"]["items"].reverse()
    document["timeSettings"] |= {"nowDelay": "", "quickRanges": [], "timezone": ""}
    document["variables"][0]["spec"] |= {"label": "", "description": ""}


def test_what_the_browser_writes_of_an_untouched_dashboard_is_no_edit() -> None:
    assert describe_change(write_as_browser) == []
    document = build_rows_document()
    write_as_browser(document)
    assert compute_checksum(document) == compute_checksum(build_rows_document())


def test_the_empty_query_of_a_new_panel_says_nothing() -> None:
    document, other_document = build_rows_document(), build_rows_document()
    query_group, other_group = (
        part["elements"]["panel-1"]["spec"]["data"]["spec"] for part in (document, other_document)
    )
    query = {"group": "", "kind": "DataQuery", "spec": {}, "version": "v0"}
    spec = {"hidden": False, "query": query, "refId": "A"}
    query_group["queries"], other_group["queries"] = [{"kind": "PanelQuery", "spec": spec}], []
    assert describe_differences(document, other_document) == []
    query["spec"] = {"expr": "up"}
    assert describe_differences(document, other_document) != []


@pytest.mark.parametrize("field", ["elements", "layout", "variables", "annotations", "links"])
@pytest.mark.parametrize("value", [None, 7, [7], {"kind": 7}, {"spec": {"items": 7, "rows": [7]}}])
def test_parts_of_any_shape_are_compared(field: str, value: Any) -> None:
    wild_document = {**build_rows_document(), field: value}
    if not isinstance(wild_document["elements"], dict):
        wild_document["elements"] = {"a": value}
    assert describe_differences(wild_document, copy.deepcopy(wild_document)) == []
    describe_differences(wild_document, build_rows_document())
    describe_differences(build_rows_document(), wild_document)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=9),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "spec", "items", "rows", "tabs", "layout", "title", "name"]),
            values,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    paths = [path] if path else []
    for key, child in children:
        if isinstance(child, dict | list):
            paths += list_paths(child, (*path, key))
        else:
            paths.append((*path, key))
    return paths


PATHS = [path for path in list_paths(build_rows_document()) if path != ("elements",)]


@given(path=st.sampled_from(PATHS), value=JSON_VALUES)
def test_a_document_with_anything_anywhere_is_compared(path: tuple[Any, ...], value: Any) -> None:
    wild_document = build_rows_document()
    set_field(*path, value=value)(wild_document)
    assert describe_differences(wild_document, copy.deepcopy(wild_document)) == []
    is_same = compute_checksum(wild_document) == compute_checksum(build_rows_document())
    assert bool(describe_differences(build_rows_document(), wild_document)) is not is_same
    add_marker(wild_document, "shop", "")
