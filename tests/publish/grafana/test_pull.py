"""A dashboard as Grafana holds it, as a definition."""

from typing import Any

import pytest
from hypothesis import given, settings

from tailboard.dashboards.folder import FOLDER_ANNOTATION, validate_folder
from tailboard.dashboards.passes.read import read_folder
from tailboard.publish.grafana.api import LiveDashboard, LiveFolder
from tailboard.publish.grafana.checksum import compute_checksum
from tailboard.publish.grafana.folders import build_folder_uid
from tailboard.publish.grafana.marker import add_marker, find_marker
from tailboard.publish.grafana.pull import build_definition, format_folder_path
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
@settings(deadline=None)
def test_any_document_can_be_pulled(document: Document) -> None:
    assert compute_checksum(convert_to_definition(document)["spec"]) == compute_checksum(document)
