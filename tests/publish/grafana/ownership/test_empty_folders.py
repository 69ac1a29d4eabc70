"""The folders of another owner that adopting leaves empty: told of, and deleted where asked for."""

from collections.abc import Callable

import pytest

from tests.grafana.conftest import typical_api
from tests.grafana.fault_proxy import FaultProxy, build_refusal
from tests.publish.grafana.ownership.test_pruning import (
    create_alert_rule,
    create_dashboard,
    create_folder,
    create_library_panel,
    create_nested_dashboard,
)
from tests.publish.grafana.publisher import Publisher, read_run_name

PlaceItem = Callable[[Publisher, str], None]
EARLIER_OWNER, CURRENT_OWNER = ("--owner", "before"), ("--owner", "now")
ADOPT_OPTIONS = (*CURRENT_OWNER, "--adopt")
ADOPT_AND_PRUNE_OPTIONS = (*ADOPT_OPTIONS, "--prune")


pytestmark = typical_api


def publish_as_earlier_owner(
    publisher: Publisher, *uids: str, folder: str = "Shop/Orders"
) -> dict[str, str]:
    """Publish as another owner; the folders that this made, by uid."""
    for uid in uids or ("a",):
        publisher.declare_dashboard(uid, folder=folder)
    publisher.run_publish(*EARLIER_OWNER)
    return publisher.grafana.list_folder_titles()


def list_orphans(publisher: Publisher) -> set[str]:
    """The uids of the folders that a plan takes for needed no more."""
    return {
        uid
        for uid, item in publisher.plan_items(*CURRENT_OWNER).items()
        if item["state"] == "orphan"
    }


def test_a_plan_tells_which_folders_adopting_leaves_empty_and_how_to_remove_them(
    publisher: Publisher,
) -> None:
    old_folders = publish_as_earlier_owner(publisher, "a", "b")
    items = publisher.plan_items(*CURRENT_OWNER)
    assert list_orphans(publisher) == set(old_folders)
    for uid in old_folders:
        assert "made for the owner 'before', and empty once" in items[uid]["why"]
        assert "--adopt --prune" in items[uid]["tip"]
    text = publisher.run_command("plan", *CURRENT_OWNER).stderr
    assert "Tip: folder 'Orders', folder 'Shop': publish with --adopt --prune" in text


def test_adopting_keeps_the_empty_folders_and_says_so(publisher: Publisher) -> None:
    old_folders = publish_as_earlier_owner(publisher, folder="Shop")
    run = publisher.run_publish(*ADOPT_OPTIONS)
    [uid] = old_folders
    assert (
        f"kept         folder 'Shop' ({uid}): made for the owner 'before', and empty" in run.stdout
    )
    assert "delete it in the browser" in run.stdout
    assert "1 folder kept" in run.stderr
    assert old_folders.keys() < publisher.grafana.list_folder_titles().keys()
    assert publisher.is_published(*CURRENT_OWNER)


def test_adopting_and_pruning_deletes_the_empty_folders(publisher: Publisher) -> None:
    old_folders = publish_as_earlier_owner(publisher, "a", "b")
    run = publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    assert run.stdout.count("deleted      folder") == 2
    assert not old_folders.keys() & publisher.grafana.list_folder_titles().keys()
    assert publisher.list_folder_paths() == {"a": "Shop/Orders", "b": "Shop/Orders"}
    assert publisher.is_published(*CURRENT_OWNER)


@pytest.mark.parametrize("leave", [("--prune",), ("--force",), ("--prune", "--force"), ()])
def test_what_is_not_adopted_keeps_its_folder(publisher: Publisher, leave: tuple[str, ...]) -> None:
    old_folders = publish_as_earlier_owner(publisher)
    publisher.run_publish(*CURRENT_OWNER, *leave, code=1)
    assert publisher.grafana.list_folder_titles() == old_folders
    assert publisher.list_folder_paths() == {"a": "Shop/Orders"}


