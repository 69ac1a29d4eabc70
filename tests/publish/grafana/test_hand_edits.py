"""What somebody did by hand is shown and stays, unless it is to be overwritten."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.grafana.bench import Bench
from tests.publish.grafana.shop import Shop, set_query

Edit = Callable[..., None]
WAYS = [
    pytest.param(Bench.edit_by_hand, id="in-the-browser"),
    pytest.param(Bench.edit_by_api, id="by-the-classic-api"),
]


@pytest.mark.parametrize("edit", WAYS)
def test_a_hand_edit_stays_until_it_is_forced(shop: Shop, edit: Edit) -> None:
    shop.declare("a", "old")
    shop.declare("b")
    shop.publish()
    edit(shop.grafana, "a", set_query)
    item = shop.items()["a"]
    assert item["state"] == "hand-edited"
    assert "edited by hand" in item["why"]
    assert item["differences"] == ["panel 'Up': query changed"]
    run = shop.publish(code=4)
    assert "'A' (a): edited by hand" in run.err
    assert "tailboard pull UID" in run.err
    shop.undeclare("b")
    shop.declare("a", "new")
    shop.publish(code=1)
    assert shop.queries()["a"] == "edited"
    assert "overwritten" in shop.publish("--force").out
    assert shop.queries()["a"] == "new"
    assert shop.states()["a"] == "unchanged"


def test_a_hand_edit_that_was_taken_back_is_none(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.grafana.edit_by_hand("a", set_query)
    shop.grafana.edit_by_hand("a", lambda it: set_query(it, "old"))
    assert shop.is_published()
    shop.declare("a", "new")
    assert shop.states() == {"a": "update"}


def test_saving_without_a_change_is_no_edit(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.grafana.edit_by_hand("a", lambda it: None)
    shop.declare("a", "new")
    assert shop.states() == {"a": "update"}
    shop.publish()
    assert shop.queries() == {"a": "new"}


def test_choosing_a_value_of_a_variable_is_an_edit_that_is_told(shop: Shop) -> None:
    shop.declare("a")
    shop.publish()

    def choose(document: dict[str, object]) -> None:
        document["description"] = "Whose?"

    shop.grafana.edit_by_hand("a", choose)
    assert shop.items()["a"]["differences"] == ["description 'Whose?' -> none"]


def test_removing_the_mark_by_hand_is_an_edit(shop: Shop) -> None:
    shop.declare("a")
    shop.publish()
    shop.grafana.edit_by_hand("a", lambda it: it["templating"].update(list=[]))
    assert shop.states()["a"] == ("hand-edited" if shop.grafana.api == "apis" else "foreign")


def test_a_dashboard_moved_by_hand_is_shown_and_forced_back(shop: Shop) -> None:
    shop.grafana.create_folder("away", "Away")
    shop.declare("a", folder="Here")
    shop.publish()
    document = shop.grafana.ask("GET", "/api/dashboards/uid/a").json()["dashboard"]
    moved = {"dashboard": document, "folderUid": "away", "overwrite": True}
    assert shop.grafana.ask("POST", "/api/dashboards/db", moved).ok
    item = shop.items()["a"]
    assert item["state"] == "hand-edited"
    assert "moved by hand" in item["why"]
    shop.publish(code=1)
    assert shop.folder_titles() == {"a": "Away"}
    shop.publish("--force")
    assert shop.folder_titles() == {"a": "Here"}
    assert shop.is_published()


def test_a_folder_renamed_by_hand_is_shown_and_forced_back(shop: Shop) -> None:
    shop.declare("a", folder="Here")
    shop.publish()
    [folder] = shop.grafana.folders()
    shop.grafana.rename_folder(folder, "Mine")
    assert shop.states() == {folder: "hand-edited", "a": "unchanged"}
    shop.declare("a", "new", folder="Here")
    run = shop.publish(code=4)
    assert "renamed by hand to 'Mine'" in run.err
    assert shop.queries() == {"a": "new"}
    assert shop.folder_titles() == {"a": "Mine"}
    shop.publish("--force")
    assert shop.folder_titles() == {"a": "Here"}
    assert shop.is_published()


def test_a_folder_moved_by_hand_is_shown_and_forced_back(shop: Shop) -> None:
    shop.grafana.create_folder("theirs", "Theirs")
    shop.declare("a", folder="Shop/Orders")
    shop.publish()
    [orders] = [uid for uid, title in shop.grafana.folders().items() if title == "Orders"]
    shop.grafana.move_folder(orders, "theirs")
    assert shop.states()[orders] == "hand-edited"
    shop.publish(code=4)
    assert shop.folder_titles() == {"a": "Theirs/Orders"}
    shop.publish("--force")
    assert shop.folder_titles() == {"a": "Shop/Orders"}
    assert shop.is_published()


def test_what_was_deleted_by_hand_is_created_again(shop: Shop) -> None:
    shop.declare("a")
    shop.publish()
    shop.grafana.delete("a")
    assert shop.states() == {"a": "create"}
    shop.publish()
    assert shop.is_published()


def test_an_earlier_version_put_back_by_hand_is_an_edit(shop: Shop) -> None:
    shop.declare("a", "first")
    shop.publish()
    earlier = shop.grafana.documents()["a"]
    shop.declare("a", "second")
    shop.publish()
    assert shop.is_published()

    def put_back(document: dict[str, Any]) -> None:
        ours = {name: it for name, it in document.items() if name in {"id", "uid", "version"}}
        document.clear()
        document.update(earlier)
        document.update(ours)

    shop.grafana.edit_by_api("a", put_back)
    item = shop.items()["a"]
    assert (item["state"], item["why"]) == (
        "hand-edited",
        "an earlier version was put back by hand",
    )
    shop.publish(code=1)
    assert shop.queries() == {"a": "first"}
    shop.publish("--force")
    shop.declare("a", "third")
    assert shop.states() == {"a": "update"}


def test_a_rollback_is_no_hand_edit(shop: Shop) -> None:
    shop.declare("a", "first")
    shop.publish()
    shop.declare("a", "second")
    run = shop.publish().err.partition("(run ")[2].partition(")")[0]
    assert shop.workshop.tailboard("rollback", run, "--api", shop.grafana.api).code == 0
    assert shop.states() == {"a": "update"}


def test_no_folder_is_made_for_what_may_not_be_published(shop: Shop) -> None:
    shop.grafana.create_foreign("a", "Theirs")
    shop.declare("a", folder="Shop/Orders")
    shop.publish(code=1)
    assert not shop.grafana.folders()
    shop.publish("--adopt")
    assert sorted(shop.grafana.folders().values()) == ["Orders", "Shop"]


def test_a_move_between_folders_of_one_title_tells_them_apart(shop: Shop) -> None:
    shop.declare("a", folder="Shop")
    shop.publish()
    shop.grafana.create_folder("theirs", "Shop")
    [ours] = [uid for uid in shop.grafana.folders() if uid != "theirs"]
    found = shop.grafana.ask("GET", "/api/dashboards/uid/a").json()["dashboard"]
    moved = {"dashboard": found, "folderUid": "theirs"}
    assert shop.grafana.ask("POST", "/api/dashboards/db", moved).ok
    item = shop.items()["a"]
    assert item["state"] == "hand-edited"
    assert item["why"].endswith(f"from Shop (theirs) to Shop ({ours})")
