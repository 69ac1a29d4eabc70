"""A dashboard as Grafana holds it, as a definition."""

from typing import Any

import pytest
from hypothesis import given

from tailboard.dashboards.document import build_document
from tailboard.dashboards.folder import FOLDER_ANNOTATION, validate_folder
from tailboard.dashboards.passes.read import read_folder
from tailboard.publish.grafana.api import LiveDashboard, LiveFolder, RefusedError
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.marker import add_marker, find_marker
from tailboard.publish.grafana.plan.folders import build_folder_uid
from tailboard.publish.grafana.pull import (
    SCHEMA_CHOICES,
    V1_SCHEMA,
    build_definition,
    format_folder_path,
    has_overlapping_panels,
)
from tests.publish.grafana.documents.schema_v2.sample_documents import (
    build_rows_document,
    turn_rows_into_tabs,
)
from tests.publish.grafana.sample_documents import (
    ORDERS_DOCUMENT,
    Document,
    copy_orders,
    mutilated_documents,
)

SHOP_UID, NESTED_UID = build_folder_uid("Shop", "a"), build_folder_uid("Shop/Orders", "a")
STORED_FOLDERS = {
    SHOP_UID: LiveFolder(SHOP_UID, "Shop"),
    NESTED_UID: LiveFolder(NESTED_UID, "Orders", SHOP_UID),
    "theirs": LiveFolder("theirs", "Shop"),
    "slash": LiveFolder("slash", "Shop/Orders"),
    "one": LiveFolder("one", "One", "other"),
    "other": LiveFolder("other", "Other", "one"),
}


@pytest.mark.parametrize(
    ("uid", "path"),
    [
        ("", ""),
        (SHOP_UID, "Shop"),
        (NESTED_UID, "Shop/Orders"),
        ("theirs", "uid:theirs"),
        ("slash", "uid:slash"),
        ("nowhere", "uid:nowhere"),
        ("one", "uid:one"),
    ],
    ids=["root", "ours", "nested", "a twin's", "a slash", "unseen", "a circle"],
)
def test_a_folder_is_named_so_that_it_is_found_again(uid: str, path: str) -> None:
    assert format_folder_path(uid, STORED_FOLDERS, "a") == path
    assert build_folder_uid(validate_folder(path), "a") == uid


def test_a_folder_of_another_owner_is_named_by_its_uid() -> None:
    assert format_folder_path(SHOP_UID, STORED_FOLDERS, "b") == f"uid:{SHOP_UID}"


def test_a_folder_that_was_renamed_is_named_by_its_uid() -> None:
    renamed = {SHOP_UID: LiveFolder(SHOP_UID, "Store")}
    assert format_folder_path(SHOP_UID, renamed, "a") == f"uid:{SHOP_UID}"


def convert_to_definition(document: Document, folder: str = "") -> Any:
    """What pulling makes of a dashboard."""
    live = LiveDashboard("orders", document, folder)
    return build_definition(live, STORED_FOLDERS, "a").resource


def test_a_definition_keeps_its_uid_and_folder() -> None:
    definition = convert_to_definition(add_marker(copy_orders(), "a", NESTED_UID), NESTED_UID)
    assert definition["metadata"] == {
        "name": "orders",
        "annotations": {FOLDER_ANNOTATION: "Shop/Orders"},
    }
    assert read_folder(definition) == "Shop/Orders"


def test_a_definition_in_no_folder_names_none() -> None:
    assert convert_to_definition(copy_orders())["metadata"] == {"name": "orders"}


def test_a_definition_is_clean_of_what_a_server_adds() -> None:
    spec = convert_to_definition(add_marker(copy_orders(), "a", ""))["spec"]
    assert find_marker(spec) is None
    assert {"id", "uid", "version"}.isdisjoint(spec)
    assert "pluginVersion" not in spec["panels"][1]
    assert "pluginVersion" not in spec["panels"][3]["panels"][0]


def test_a_definition_keeps_what_people_mean() -> None:
    assert compute_checksum(
        convert_to_definition(add_marker(copy_orders(), "a", ""))["spec"]
    ) == compute_checksum(ORDERS_DOCUMENT)


@given(mutilated_documents)
def test_any_document_can_be_pulled(document: Document) -> None:
    assert compute_checksum(convert_to_definition(document)["spec"]) == compute_checksum(document)


def test_panels_that_stand_on_each_other_are_pulled_where_grafana_draws_them() -> None:
    position = {"h": 8, "w": 12, "x": 0, "y": 0}
    document = copy_orders()
    document["panels"] = [
        {"gridPos": {**position, "y": -1}, "title": "A", "type": "text"},
        {"gridPos": position, "title": "B", "type": "text"},
        {"gridPos": {**position, "x": 20}, "title": "C", "type": "text"},
        {"title": "flows", "type": "text"},
        {"gridPos": {"h": 8, "w": "wide"}, "title": "no place", "type": "text"},
    ]
    panels = convert_to_definition(document)["spec"]["panels"]
    assert [panel.get("gridPos") for panel in panels] == [
        {"h": 8, "w": 12, "x": 0, "y": 0},
        {"h": 8, "w": 12, "x": 0, "y": 8},
        {"h": 8, "w": 12, "x": 12, "y": 0},
        None,
        {"h": 8, "w": "wide"},
    ]


@pytest.mark.parametrize("schema", SCHEMA_CHOICES)
def test_what_the_server_could_not_show_is_not_pulled(schema: str) -> None:
    live = LiveDashboard("orders", copy_orders(), read_problem="stored in schema v3")
    with pytest.raises(RefusedError, match="stored in schema v3"):
        build_definition(live, STORED_FOLDERS, "a", schema)


def test_a_document_of_schema_v2_is_pulled_in_it_and_whole() -> None:
    document = build_rows_document()
    live = LiveDashboard("orders", add_marker(document, "a", ""), stored_version="v2beta1")
    definition = build_definition(live, STORED_FOLDERS, "a")
    assert not definition.losses
    spec = {name: document[name] for name in document if name not in {"apiVersion", "uid"}}
    assert definition.resource == {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "orders"},
        "spec": spec,
    }


def test_a_document_of_schema_v2_is_flattened_on_request_with_what_is_lost() -> None:
    document = build_rows_document()
    turn_rows_into_tabs(document)
    live = LiveDashboard("orders", document, stored_version="v2beta1")
    definition = build_definition(live, STORED_FOLDERS, "a", V1_SCHEMA)
    assert [loss.place for loss in definition.losses] == ["tab 'Service'", "tab 'Routes'"]
    assert definition.resource["apiVersion"] == "dashboard.grafana.app/v1beta1"
    build_document(definition.resource)


def test_a_panel_that_the_browser_stores_on_another_one_is_told() -> None:
    def build_panels(*tops: int) -> list[dict[str, Any]]:
        return [{"type": "stat", "gridPos": {"x": 0, "y": y, "w": 12, "h": 8}} for y in tops]

    assert has_overlapping_panels({"panels": build_panels(0, 4)})
    assert not has_overlapping_panels({"panels": build_panels(0, 8)})
