"""Edits of panels whose code other panels and dashboards share: nothing else changes unsaid."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailboard.convert.patch.patch import Patch, build_patch
from tailboard.convert.patch.tracing import trace_definition
from tailboard.dashboards import build_document
from tailboard.dashboards.schema_v2.convert import convert_document
from tests.tailboard.convert.patch.test_patch import list_changes, set_value

Document = dict[str, Any]
Edit = Callable[[Document], None]

PATH = Path("shop.py")
SHOP = '''\
"""The shop and its mails."""

from tailboard import Dashboard, Objectives, Row, Service
from tailboard.panels import Query, errors, latency
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.kinds import raw, stat, timeseries

OBJECTIVES = Objectives(latency={0.95: 0.5, 0.99: 1.0})  # agreed in March
SHOP = Service(
    "shop", selector={"job": "shop"}, convention=PROMETHEUS_CLIENT, objectives=OBJECTIVES
)
MAIL = Service("mail", selector={"job": "mail"}, convention=PROMETHEUS_CLIENT)
AGE = raw("stat", "Age", ["max(age)"], unit="s")
RATE = timeseries("Rate", [Query("sum(rate(a[5m]))")], description="All.", unit="ops")


def build_depth(queue):
    """How many messages wait."""
    return timeseries(
        f"Depth of {queue}",
        [Query(f'sum(depth{{queue="{queue}"}})')],
        description="What waits.",
        unit="short",  # messages
    )


def build_signals(service):
    return Row(f"Signals of {service.name}", [latency.percentiles(service), errors.ratio(service)])


dashboards = [
    Dashboard(
        "Shop",
        uid="shop",
        rows=[
            build_signals(SHOP),
            Row("Queues", [build_depth(queue) for queue in ("mails", "orders")]),
            Row(
                "Hand",
                [
                    # first the age
                    AGE,
                    stat("Up", [Query("sum(up)")], description="", unit="short"),  # how many
                    RATE,
                    build_depth("returns"),
                ],
            ),
        ],
    ),
    Dashboard("Mail", uid="mail", rows=[build_signals(MAIL), Row("Mail", [AGE, RATE])]),
]
'''


def find_panel(document: Document, title: str) -> Document:
    """The panel of a title."""
    panels: list[Document] = document["panels"]
    return next(panel for panel in panels if panel["title"] == title)


def patch_edit(edit: Edit, text: str = SHOP, *, is_v2: bool = False) -> Patch:
    """The patch for an edit of the dashboard `shop`."""
    document = copy.deepcopy(build_document(trace_definition(text, PATH, "shop").dashboard))
    edit(document)
    return build_patch(PATH, text, convert_document(document) if is_v2 else document)


def move_panel(document: Document, title: str, row_title: str) -> None:
    """Put a panel below those of another row, which is above its own."""
    panel = find_panel(document, title)
    document["panels"].remove(panel)
    index = document["panels"].index(find_panel(document, row_title)) + 1
    while document["panels"][index]["type"] != "row":
        index += 1
    top = document["panels"][index]["gridPos"]["y"]
    panel["gridPos"] |= {"x": 0, "y": top}
    for below in document["panels"][index:]:
        below["gridPos"]["y"] += panel["gridPos"]["h"]
    document["panels"].insert(index, panel)


def set_field(title: str, *path: Any) -> Edit:
    """An edit that sets a field of a panel."""
    return lambda document: set_value(find_panel(document, title), *path)


UNIT = ("fieldConfig", "defaults", "unit")


def set_units_of_depths(document: Document) -> None:
    """Another unit of every panel that a function builds."""
    for queue in ("mails", "orders", "returns"):
        set_field(f"Depth of {queue}", *UNIT, "none")(document)


PATCHES: dict[str, tuple[Edit, list[str]]] = {
    "a constant of JSON that another dashboard has": (
        set_field("Age", *UNIT, "m"),
        ["-AGE,", '+raw("stat", "Age", ["max(age)"], unit="m"),'],
    ),
    "a constant that another dashboard has": (
        set_field("Rate", "description", "Jobs."),
        ["+", "+import attr", "-RATE,", '+attr.evolve(RATE, description="Jobs."),'],
    ),
    "a panel of a function": (
        set_field("Depth of returns", *UNIT, "none"),
        [
            "+",
            "+import attr",
            '-build_depth("returns"),',
            '+attr.evolve(build_depth("returns"), unit="none"),',
        ],
    ),
    "all panels of a function": (
        set_units_of_depths,
        ['-unit="short",  # messages', '+unit="none",  # messages'],
    ),
    "the title of a row that a function builds": (
        lambda document: set_value(find_panel(document, "Signals of shop"), "title", "Golden"),
        [
            "+",
            "+from dataclasses import replace",
            "-build_signals(SHOP),",
            '+replace(build_signals(SHOP), title="Golden"),',
        ],
    ),
}


@pytest.mark.parametrize("name", PATCHES)
def test_an_edit_changes_the_code_of_its_panel_alone(name: str) -> None:
    edit, changes = PATCHES[name]
    patch = patch_edit(edit)
    assert (patch.differences, list_changes(patch)) == ((), changes), patch.diff
    old, new = (
        build_document(trace_definition(text, PATH, "mail").dashboard)
        for text in (SHOP, patch.text)
    )
    assert old == new


@pytest.mark.parametrize("is_v2", [False, True])
def test_a_panel_that_was_moved_is_taken_out_of_one_row_and_put_into_another(is_v2: bool) -> None:
    patch = patch_edit(lambda document: move_panel(document, "Up", "Queues"), is_v2=is_v2)
    assert patch.differences == ()
    queues, _, hand = patch.text.partition('                "Hand",\n')
    assert ('"Up"' in queues, '"Up"' in hand) == (True, False)


@pytest.mark.parametrize("is_v2", [False, True])
def test_a_panel_that_a_function_builds_is_not_doubled_where_it_was_moved_to(is_v2: bool) -> None:
    patch = patch_edit(
        lambda document: move_panel(document, "Error ratio (5xx)", "Queues"), is_v2=is_v2
    )
    assert patch.text.count("errors.ratio") == 1
    assert patch.differences


@pytest.mark.parametrize("is_v2", [False, True])
def test_the_order_of_tags_is_no_difference(is_v2: bool) -> None:
    def edit(document: Document) -> None:
        document["tags"] = ["tailboard", "prod"]

    patch = patch_edit(edit, is_v2=is_v2)
    assert list_changes(patch) == ['+tags=["prod"],']
    assert patch.differences == ()
    assert patch.notes == ()


@pytest.mark.parametrize("is_v2", [False, True])
def test_a_new_panel_stands_behind_those_of_a_loop(is_v2: bool) -> None:
    def edit(document: Document) -> None:
        panel = copy.deepcopy(find_panel(document, "Age"))
        panel |= {"id": 5, "title": "New", "gridPos": {"h": 8, "w": 24, "x": 0, "y": 20}}
        (index,) = (i for i, row in enumerate(document["panels"]) if row["title"] == "Hand")
        for below in document["panels"][index:]:
            below["gridPos"]["y"] += 8
        document["panels"].insert(index, panel)

    patch = patch_edit(edit, is_v2=is_v2)
    assert patch.differences == ()
    assert '                *(build_depth(queue) for queue in ("mails", "orders")),\n' in patch.text


def test_the_half_second_of_an_objective_is_not_taken_for_the_rest_of_it() -> None:
    def edit(document: Document) -> None:
        defaults = find_panel(document, "Latency percentiles")["fieldConfig"]["defaults"]
        defaults["thresholds"]["steps"][1]["value"] = 0.4

    patch = patch_edit(edit)
    assert "latency={0.95: 0.4, 0.99: 1.0})  # agreed in March" in patch.text


def test_what_an_objective_changes_elsewhere_is_said() -> None:
    text = SHOP.replace("build_signals(MAIL)", "build_signals(SHOP)")

    def edit(document: Document) -> None:
        defaults = find_panel(document, "Latency percentiles")["fieldConfig"]["defaults"]
        defaults["thresholds"]["steps"][2]["value"] = 2

    patch = patch_edit(edit, text)
    assert "0.99: 2.0})" in patch.text
    assert "follows from the patch: the dashboard 'Mail' (mail) changes" in patch.notes


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (set_field("Depth of mails", *UNIT, "none"), "return timeseries("),
        (set_field("Error ratio (5xx)", "title", "Errors"), "errors.ratio(service)"),
        (
            lambda document: document["panels"].remove(find_panel(document, "Error ratio (5xx)")),
            "errors.ratio(service)",
        ),
    ],
)
def test_code_that_builds_other_panels_too_is_named_and_stays(edit: Edit, line: str) -> None:
    patch = patch_edit(edit)
    assert patch.diff == ""
    assert patch.differences
    number = next(i for i, text in enumerate(SHOP.splitlines(), 1) if line in text)
    assert any(f"panels that line {number} builds" in note for note in patch.notes)


def test_panels_that_move_take_their_comments_with_them() -> None:
    def edit(document: Document) -> None:
        first, second = find_panel(document, "Age"), find_panel(document, "Up")
        first["gridPos"], second["gridPos"] = second["gridPos"], first["gridPos"]
        document["panels"].sort(key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))

    patch = patch_edit(edit)
    assert '"short"),  # how many\n                    # first the age\n' in patch.text
    assert patch.differences == ()


def test_a_comment_above_a_panel_stays_when_the_panel_is_taken_out() -> None:
    patch = patch_edit(lambda document: document["panels"].remove(find_panel(document, "Age")))
    assert "# first the age\n" in patch.text
    assert "                    AGE,\n" not in patch.text


FUNCTIONS = """\
import functools

