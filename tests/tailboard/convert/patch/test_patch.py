"""An edit in the browser becomes the change of the definition that a person would make."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.patch import Patch, build_patch
from tailboard.convert.patch.tracing import trace_definition
from tailboard.dashboards import build_document
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.panels.definition_error import DefinitionError

Document = dict[str, Any]
Panels = dict[str, Document]

DEFINITION = '''\
"""Orders."""

from tailboard import Dashboard, Objectives, Row, Service
from tailboard.panels import Query, errors, latency, traffic
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.kinds import raw, timeseries

ORDERS = Service(
    "orders",
    selector={"job": "orders-api"},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.99: 1.0}, availability=0.999),
)
DEPTH = timeseries(
    "Queue depth",
    [Query("sum(queue_depth)", "depth")],
    description="What waits.",
    unit="short",
    thresholds=[(100, "red")],
)


def build_lag(topic: str) -> dict[str, object]:
    return raw("stat", f"Lag of {topic}", [f"lag{{topic='{topic}'}}"], unit="s")


dashboard = Dashboard(
    "Orders",
    uid="orders",
    rows=[
        Row("Signals", [latency.percentiles(ORDERS), errors.ratio(ORDERS), traffic.rate(ORDERS)]),
        Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="s")]),
        Row(
            "Kafka",
            [
                build_lag("mails"),
                build_lag("orders"),
            ],
        ),
    ],
)
'''
PATH = Path("orders.py")
NEW_PANEL = {
    "type": "stat",
    "title": "Failures",
    "datasource": {"type": "prometheus", "uid": "${datasource}"},
    "targets": [{"expr": "sum(failures)", "refId": "A"}],
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 40},
    "id": 4711,
}


def build_live_document(text: str = DEFINITION) -> Document:
    return copy.deepcopy(build_document(trace_definition(text, PATH, "orders").dashboard))


def patch_edit(
    edit: Callable[[Panels, Document], None], text: str = DEFINITION, *, is_v2: bool = False
) -> Patch:
    """The patch for an edit of the panels, by their titles, or of the document."""
    document = build_live_document(text)
    edit({panel["title"]: panel for panel in document["panels"]}, document)
    live = convert_document(document) if is_v2 else document
    return build_patch(PATH, text, live)


def list_changes(patch: Patch) -> list[str]:
    """The lines of a diff that are taken out or put in."""
    return [
        line[0] + line[1:].strip()
        for line in patch.diff.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]


def set_value(panel: Any, *path: Any) -> None:
    *parents, name, value = path
    for parent in parents:
        panel = panel[parent] if isinstance(panel, list) else panel.setdefault(parent, {})
    panel[name] = value


EDITS: dict[str, tuple[Callable[[Panels, Document], None], list[str]]] = {
    "the title of a panel": (
        lambda panels, _: set_value(panels["Age"], "title", "Oldest"),
        [
            '-Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="s")]),',
            '+Row("Queue", [DEPTH, raw("stat", "Oldest", ["max(age)"], unit="s")]),',
        ],
    ),
    "a description": (
        lambda panels, _: set_value(panels["Queue depth"], "description", "All that waits."),
        ['-description="What waits.",', '+description="All that waits.",'],
    ),
    "a unit": (
        lambda panels, _: set_value(
            panels["Age"], "fieldConfig", "defaults", "unit", "dtdurations"
        ),
        [
            '-Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="s")]),',
            '+Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="dtdurations")]),',
        ],
    ),
    "a query": (
        lambda panels, _: set_value(panels["Queue depth"], "targets", 0, "expr", "max(depth)"),
        [
            '-[Query("sum(queue_depth)", "depth")],',
            '+[Query("max(depth)", "depth")],',
        ],
    ),
    "a legend": (
        lambda panels, _: set_value(panels["Queue depth"], "targets", 0, "legendFormat", "all"),
        ['-[Query("sum(queue_depth)", "depth")],', '+[Query("sum(queue_depth)", "all")],'],
    ),
    "a query that somebody added": (
        lambda panels, _: panels["Queue depth"]["targets"].append(
            {
                "datasource": panels["Queue depth"]["datasource"],
                "disableTextWrap": False,
                "editorMode": "builder",
                "expr": "max(depth)",
                "fullMetaSearch": False,
                "hide": False,
                "includeNullMetadata": True,
                "instant": False,
                "legendFormat": "deepest",
                "range": True,
                "refId": "B",
            }
        ),
        [
            '-[Query("sum(queue_depth)", "depth")],',
            '+[Query("sum(queue_depth)", "depth"), Query("max(depth)", "deepest")],',
        ],
    ),
    "a threshold": (
        lambda panels, _: set_value(
            panels["Queue depth"], "fieldConfig", "defaults", "thresholds", "steps", 1, "value", 200
        ),
        ['-thresholds=[(100, "red")],', '+thresholds=[(200, "red")],'],
    ),
    "a threshold that is an objective": (
        lambda panels, _: set_value(
            panels["Latency percentiles"],
            *("fieldConfig", "defaults", "thresholds", "steps", 1, "value", 0.5),
        ),
        [
            "-objectives=Objectives(latency={0.99: 1.0}, availability=0.999),",
            "+objectives=Objectives(latency={0.99: 0.5}, availability=0.999),",
        ],
    ),
    "the title of a ready-made panel": (
        lambda panels, _: set_value(panels["Latency percentiles"], "title", "Latency"),
        ["+import attr", "+", '+attr.evolve(latency.percentiles(ORDERS), title="Latency"),'],
    ),
    "a query of a ready-made panel": (
        lambda panels, _: set_value(
            panels["Requests per second"], "targets", 0, "expr", "sum(rate(orders_total[5m]))"
        ),
        [
            "+from tailboard.panels.query import build_target",
            "+traffic.rate(ORDERS),",
            '+targets=[build_target(Query("sum(rate(orders_total[5m]))", "orders"))],',
        ],
    ),
    "a query added to a ready-made panel": (
        lambda panels, _: panels["Requests per second"]["targets"].append(
            {"expr": "sum(calls)", "legendFormat": "__auto", "range": True, "refId": "B"}
        ),
        ['+targets=[*traffic.rate(ORDERS).targets, build_target(Query("sum(calls)"))],'],
    ),
    "the order of panels": (
        lambda panels, document: swap_panels(document, "Lag of mails", "Lag of orders"),
        ['-build_lag("orders"),', '+build_lag("orders"),'],
    ),
    "a panel taken out": (
        lambda panels, document: document["panels"].remove(panels["Lag of mails"]),
        ['-build_lag("mails"),'],
    ),
    "a panel of a constant taken out": (
        lambda panels, document: document["panels"].remove(panels["Queue depth"]),
        [
            "-DEPTH = timeseries(",
            '-"Queue depth",',
            '-[Query("sum(queue_depth)", "depth")],',
            '-description="What waits.",',
            '-unit="short",',
            '-thresholds=[(100, "red")],',
            "-)",
            '-Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="s")]),',
            '+[raw("stat", "Age", ["max(age)"], unit="s", size=grid_position(16, 11, 8, 9))],',
        ],
    ),
    "a new panel": (
        lambda panels, document: document["panels"].append(copy.deepcopy(NEW_PANEL)),
        ['+raw("stat", "Failures", ["sum(failures)"], size=grid_position(0, 40, 12, 8)),'],
    ),
    "the title of the dashboard": (
        lambda panels, document: set_value(document, "title", "Shop orders"),
        ['-"Orders",', '+"Shop orders",'],
    ),
    "the refresh of the dashboard": (
        lambda panels, document: set_value(document, "refresh", "5m"),
        ['+refresh="5m",'],
    ),
    "the time range": (
        lambda panels, document: set_value(document, "time", "from", "now-6h"),
        ['+time_from="now-6h",'],
    ),
    "an absolute time range": (
        lambda panels, document: set_value(
            document, "time", {"from": "now-2d/d", "to": "now-1d/d"}
        ),
        ['+extra={"time": {"from": "now-2d/d", "to": "now-1d/d"}},'],
    ),
    "the time zone": (
        lambda panels, document: set_value(document, "timezone", "utc"),
        ['+extra={"timezone": "utc"},'],
    ),
    "a link of the dashboard": (
        lambda panels, document: document.setdefault("links", []).append(
            {"title": "Wiki", "type": "link", "url": "https://wiki.example.org"}
        ),
        ['+links=[{"title": "Wiki", "type": "link", "url": "https://wiki.example.org"}],'],
    ),
    "a new variable": (
        lambda panels, document: document["templating"]["list"].append(
            {"name": "env", "type": "custom", "query": "prod,stage"}
        ),
        ['+variables=[{"name": "env", "type": "custom", "query": "prod,stage"}],'],
    ),
    "the default of the data source": (
        lambda panels, document: set_value(
            document["templating"]["list"][0], "current", {"text": "M", "value": "mimir"}
        ),
        [
            "+from tailboard.dashboards import variables",
            '+variables=[{**variables.datasource(), "current": {"text": "M", "value": "mimir"}}],',
        ],
    ),
    "an annotation": (
        lambda panels, document: document["annotations"]["list"].append({"name": "Deployments"}),
        ['+annotations=[{"name": "Deployments"}],'],
    ),
    "a new row": (
        lambda panels, document: document["panels"].extend(
            [
                {"type": "row", "title": "Rest", "gridPos": {"h": 1, "w": 24, "x": 0, "y": 40}},
                {**NEW_PANEL, "gridPos": {"h": 8, "w": 12, "x": 0, "y": 41}},
            ]
        ),
        [
            '+Row("Rest", [raw("stat", "Failures", ["sum(failures)"], '
            "size=grid_position(0, 26, 12, 8))]),"
        ],
    ),
    "a new row for each value of a variable": (
        lambda panels, document: document["panels"].extend(
            [
                {
                    "type": "row",
                    "title": "Rest",
                    "repeat": "shelf",
                    "gridPos": {"h": 1, "w": 24, "x": 0, "y": 40},
                },
                {**NEW_PANEL, "gridPos": {"h": 8, "w": 24, "x": 0, "y": 41}},
            ]
        ),
        ['+repeat="shelf",'],
    ),
    "a row taken out": (
        lambda panels, document: set_value(
            document,
            "panels",
            [panel for panel in document["panels"] if panel["gridPos"]["y"] < 20],
        ),
        ['-"Kafka",'],
    ),
    "the kind of a panel": (
        lambda panels, _: set_value(panels["Age"], "type", "gauge"),
        ['+Row("Queue", [DEPTH, raw("gauge", "Age", ["max(age)"], unit="s")]),'],
    ),
    "an option of the kind": (
        lambda panels, _: set_value(panels["Age"], "options", "graphMode", "none"),
        [
            '-Row("Queue", [DEPTH, raw("stat", "Age", ["max(age)"], unit="s")]),',
            '+[DEPTH, raw("stat", "Age", ["max(age)"], unit="s", options={"graphMode": "none"})],',
        ],
    ),
}


def swap_panels(document: Document, title: str, other_title: str) -> None:
    """Two panels in the place of each other, and in reading order as Grafana saves them."""
    panels = {panel["title"]: panel for panel in document["panels"]}
    panel, other = panels[title], panels[other_title]
    panel["gridPos"], other["gridPos"] = other["gridPos"], panel["gridPos"]
    document["panels"].sort(key=lambda entry: (entry["gridPos"]["y"], entry["gridPos"]["x"]))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_becomes_the_change_that_a_person_would_make(name: str) -> None:
    edit, changes = EDITS[name]
    patch = patch_edit(edit)
    assert not patch.differences
    assert set(changes) <= set(list_changes(patch)), patch.diff


@pytest.mark.parametrize("name", ["a description", "a threshold", "a panel taken out"])
def test_an_edit_that_grafana_13_saved_in_schema_v2_is_patched_too(name: str) -> None:
    edit, changes = EDITS[name]
    assert set(changes) <= set(list_changes(patch_edit(edit, is_v2=True)))


def test_what_the_browser_writes_into_a_variable_is_no_part_of_its_patch() -> None:
    def edit(_: Panels, document: Document) -> None:
        variable = {"name": "shelf", "query": "a,b", "type": "custom", "label": "Shelf"}
        added = {"allowCustomValue": True, "description": "", "hide": 0, "valuesFormat": "csv"}
        document["templating"]["list"].append({**variable, **added})

    patch = patch_edit(edit)
    assert patch.differences == ()
    assert "allowCustomValue" not in patch.text


CLASS_DEFINITION = """\
from grafanalib.core import TimeSeries
from tailboard import Dashboard, Row
from tailboard.panels import Query

