"""What somebody did by hand is shown and stays, unless it is to be overwritten."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.publish.grafana.publisher import Publisher, build_panel, set_query

Edit = Callable[..., None]
EDIT_METHODS = [
    pytest.param(GrafanaUnderTest.save_from_browser, id="in-the-browser"),
    pytest.param(GrafanaUnderTest.save_by_api, id="by-the-classic-api"),
]


@pytest.mark.parametrize("edit", EDIT_METHODS)
def test_a_hand_edit_stays_until_it_is_forced(publisher: Publisher, edit: Edit) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.declare_dashboard("b")
    publisher.run_publish()
    edit(publisher.grafana, "a", set_query)
    item = publisher.plan_items()["a"]
    assert item["state"] == "hand-edited"
    assert "edited by hand" in item["why"]
    assert item["differences"] == ["panel 'Up': query changed"]
    run = publisher.run_publish(code=4)
    assert "'A' (a): edited by hand" in run.stderr
    assert "tailboard pull UID" in run.stderr
    publisher.delete_definition("b")
    publisher.declare_dashboard("a", "new")
    publisher.run_publish(code=1)
    assert publisher.list_queries()["a"] == "edited"
    assert "overwritten" in publisher.run_publish("--force").stdout
    assert publisher.list_queries()["a"] == "new"
    assert publisher.plan_states()["a"] == "unchanged"


def test_a_hand_edit_that_was_taken_back_is_none(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.grafana.save_from_browser("a", set_query)
    publisher.grafana.save_from_browser("a", lambda document: set_query(document, "old"))
    assert publisher.is_published()
    publisher.declare_dashboard("a", "new")
    assert publisher.plan_states() == {"a": "update"}


def test_saving_without_a_change_is_no_edit(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.grafana.save_from_browser("a", lambda document: None)
    publisher.declare_dashboard("a", "new")
    assert publisher.plan_states() == {"a": "update"}
    publisher.run_publish()
    assert publisher.list_queries() == {"a": "new"}


def test_choosing_a_value_of_a_variable_is_an_edit_that_is_told(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish()

    def choose(document: dict[str, object]) -> None:
        document["description"] = "Whose?"

    publisher.grafana.save_from_browser("a", choose)
    assert publisher.plan_items()["a"]["differences"] == ["description 'Whose?' -> none"]


def test_removing_the_mark_by_hand_is_an_edit(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish()
    publisher.grafana.save_from_browser(
        "a", lambda document: document["templating"].update(list=[])
    )
    assert publisher.plan_states()["a"] == (
        "hand-edited" if publisher.grafana.api == "apis" else "foreign"
    )


def test_a_dashboard_moved_by_hand_is_shown_and_forced_back(publisher: Publisher) -> None:
    publisher.grafana.create_folder("away", "Away")
    publisher.declare_dashboard("a", folder="Here")
    publisher.run_publish()
    document = publisher.grafana.send_request("GET", "/api/dashboards/uid/a").json()["dashboard"]
    moved = {"dashboard": document, "folderUid": "away", "overwrite": True}
    assert publisher.grafana.send_request("POST", "/api/dashboards/db", moved).ok
    item = publisher.plan_items()["a"]
    assert item["state"] == "hand-edited"
    assert "moved by hand" in item["why"]
    publisher.run_publish(code=1)
    assert publisher.list_folder_paths() == {"a": "Away"}
    publisher.run_publish("--force")
    assert publisher.list_folder_paths() == {"a": "Here"}
    assert publisher.is_published()


def test_a_folder_renamed_by_hand_is_shown_and_forced_back(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Here")
    publisher.run_publish()
    [folder] = publisher.grafana.list_folder_titles()
    publisher.grafana.rename_folder(folder, "Mine")
    assert publisher.plan_states() == {folder: "hand-edited", "a": "unchanged"}
    publisher.declare_dashboard("a", "new", folder="Here")
    run = publisher.run_publish(code=4)
    assert "renamed by hand to 'Mine'" in run.stderr
    assert publisher.list_queries() == {"a": "new"}
    assert publisher.list_folder_paths() == {"a": "Mine"}
    publisher.run_publish("--force")
    assert publisher.list_folder_paths() == {"a": "Here"}
    assert publisher.is_published()


def test_a_folder_moved_by_hand_is_shown_and_forced_back(publisher: Publisher) -> None:
    publisher.grafana.create_folder("theirs", "Theirs")
    publisher.declare_dashboard("a", folder="Shop/Orders")
    publisher.run_publish()
    [orders] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Orders"
    ]
    publisher.grafana.move_folder(orders, "theirs")
    assert publisher.plan_states()[orders] == "hand-edited"
    publisher.run_publish(code=4)
    assert publisher.list_folder_paths() == {"a": "Theirs/Orders"}
    publisher.run_publish("--force")
    assert publisher.list_folder_paths() == {"a": "Shop/Orders"}
    assert publisher.is_published()


def test_what_was_deleted_by_hand_is_created_again(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish()
    publisher.grafana.delete_dashboard("a")
    assert publisher.plan_states() == {"a": "create"}
    publisher.run_publish()
    assert publisher.is_published()


def test_an_earlier_version_put_back_by_hand_is_an_edit(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "first")
    publisher.run_publish()
    earlier = publisher.grafana.list_documents()["a"]
    publisher.declare_dashboard("a", "second")
    publisher.run_publish()
    assert publisher.is_published()

    def put_back(document: dict[str, Any]) -> None:
        identity = {
            name: value for name, value in document.items() if name in {"id", "uid", "version"}
        }
        document.clear()
        document.update(earlier)
        document.update(identity)

    publisher.grafana.save_by_api("a", put_back)
    item = publisher.plan_items()["a"]
    assert (item["state"], item["why"]) == (
        "hand-edited",
        "an earlier version was put back by hand",
    )
    publisher.run_publish(code=1)
    assert publisher.list_queries() == {"a": "first"}
    publisher.run_publish("--force")
    publisher.declare_dashboard("a", "third")
    assert publisher.plan_states() == {"a": "update"}


def test_a_rollback_is_no_hand_edit(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "first")
    publisher.run_publish()
    publisher.declare_dashboard("a", "second")
    run = publisher.run_publish().stderr.partition("(run ")[2].partition(")")[0]
    assert (
        publisher.workspace.run_tailboard("rollback", run, "--api", publisher.grafana.api).exit_code
        == 0
    )
    assert publisher.plan_states() == {"a": "update"}


def test_no_folder_is_made_for_what_may_not_be_published(publisher: Publisher) -> None:
    publisher.grafana.create_foreign_dashboard("a", "Theirs")
    publisher.declare_dashboard("a", folder="Shop/Orders")
    assert publisher.plan_states() == {"a": "foreign"}
    publisher.run_publish(code=1)
    assert not publisher.grafana.list_folder_titles()
    publisher.run_publish("--adopt")
    assert sorted(publisher.grafana.list_folder_titles().values()) == ["Orders", "Shop"]


def test_a_move_between_folders_of_one_title_tells_them_apart(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish()
    publisher.grafana.create_folder("theirs", "Shop")
    [folder] = [uid for uid in publisher.grafana.list_folder_titles() if uid != "theirs"]
    data = publisher.grafana.send_request("GET", "/api/dashboards/uid/a").json()["dashboard"]
    moved = {"dashboard": data, "folderUid": "theirs"}
    assert publisher.grafana.send_request("POST", "/api/dashboards/db", moved).ok
    item = publisher.plan_items()["a"]
    assert item["state"] == "hand-edited"
    assert item["why"].endswith(f"from Shop (theirs) to Shop ({folder})")


def declare_title(publisher: Publisher, title: str) -> None:
    """Declare a dashboard whose only panel has a title, and the id that follows it."""
    document = {"panels": [build_panel(title, "up")], "schemaVersion": 42}
    publisher.declare_document({**document, "title": "A", "uid": "a"})


@pytest.mark.parametrize("edit", EDIT_METHODS)
def test_a_title_edited_by_hand_and_declared_since_needs_no_force(
    publisher: Publisher, edit: Edit
) -> None:
    declare_title(publisher, "Up")
    publisher.run_publish()
    edit(publisher.grafana, "a", lambda document: document["panels"][0].update(title="Alive"))
    assert publisher.plan_states() == {"a": "hand-edited"}
    declare_title(publisher, "Alive")
    item = publisher.plan_items()["a"]
    assert item["state"] == "update"
    (difference,) = item["differences"]
    assert difference.startswith("panel 'Alive': id ")
    publisher.run_publish()
    assert publisher.is_published()


def test_another_edit_beside_a_declared_title_is_still_one_by_hand(publisher: Publisher) -> None:
    def change(document: dict[str, Any]) -> None:
        document["panels"][0]["title"] = "Alive"
        document["description"] = "Mine"

    declare_title(publisher, "Up")
    publisher.run_publish()
    publisher.grafana.save_from_browser("a", change)
    declare_title(publisher, "Alive")
    assert publisher.plan_states() == {"a": "hand-edited"}
