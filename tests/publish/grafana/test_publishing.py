"""What is declared becomes what Grafana holds, and nothing else changes."""

import pytest

from tailboard.publish import parallel
from tests.publish.grafana.shop import Shop, panel, query_of


def test_dashboards_are_created_where_they_are_declared(shop: Shop) -> None:
    shop.grafana.create_folder("given", "Given")
    shop.declare("top")
    shop.declare("deep", folder="Shop/Orders/Late")
    shop.declare("other", folder="Shop/Returns")
    shop.declare("guest", folder="uid:given")
    planned = shop.items()
    assert {uid: it["state"] for uid, it in planned.items() if it["kind"] == "dashboard"} == {
        "top": "create",
        "deep": "create",
        "other": "create",
        "guest": "create",
    }
    run = shop.publish()
    assert "created" in run.out
    assert shop.folder_titles() == {
        "top": "",
        "deep": "Shop/Orders/Late",
        "other": "Shop/Returns",
        "guest": "Given",
    }
    assert sorted(shop.grafana.folders().values()) == ["Given", "Late", "Orders", "Returns", "Shop"]
    assert shop.is_published()


def test_a_folder_is_given_to_what_names_none_by_an_option(shop: Shop) -> None:
    shop.declare("free")
    shop.declare("own", folder="Own")
    shop.publish("--folder", "Shop/Common")
    assert shop.folder_titles() == {"free": "Shop/Common", "own": "Own"}
    assert shop.is_published("--folder", "Shop/Common")


def test_a_plan_changes_nothing(shop: Shop) -> None:
    shop.declare("top", folder="Shop")
    assert shop.run("plan", "--exit-code").code == 1
    assert (shop.grafana.documents(), shop.grafana.folders()) == ({}, {})


def test_a_second_publish_writes_nothing(shop: Shop) -> None:
    shop.declare("a", folder="Shop")
    shop.declare("b")
    shop.publish()
    before = shop.versions(["a", "b"])
    run = shop.publish()
    assert run.out == ""
    assert "2 unchanged" in run.err or "3 unchanged" in run.err
    assert shop.versions(["a", "b"]) == before == {"a": 1, "b": 1}


def test_an_update_is_told_in_words(shop: Shop) -> None:
    document = {
        "panels": [panel("Latency", "a"), panel("Errors", "b")],
        "schemaVersion": 42,
        "title": "Orders",
        "uid": "orders",
    }
    shop.declare_document(document)
    shop.publish()
    changed = [{**panel("Latency", "a2"), "description": "New"}, panel("Apdex", "c")]
    shop.declare_document({**document, "title": "The orders", "panels": changed})
    item = shop.items()["orders"]
    assert item["state"] == "update"
    assert item["differences"] == [
        "title 'Orders' -> 'The orders'",
        "panel 'Latency': query changed, description none -> 'New'",
        "panel 'Apdex' added",
        "panel 'Errors' removed",
    ]
    run = shop.publish()
    assert "updated" in run.out
    assert "query changed" in run.out
    assert query_of(shop.grafana.documents()["orders"]) == "a2"
    assert shop.is_published()


def test_another_folder_is_a_move(shop: Shop) -> None:
    shop.declare("a", folder="Here")
    shop.publish()
    shop.declare("a", folder="There")
    assert shop.states()["a"] == "move"
    assert "moved" in shop.publish().out
    assert shop.folder_titles() == {"a": "There"}
    shop.declare("a")
    shop.publish()
    assert shop.folder_titles() == {"a": ""}
    assert shop.states()["a"] == "unchanged"


def test_the_versions_tell_why(shop: Shop) -> None:
    shop.declare("a")
    shop.publish("--message", "first")
    shop.declare("a", "down")
    shop.publish("--message", "  second\n line ")
    newest = shop.grafana.versions("a")[0]["message"]
    assert newest.startswith("second line [run ")


def test_a_mark_that_tells_otherwise_than_what_is_there_is_renewed(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.grafana.edit_by_hand("a", lambda it: it["panels"][0]["targets"][0].update(expr="new"))
    shop.declare("a", "new")
    assert shop.states() == {"a": "unchanged"}
    shop.publish()
    assert shop.versions(["a"]) == {"a": 3}
    shop.publish()
    assert shop.versions(["a"]) == {"a": 3}
    shop.declare("a", "newer")
    assert shop.states() == {"a": "update"}


def test_a_missing_given_folder_blocks_only_what_lies_in_it(shop: Shop) -> None:
    shop.declare("a", folder="uid:nowhere")
    shop.declare("b")
    assert shop.states() == {"a": "blocked", "b": "create", "nowhere": "blocked"}
    run = shop.publish(code=4)
    assert "no folder of this uid" in run.err
    assert set(shop.grafana.documents()) == {"b"}


def test_a_wrong_definition_publishes_nothing(shop: Shop) -> None:
    shop.declare("a")
    shop.workshop.write("definitions/broken.json", "{")
    shop.publish(code=2)
    assert shop.grafana.documents() == {}


def test_what_grafana_refuses_is_named_with_its_reason_and_the_rest_is_published(
    shop: Shop,
) -> None:
    shop.declare("fine")
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "long"}
    shop.declare_document({**document, "tags": ["t" * 51]})
    run = shop.publish(code=4)
    assert "'Long' (long)" in run.err
    assert "tag too long" in run.err
    assert set(shop.grafana.documents()) == {"fine"}


def test_an_update_that_grafana_refuses_hinders_no_other(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("the classic API refuses nothing of an update that a definition may hold")
    shop.declare("long", "a")
    shop.publish()
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "long"}
    shop.declare_document({**document, "tags": ["t" * 51]})
    shop.declare("fine")
    assert shop.states() == {"fine": "create", "long": "update"}
    assert "tag too long" in shop.publish(code=4).err
    assert shop.queries() == {"fine": "up", "long": "a"}


def test_with_abort_nothing_is_begun_after_something_failed(shop: Shop) -> None:
    shop.patch.setattr(parallel, "MAX_CONCURRENCY", 1)
    shop.declare("a", folder="Shop")
    shop.publish()
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "m"}
    shop.declare_document({**document, "tags": ["t" * 51]})
    for uid in ("b", "z"):
        shop.declare(uid)
    run = shop.publish("--on-error", "abort", "--json", code=4)
    results = {it["uid"]: it["result"] for it in run.json["items"] if it["kind"] == "dashboard"}
    assert results == {"a": "unchanged", "b": "created", "m": "failed", "z": "skipped"}
    assert {it["result"] for it in run.json["items"] if it["kind"] == "folder"} == {"unchanged"}
    shop.undeclare("m")
    shop.publish()
    assert shop.is_published()