DEPTH = TimeSeries(
    title="Depth",
    targets=[Query("sum(depth)", "depth")],
    unit="short",
    lineWidth=2,
)

dashboard = Dashboard("Orders", uid="orders", rows=[Row("Queue", [DEPTH])])
"""


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (
            ("fieldConfig", "defaults", "custom", "lineWidth", 3),
            ["-lineWidth=2,", "+lineWidth=3,"],
        ),
        (("fieldConfig", "defaults", "unit", "s"), ['-unit="short",', '+unit="s",']),
        (("options", "tooltip", {"mode": "multi"}), ['+tooltipMode="multi",']),
        (
            ("targets", 0, "expr", "max(depth)"),
            [
                '-targets=[Query("sum(depth)", "depth")],',
                '+targets=[Query("max(depth)", "depth")],',
            ],
        ),
        (("gridPos", "w", 12), ["+gridPos=grid_position(0, 1, 12, 8),"]),
    ],
    ids=str,
)
def test_an_edit_of_a_class_of_grafanalib_changes_its_argument(
    path: tuple[Any, ...], changes: list[str]
) -> None:
    patch = patch_edit(lambda panels, _: set_value(panels["Depth"], *path), CLASS_DEFINITION)
    assert not patch.differences
    assert [line for line in list_changes(patch) if "import" not in line] == changes


def test_the_colour_that_a_kind_has_anyway_is_no_difference() -> None:
    def edit(panels: Panels, _: Document) -> None:
        set_value(panels["Age"], "type", "gauge")
        set_value(panels["Age"], "fieldConfig", "defaults", "color", {"mode": "thresholds"})

    patch = patch_edit(edit)
    assert (patch.differences, patch.notes) == ((), ())


def test_a_link_of_the_browser_is_written_without_what_it_does_anyway() -> None:
    link = {
        "asDropdown": False,
        "icon": "external link",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "targetBlank": False,
        "title": "Wiki",
        "tooltip": "",
        "type": "link",
        "url": "https://wiki.example.org",
    }
    patch = patch_edit(lambda _, document: set_value(document, "links", [link]))
    assert patch.differences == ()
    assert '"url": "https://wiki.example.org",' in patch.text
    assert "asDropdown" not in patch.text


def test_what_the_browser_gives_a_new_query_unasked_is_no_difference() -> None:
    edit, _ = EDITS["a query that somebody added"]
    assert patch_edit(edit).notes == ()


def test_panels_at_places_are_compared_in_the_order_in_which_grafana_stores_them() -> None:
    def put_age_above_depth(panels: Panels, document: Document) -> None:
        age, depth = panels["Age"]["gridPos"], panels["Queue depth"]["gridPos"]
        top, height = age["y"], age["h"]
        for panel in document["panels"]:
            if panel["gridPos"]["y"] > top:
                panel["gridPos"]["y"] += height
        age["x"], depth["y"] = 0, top + height
        document["panels"].sort(key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))

    patch = patch_edit(put_age_above_depth)
    assert (patch.differences, patch.diff != "") == ((), True)


def test_a_constant_that_is_taken_out_leaves_the_empty_lines_of_one_definition() -> None:
    text = DEFINITION.replace("DEPTH = timeseries(", "\nDEPTH = timeseries(")
    edit, _ = EDITS["a panel of a constant taken out"]
    assert ")\n\n\ndef build_lag" in patch_edit(edit, text).text


def test_the_last_annotation_that_is_taken_out_takes_its_import_along() -> None:
    text = DEFINITION.replace(
        "from tailboard.panels import Query",
        "from tailboard.dashboards import annotations\nfrom tailboard.panels import Query",
    ).replace('uid="orders",', 'uid="orders",\n    annotations=[annotations.deployments()],')
    patch = patch_edit(lambda _, document: set_value(document, "annotations", {"list": []}), text)
    assert patch.differences == ()
    assert patch.text == DEFINITION


def test_what_does_not_fit_into_a_line_is_laid_out_as_ruff_does() -> None:
    text = DEFINITION.replace(
        "[latency.percentiles(ORDERS), errors.ratio(ORDERS), traffic.rate(ORDERS)]),",
        "[\n                traffic.rate(ORDERS),\n            ]),",
    ).replace("import Query, errors, latency, traffic", "import Query, traffic")
    expression = " + ".join(f"sum(rate(orders_{number}_total[5m]))" for number in range(5))
    patch = patch_edit(
        lambda panels, _: set_value(
            panels["Requests per second"], "targets", 0, "expr", expression
        ),
        text,
    )
    assert patch.differences == ()
    assert "                attr.evolve(\n                    traffic.rate(ORDERS),\n" in patch.text
    assert "                    targets=[\n" in patch.text
    assert max(map(len, patch.text.splitlines())) <= 100


def test_an_import_is_put_where_ruff_sorts_it() -> None:
    text = add_imports("from tailboard.panels import errors, latency\n", {"Query"})
    assert text == "from tailboard.panels import Query, errors, latency\n"


def test_nothing_is_changed_where_nobody_edited() -> None:
    patch = patch_edit(lambda panels, document: None)
    assert (patch.diff, patch.differences, patch.notes) == ("", (), ())


def test_what_an_objective_changes_besides_is_said() -> None:
    def edit(panels: Panels, _: Document) -> None:
        defaults = panels["Error ratio (5xx)"]["fieldConfig"]["defaults"]
        defaults["thresholds"]["steps"][1]["value"] = 0.002

    patch = patch_edit(edit)
    assert "availability=0.998" in patch.text


def test_a_panel_of_a_loop_is_not_patched_in_silence() -> None:
    before, _, rest = DEFINITION.partition('            [\n                build_lag("mails")')
    _, _, after = rest.partition("],\n")
    text = f'{before}            [build_lag(topic) for topic in ("mails", "orders")],\n{after}'
    patch = patch_edit(lambda panels, _: set_value(panels["Lag of mails"], "title", "Mails"), text)
    assert patch.diff == ""
    assert any("Mails" in difference for difference in patch.differences)
    assert any("is one of 2 panels that line" in note for note in patch.notes)


def test_the_title_of_a_dashboard_of_the_library_is_replaced() -> None:
    text = """\
