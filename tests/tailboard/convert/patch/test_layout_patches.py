"""Edits of dashboards that a browser stored in schema v2: rows, tabs, places, and their panels."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailboard.convert.patch.patch import Patch, build_patch
from tailboard.convert.patch.tracing import trace_definition
from tailboard.dashboards import build_document
from tailboard.dashboards.document import list_row_layouts
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.panel_ids import describe_id_changes
from tests.tailboard.convert.patch.test_patch import list_changes

Document = dict[str, Any]
Edit = Callable[[Document], None]

PATH = Path("stock.py")
ROWS = '''\
"""Stock."""

from tailboard import Dashboard, Row
from tailboard.panels.kinds import raw

dashboard = Dashboard(
    "Stock",
    uid="stock",
    rows=[
        Row(
            "Shelves",
            [
                raw("timeseries", "Full", ["sum(full)"]),
                raw("timeseries", "Empty", ["sum(empty)"]),
                raw("timeseries", "Moved", ["sum(moved)"]),
                raw("timeseries", "Lost", ["sum(lost)"]),
            ],
        ),
        Row("Orders", [raw("stat", "Open", ["sum(open)"])], collapsed=True),
    ],
)
'''
REPEATED_ROWS = ROWS.replace("collapsed=True", 'repeat="shelf"')
TABS = ROWS.replace('    uid="stock",\n', '    uid="stock",\n    layout="tabs",\n').replace(
    ", collapsed=True),\n",
    '),\n        Row("Old", [raw("stat", "Age", ["max(age)"])], tab="More", collapsed=True),\n',
)


def build_v2_document(text: str) -> Document:
    """What a definition builds in schema v2."""
    dashboard = trace_definition(text, PATH, "stock").dashboard
    return convert_document(build_document(dashboard), list_row_layouts(dashboard))


def patch_edit(text: str, edit: Edit) -> tuple[Patch, Document]:
    """The patch for an edit of the stored document, and that document."""
    stored = copy.deepcopy(build_v2_document(text))
    edit(stored)
    return build_patch(PATH, text, copy.deepcopy(stored)), stored


def list_rows(document: Document) -> list[Document]:
    """The rows or the tabs of a document."""
    spec = document["layout"]["spec"]
    return [entry["spec"] for entry in spec.get("rows") or spec["tabs"]]


def list_items(document: Document, index: int = 0) -> list[Document]:
    """The places of the panels of a row or tab."""
    items: list[Document] = list_rows(document)[index]["layout"]["spec"]["items"]
    return items


def find_panel(document: Document, title: str) -> Document:
    """The panel of a title."""
    return next(
        element["spec"]
        for element in document["elements"].values()
        if element["spec"]["title"] == title
    )


def rename_section(index: int, title: str) -> Edit:
    """An edit that gives a row or tab another title."""
    return lambda document: list_rows(document)[index].update(title=title)


def close_row(index: int, *, is_closed: bool) -> Edit:
    """An edit that closes or opens a row."""
    return lambda document: list_rows(document)[index].update(collapse=is_closed)


def repeat_row(variable: str) -> Edit:
    """An edit that repeats the second row for each value of a variable, or for none."""

    def edit(document: Document) -> None:
        row = list_rows(document)[1]
        row.pop("repeat", None)
        if variable:
            row["repeat"] = {"mode": "variable", "value": variable}

    return edit


def turn_rows_into_tabs(document: Document) -> None:
    """Each row becomes a tab."""
    tabs = [
        {"kind": "TabsLayoutTab", "spec": {"layout": row["layout"], "title": row["title"]}}
        for row in list_rows(document)
    ]
    document["layout"] = {"kind": "TabsLayout", "spec": {"tabs": tabs}}


def turn_tabs_into_rows(document: Document) -> None:
    """Each tab becomes a row, whatever is in it."""
    rows = [
        {
            "kind": "RowsLayoutRow",
            "spec": {"collapse": False, "layout": tab["layout"], "title": tab["title"]},
        }
        for tab in list_rows(document)
    ]
    document["layout"] = {"kind": "RowsLayout", "spec": {"rows": rows}}


def remove_panel(title: str) -> Edit:
    """An edit that takes a panel of the first row or tab out."""

    def edit(document: Document) -> None:
        name = f"panel-{find_panel(document, title)['id']}"
        del document["elements"][name]
        items = list_items(document)
        items[:] = [item for item in items if item["spec"]["element"]["name"] != name]

    return edit


def add_panel(document: Document) -> None:
    """A new panel below the first row."""
    element = copy.deepcopy(next(iter(document["elements"].values())))
    element["spec"] |= {"id": 77, "title": "New panel"}
    document["elements"]["panel-77"] = element
    item = copy.deepcopy(list_items(document)[0])
    item["spec"] |= {"x": 0, "y": 40, "width": 12, "height": 8}
    item["spec"]["element"]["name"] = "panel-77"
    list_items(document).append(item)


def stretch_panel(document: Document) -> None:
    """Make the first panel taller with the mouse: the one below it moves down."""
    items = [item["spec"] for item in list_items(document)]
    old_height = items[0]["height"]
    items[0]["height"] += 4
    for item in items[1:]:
        if item["x"] == items[0]["x"] and item["y"] >= old_height:
            item["y"] += 4


def set_query(document: Document) -> None:
    query = find_panel(document, "Moved")["data"]["spec"]["queries"][0]
    query["spec"]["query"]["spec"]["expr"] = "rate(moved[5m])"


def add_variable(document: Document) -> None:
    spec = {"name": "shelf", "query": "a", "current": {"text": "a", "value": "a"}}
    document["variables"].append({"kind": "TextVariable", "spec": spec})


def set_default_value(document: Document) -> None:
    current = {"text": "other", "value": "other"}
    document["variables"][0]["spec"]["current"] = current


PATCHES: dict[str, tuple[str, Edit, list[str]]] = {
    "a row renamed": (ROWS, rename_section(0, "Storage"), ['-"Shelves",', '+"Storage",']),
    "a row opened": (
        ROWS,
        close_row(1, is_closed=False),
        [
            '-Row("Orders", [raw("stat", "Open", ["sum(open)"])], collapsed=True),',
            '+Row("Orders", [raw("stat", "Open", ["sum(open)"])]),',
        ],
    ),
    "a row closed": (ROWS, close_row(0, is_closed=True), ["+collapsed=True,"]),
    "a row repeated": (ROWS, repeat_row("shelf"), ['+repeat="shelf",']),
    "a row repeated for another variable": (
        REPEATED_ROWS,
        repeat_row("store"),
        [
            '-Row("Orders", [raw("stat", "Open", ["sum(open)"])], repeat="shelf"),',
            '+Row("Orders", [raw("stat", "Open", ["sum(open)"])], repeat="store"),',
        ],
    ),
    "a row no longer repeated": (
        REPEATED_ROWS,
        repeat_row(""),
        [
            '-Row("Orders", [raw("stat", "Open", ["sum(open)"])], repeat="shelf"),',
            '+Row("Orders", [raw("stat", "Open", ["sum(open)"])]),',
        ],
    ),
    "rows to tabs": (
        ROWS.replace(", collapsed=True", ""),
        turn_rows_into_tabs,
        ['+layout="tabs",'],
    ),
    "tabs to rows": (
        ROWS.replace(", collapsed=True", "").replace(
            "    rows=[\n", '    layout="tabs",\n    rows=[\n'
        ),
        turn_tabs_into_rows,
        ['-layout="tabs",'],
    ),
    "a tab renamed": (TABS, rename_section(0, "Storage"), ['-"Shelves",', '+"Storage",']),
    "a tab of rows renamed": (
        TABS,
        rename_section(2, "Rest"),
        [
            '-Row("Old", [raw("stat", "Age", ["max(age)"])], tab="More", collapsed=True),',
            '+Row("Old", [raw("stat", "Age", ["max(age)"])], tab="Rest", collapsed=True),',
        ],
    ),
    "a panel of a tab removed": (
        TABS,
        remove_panel("Lost"),
        ['-raw("timeseries", "Lost", ["sum(lost)"]),'],
    ),
    "a query in a tab": (
        TABS,
        set_query,
        [
            '-raw("timeseries", "Moved", ["sum(moved)"]),',
            '+raw("timeseries", "Moved", ["rate(moved[5m])"]),',
        ],
    ),
    "the title of a panel in a tab": (
        TABS,
        lambda document: find_panel(document, "Moved").update(title="Carried"),
        [
            '-raw("timeseries", "Moved", ["sum(moved)"]),',
            '+raw("timeseries", "Carried", ["sum(moved)"]),',
        ],
    ),
    "a taller panel": (ROWS, stretch_panel, []),
    "a taller panel in a tab": (TABS, stretch_panel, []),
    "a new panel": (ROWS, add_panel, []),
    "a new panel in a tab": (TABS, add_panel, []),
    "a new variable": (
        TABS,
        add_variable,
        ['+variables=[{"name": "shelf", "type": "textbox", "query": "a"}],'],
    ),
    "the default value of a variable": (
        ROWS,
        set_default_value,
        ['+{**variables.datasource(), "current": {"text": "other", "value": "other"}},'],
    ),
}


@pytest.mark.parametrize("name", PATCHES)
def test_an_edit_becomes_a_patch_after_which_nothing_but_ids_differs(name: str) -> None:
    text, edit, changes = PATCHES[name]
    patch, stored = patch_edit(text, edit)
    assert (patch.differences, patch.diff != "") == ((), True), patch.diff
    assert set(changes) <= set(list_changes(patch)), patch.diff
    built = build_v2_document(patch.text)
    assert not describe_differences(stored, built) or describe_id_changes(stored, built), patch.diff


def add_condition(document: Document) -> None:
    """Show a panel only while its query returns data."""
    condition = {"kind": "ConditionalRenderingData", "spec": {"value": True}}
    spec = {"condition": "and", "items": [condition], "visibility": "show"}
    list_items(document)[1]["spec"]["conditionalRendering"] = {
        "kind": "ConditionalRenderingGroup",
        "spec": spec,
    }


def place_automatically(document: Document) -> None:
    """An auto grid of columns that no definition can say, in the place of the first row's grid."""
    items = [
        {"kind": "AutoGridLayoutItem", "spec": {"element": item["spec"]["element"]}}
        for item in list_items(document)
    ]
    list_rows(document)[0]["layout"] = {
        "kind": "AutoGridLayout",
        "spec": {"columnWidth": 300, "columnWidthMode": "custom", "items": items},
    }


