"""What is declared becomes what Grafana holds, and nothing else changes."""

import pytest

from tailboard.publish import parallel
from tests.publish.grafana.publisher import Publisher, build_panel, read_query


def test_dashboards_are_created_where_they_are_declared(publisher: Publisher) -> None:
    publisher.grafana.create_folder("given", "Given")
    publisher.declare_dashboard("top")
    publisher.declare_dashboard("deep", folder="Shop/Orders/Late")
    publisher.declare_dashboard("other", folder="Shop/Returns")
    publisher.declare_dashboard("guest", folder="uid:given")
    planned = publisher.plan_items()
    assert {uid: item["state"] for uid, item in planned.items() if item["kind"] == "dashboard"} == {
        "top": "create",
        "deep": "create",
        "other": "create",
        "guest": "create",
    }
    run = publisher.run_publish()
    assert "created" in run.stdout
    assert publisher.list_folder_paths() == {
        "top": "",
        "deep": "Shop/Orders/Late",
        "other": "Shop/Returns",
        "guest": "Given",
    }
    assert sorted(publisher.grafana.list_folder_titles().values()) == [
        "Given",
        "Late",
        "Orders",
        "Returns",
        "Shop",
    ]
    assert publisher.is_published()


def test_a_folder_is_given_to_what_names_none_by_an_option(publisher: Publisher) -> None:
    publisher.declare_dashboard("free")
    publisher.declare_dashboard("own", folder="Own")
    publisher.run_publish("--folder", "Shop/Common")
    assert publisher.list_folder_paths() == {"free": "Shop/Common", "own": "Own"}
    assert publisher.is_published("--folder", "Shop/Common")


def test_a_plan_changes_nothing(publisher: Publisher) -> None:
    publisher.declare_dashboard("top", folder="Shop")
    assert publisher.run_command("plan", "--exit-code").exit_code == 1
    assert (publisher.grafana.list_documents(), publisher.grafana.list_folder_titles()) == ({}, {})