from tailboard import Dashboard, Row
from tailboard.panels.kinds import raw


@functools.cache
def build_panel(name):
    return raw("stat", name, [f"sum({name})"], unit="s")


def main():
    return Dashboard("Shop", uid="shop", rows=[Row("A", [build_panel("a"), build_panel("b")])])


dashboard = main()
"""


def test_a_dashboard_that_a_function_returns_is_patched_in_the_function() -> None:
    patch = patch_edit(lambda document: document.update(title="Our shop"), FUNCTIONS)
    assert 'return Dashboard("Our shop", uid="shop", ' in patch.text


def test_a_panel_of_json_that_a_decorated_function_builds_gets_code_of_its_own() -> None:
    patch = patch_edit(set_field("a", *UNIT, "m"), FUNCTIONS)
    assert 'raw("stat", "a", ["sum(a)"], unit="m"), build_panel("b")]' in patch.text
    patch = patch_edit(set_field("a", "title", "All"), FUNCTIONS)
    assert '{**build_panel("a"), "title": "All"}' in patch.text
    assert patch.differences == ()


def test_a_panel_of_another_module_is_said_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "_parts.py").write_text(
        "from tailboard import Row\n"
        "from tailboard.panels.kinds import raw\n\n"
        "def build_row(*names):\n"
        "    return Row('A', [raw('stat', name, ['sum(a)']) for name in names])\n"
    )
    text = (
        "from _parts import build_row\n"
        "from tailboard import Dashboard\n"
        'dashboard = Dashboard("Shop", uid="shop", rows=[build_row("a", "b")])\n'
    )
    path = tmp_path / "shop.py"
    document = copy.deepcopy(build_document(trace_definition(text, path, "shop").dashboard))
    set_field("a", *UNIT, "m")(document)
    patch = build_patch(path, text, document)
    assert patch.diff == ""
    assert "panel 'a' is built in another module: change it there by hand" in patch.notes