def put_row_into_tab(document: Document) -> None:
    """The first row holds a tab, which no definition can say."""
    row = list_rows(document)[0]
    tab = {"kind": "TabsLayoutTab", "spec": {"layout": row["layout"], "title": "Inner"}}
    row["layout"] = {"kind": "TabsLayout", "spec": {"tabs": [tab]}}


REFUSALS: dict[str, tuple[str, Edit, str]] = {
    "a condition": (ROWS, add_condition, "condition added to panel 'Empty'"),
    "an auto grid": (ROWS, place_automatically, "in row 'Shelves'"),
    "a tab in a row": (ROWS, put_row_into_tab, "tab 'Inner' added in row 'Shelves'"),
    "tabs of rows to rows": (TABS, turn_tabs_into_rows, "row 'More' in place of a tab"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_no_definition_can_say_is_named_as_the_plan_names_it(name: str) -> None:
    text, edit, phrase = REFUSALS[name]
    patch, stored = patch_edit(text, edit)
    assert patch.diff == ""
    assert any(phrase in difference for difference in patch.differences), patch.differences
    assert list(patch.differences) == describe_differences(build_v2_document(text), stored)


@pytest.mark.parametrize("text", [ROWS, TABS])
def test_what_the_browser_adds_by_itself_is_no_difference(text: str) -> None:
    def save(document: Document) -> None:
        document["variables"][0]["spec"]["allowCustomValue"] = True

    patch, _ = patch_edit(text, save)
    assert (patch.diff, patch.differences, patch.notes) == ("", (), ())


def test_a_part_that_cannot_be_patched_is_still_a_difference() -> None:
    def edit(document: Document) -> None:
        rename_section(0, "Storage")(document)
        add_condition(document)

    patch, _ = patch_edit(ROWS, edit)
    assert '"Storage",' in patch.text
    assert patch.differences == ("condition added to panel 'Empty'",)


def test_an_element_without_an_id_in_its_name_leaves_the_places_of_the_others() -> None:
    def edit(document: Document) -> None:
        element = copy.deepcopy(document["elements"][next(iter(document["elements"]))])
        element["spec"] |= {"id": 5, "title": "Other"}
        document["elements"]["other"] = element
        item = copy.deepcopy(list_items(document)[0])
        item["spec"]["element"]["name"] = "other"
        item["spec"]["y"] = 60
        list_items(document).insert(0, item)

    patch, _ = patch_edit(ROWS, edit)
    assert patch.diff == ""
    assert any("'Other' added" in difference for difference in patch.differences)