from tailboard import Service
from tailboard.dashboards import library
from tailboard.panels.conventions import PROMETHEUS_CLIENT

dashboard = library.overview(
    Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)
)
"""
    uid = "orders-overview"
    document = copy.deepcopy(build_document(trace_definition(text, PATH, uid).dashboard))
    document["title"] = "Orders at a glance"
    patch = build_patch(PATH, text, document)
    assert patch.text.startswith("from dataclasses import replace\n\nfrom tailboard import")
    assert "dashboard = replace(\n    library.overview(" in patch.text
    assert patch.differences == ()


def test_a_definition_of_services_alone_takes_objectives() -> None:
    text = """\
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [
    Service(
        "orders",
        selector={"job": "orders"},
        convention=PROMETHEUS_CLIENT,
        objectives=Objectives(latency={0.99: 1.0}),
    )
]
"""
    document = copy.deepcopy(
        build_document(trace_definition(text, PATH, "orders-overview").dashboard)
    )
    (panel,) = [panel for panel in document["panels"] if panel["title"] == "Latency percentiles"]
    panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] = 0.4
    patch = build_patch(PATH, text, document)
    assert "objectives=Objectives(latency={0.99: 0.4})," in patch.text


def test_a_definition_that_declares_another_dashboard_is_refused() -> None:
    document = {**build_live_document(), "uid": "other"}
    with pytest.raises(DefinitionError, match="does not declare the dashboard other"):
        build_patch(PATH, DEFINITION, document)


def test_a_definition_that_is_not_python_is_refused_in_a_sentence() -> None:
    with pytest.raises(DefinitionError, match="it is not Python"):
        build_patch(PATH, "dashboard = (", build_live_document())