def test_a_second_publish_writes_nothing(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    publisher.declare_dashboard("b")
    publisher.run_publish()
    before = publisher.count_versions(["a", "b"])
    run = publisher.run_publish()
    assert run.stdout == ""
    assert "2 unchanged" in run.stderr or "3 unchanged" in run.stderr
    assert publisher.count_versions(["a", "b"]) == before == {"a": 1, "b": 1}


def test_an_update_is_told_in_words(publisher: Publisher) -> None:
    document = {
        "panels": [build_panel("Latency", "a"), build_panel("Errors", "b")],
        "schemaVersion": 42,
        "title": "Orders",
        "uid": "orders",
    }
    publisher.declare_document(document)
    publisher.run_publish()
    changed = [{**build_panel("Latency", "a2"), "description": "New"}, build_panel("Apdex", "c")]
    publisher.declare_document({**document, "title": "The orders", "panels": changed})
    item = publisher.plan_items()["orders"]
    assert item["state"] == "update"
    assert item["differences"] == [
        "title 'Orders' -> 'The orders'",
        "panel 'Latency': query changed, description none -> 'New'",
        "panel 'Apdex' added",
        "panel 'Errors' removed",
    ]
    run = publisher.run_publish()
    assert "updated" in run.stdout
    assert "query changed" in run.stdout
    assert read_query(publisher.grafana.list_documents()["orders"]) == "a2"
    assert publisher.is_published()


def test_another_folder_is_a_move(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Here")
    publisher.run_publish()
    publisher.declare_dashboard("a", folder="There")
    assert publisher.plan_states()["a"] == "move"
    assert "moved" in publisher.run_publish().stdout
    assert publisher.list_folder_paths() == {"a": "There"}
    publisher.declare_dashboard("a")
    publisher.run_publish()
    assert publisher.list_folder_paths() == {"a": ""}
    assert publisher.plan_states()["a"] == "unchanged"


def test_the_versions_tell_why(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish("--message", "first")
    publisher.declare_dashboard("a", "down")
    publisher.run_publish("--message", "  second\n line ")
    newest = publisher.grafana.list_versions("a")[0]["message"]
    assert newest.startswith("second line [run ")


def test_a_mark_that_tells_otherwise_than_what_is_there_is_renewed(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.grafana.save_from_browser(
        "a", lambda document: document["panels"][0]["targets"][0].update(expr="new")
    )
    publisher.declare_dashboard("a", "new")
    assert publisher.plan_states() == {"a": "unchanged"}
    publisher.run_publish()
    assert publisher.count_versions(["a"]) == {"a": 3}
    publisher.run_publish()
    assert publisher.count_versions(["a"]) == {"a": 3}
    publisher.declare_dashboard("a", "newer")
    assert publisher.plan_states() == {"a": "update"}


def test_a_missing_given_folder_blocks_only_what_lies_in_it(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="uid:nowhere")
    publisher.declare_dashboard("b")
    assert publisher.plan_states() == {"a": "blocked", "b": "create", "nowhere": "blocked"}
    run = publisher.run_publish(code=4)
    assert "no folder of this uid" in run.stderr
    assert set(publisher.grafana.list_documents()) == {"b"}


def test_a_wrong_definition_publishes_nothing(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.workspace.write_file("definitions/broken.json", "{")
    publisher.run_publish(code=2)
    assert publisher.grafana.list_documents() == {}


def test_what_grafana_refuses_is_named_with_its_reason_and_the_rest_is_published(
    publisher: Publisher,
) -> None:
    publisher.declare_dashboard("fine")
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "long"}
    publisher.declare_document({**document, "tags": ["t" * 51]})
    run = publisher.run_publish(code=4)
    assert "'Long' (long)" in run.stderr
    assert "tag too long" in run.stderr
    assert set(publisher.grafana.list_documents()) == {"fine"}


def test_an_update_that_grafana_refuses_hinders_no_other(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("the classic API refuses nothing of an update that a definition may hold")
    publisher.declare_dashboard("long", "a")
    publisher.run_publish()
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "long"}
    publisher.declare_document({**document, "tags": ["t" * 51]})
    publisher.declare_dashboard("fine")
    assert publisher.plan_states() == {"fine": "create", "long": "update"}
    assert "tag too long" in publisher.run_publish(code=4).stderr
    assert publisher.list_queries() == {"fine": "up", "long": "a"}


def test_with_abort_nothing_is_begun_after_something_failed(publisher: Publisher) -> None:
    publisher.monkeypatch.setattr(parallel, "MAX_CONCURRENCY", 1)
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish()
    document = {"panels": [], "schemaVersion": 42, "title": "Long", "uid": "m"}
    publisher.declare_document({**document, "tags": ["t" * 51]})
    for uid in ("b", "z"):
        publisher.declare_dashboard(uid)
    run = publisher.run_publish("--on-error", "abort", "--json", code=4)
    results = {
        item["uid"]: item["result"] for item in run.json["items"] if item["kind"] == "dashboard"
    }
    assert results == {"a": "unchanged", "b": "created", "m": "failed", "z": "skipped"}
    assert {item["result"] for item in run.json["items"] if item["kind"] == "folder"} == {
        "unchanged"
    }
    publisher.delete_definition("m")
    publisher.run_publish()
    assert publisher.is_published()


def test_what_grafana_refuses_of_a_document_is_said(publisher: Publisher) -> None:
    publisher.declare_dashboard("good")
    publisher.declare_dashboard("pasted", title="Orders \ufeffdaily")
    if publisher.grafana.api == "classic":
        publisher.run_publish()
        return
    run = publisher.run_publish(code=4)
    assert "Invalid value: illegal byte order mark" in run.output
    assert set(publisher.grafana.list_documents()) == {"good"}