def test_the_folder_of_what_another_owner_keeps_is_not_left(publisher: Publisher) -> None:
    old_folders = publish_as_earlier_owner(publisher, "a", "b")
    publisher.delete_definition("b")
    assert not list_orphans(publisher)
    publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    assert old_folders.keys() < publisher.grafana.list_folder_titles().keys()
    assert publisher.grafana.list_folder_uids()["b"] in old_folders


@pytest.mark.parametrize(
    "put",
    [
        create_dashboard,
        create_folder,
        create_nested_dashboard,
        create_alert_rule,
        create_library_panel,
    ],
)
def test_a_folder_with_anything_of_others_is_neither_told_of_nor_deleted(
    publisher: Publisher, put: PlaceItem
) -> None:
    old_folders = publish_as_earlier_owner(publisher, folder="Shop")
    [folder] = old_folders
    put(publisher, folder)
    assert not list_orphans(publisher)
    publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS, "--force")
    assert folder in publisher.grafana.list_folder_titles()
    for uid in ("theirs", "theirs-panel"):
        publisher.grafana.send_request("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        publisher.grafana.send_request("DELETE", f"/api/library-elements/{uid}")


@pytest.mark.parametrize(
    "put", [create_dashboard, create_nested_dashboard, create_alert_rule, create_library_panel]
)
def test_what_others_put_there_after_the_plan_keeps_the_folder(
    publisher: Publisher, put: PlaceItem
) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("needs a hook in the server")
    left = publish_as_earlier_owner(publisher, folder="Shop")
    [folder] = left
    publisher.grafana.memory_server.add_hook("POST", r"/folders$", lambda: put(publisher, folder))
    run = publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    assert "it still holds 1 " in run.stdout
    assert folder in publisher.grafana.list_folder_titles()


def test_a_folder_that_tailboard_did_not_make_is_never_left(publisher: Publisher) -> None:
    publisher.grafana.create_folder("theirs", "Theirs")
    publish_as_earlier_owner(publisher, folder="uid:theirs")
    publisher.declare_dashboard("a", folder="Shop")
    assert not list_orphans(publisher)
    publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    assert "theirs" in publisher.grafana.list_folder_titles()


def test_a_folder_that_is_still_declared_is_not_left(publisher: Publisher) -> None:
    [folder] = publish_as_earlier_owner(publisher, folder="Shop")
    publisher.declare_dashboard("a", folder="Other")
    publisher.declare_dashboard("b", folder=f"uid:{folder}")
    assert not list_orphans(publisher)
    publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    assert publisher.grafana.list_folder_uids()["b"] == folder


def test_an_adoption_that_fails_keeps_its_folder(publisher: Publisher, proxy: FaultProxy) -> None:
    [folder] = publish_as_earlier_owner(publisher, folder="Shop")
    publisher.set_url(proxy.url)
    for method in ("PUT", "POST"):
        # what is stored already is written without the server's validation
        path = r"/dashboards/(db|a)(\?fieldValidation=Ignore)?$"
        proxy.add_fault(build_refusal(403), method=method, path=path)
    run = publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS, code=3)
    assert "it still holds 1 dashboard" in run.stdout
    assert folder in publisher.grafana.list_folder_titles()
    assert publisher.grafana.list_folder_uids() == {"a": folder}


def test_rolling_back_makes_the_deleted_folders_again(publisher: Publisher) -> None:
    left = publish_as_earlier_owner(publisher, "a", "b")
    run = publisher.run_publish(*ADOPT_AND_PRUNE_OPTIONS)
    publisher.workspace.run_tailboard(
        "rollback",
        read_run_name(run),
        "--api",
        publisher.grafana.api,
        *CURRENT_OWNER,
        "--state",
        ".tailboard",
    )
    assert publisher.grafana.list_folder_titles() == left
    assert set(publisher.grafana.list_folder_uids().values()) < left.keys()
    assert publisher.is_published(*EARLIER_OWNER)
