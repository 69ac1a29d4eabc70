"""A dashboard as Grafana holds it, as a definition."""

from typing import Any

import pytest
from hypothesis import given, settings

from tailboard.dashboards.folder import NOTE, checked_folder
from tailboard.dashboards.passes.source import folder_of
from tailboard.publish.grafana.api import Stored, StoredFolder
from tailboard.publish.grafana.folders import folder_uid
from tailboard.publish.grafana.marker import mark_of, marked
from tailboard.publish.grafana.noise import checksum
from tailboard.publish.grafana.pulling import definition_of, folder_path
from tests.publish.grafana.documents import ORDERS, Document, mutilated, orders

SHOP, DEEP = folder_uid("Shop", "a"), folder_uid("Shop/Orders", "a")
THERE = {
    SHOP: StoredFolder(SHOP, "Shop"),
    DEEP: StoredFolder(DEEP, "Orders", SHOP),
    "theirs": StoredFolder("theirs", "Shop"),
    "slash": StoredFolder("slash", "Shop/Orders"),
    "one": StoredFolder("one", "One", "other"),
    "other": StoredFolder("other", "Other", "one"),
}


@pytest.mark.parametrize(
    ("uid", "path"),
    [
        ("", ""),
        (SHOP, "Shop"),
        (DEEP, "Shop/Orders"),
        ("theirs", "uid:theirs"),
        ("slash", "uid:slash"),
        ("nowhere", "uid:nowhere"),
        ("one", "uid:one"),
    ],
    ids=["root", "ours", "nested", "a twin's", "a slash", "unseen", "a circle"],
)
def test_a_folder_is_named_so_that_it_is_found_again(uid: str, path: str) -> None:
    assert folder_path(uid, THERE, "a") == path
    assert folder_uid(checked_folder(path), "a") == uid


def test_a_folder_of_another_owner_is_named_by_its_uid() -> None:
    assert folder_path(SHOP, THERE, "b") == f"uid:{SHOP}"


def test_a_folder_that_was_renamed_is_named_by_its_uid() -> None:
    renamed = {SHOP: StoredFolder(SHOP, "Store")}
    assert folder_path(SHOP, renamed, "a") == f"uid:{SHOP}"


def pulled(document: Document, folder: str = "") -> Any:
    """What pulling makes of a dashboard."""
    return definition_of(Stored("orders", document, folder), THERE, "a")


def test_a_definition_keeps_its_uid_and_folder() -> None:
    made = pulled(marked(orders(), "a", DEEP), DEEP)
    assert made["metadata"] == {"name": "orders", "annotations": {NOTE: "Shop/Orders"}}
    assert folder_of(made) == "Shop/Orders"


def test_a_definition_in_no_folder_names_none() -> None:
    assert pulled(orders())["metadata"] == {"name": "orders"}


def test_a_definition_is_clean_of_what_a_server_adds() -> None:
    spec = pulled(marked(orders(), "a", ""))["spec"]
    assert mark_of(spec) is None
    assert {"id", "uid", "version"}.isdisjoint(spec)
    assert "pluginVersion" not in spec["panels"][1]
    assert "pluginVersion" not in spec["panels"][3]["panels"][0]


def test_a_definition_keeps_what_people_mean() -> None:
    assert checksum(pulled(marked(orders(), "a", ""))["spec"]) == checksum(ORDERS)


@given(mutilated)
@settings(deadline=None)
def test_any_document_can_be_pulled(document: Document) -> None:
    assert checksum(pulled(document)["spec"]) == checksum(document)
