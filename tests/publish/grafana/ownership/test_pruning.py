"""What is declared no more is deleted where that is asked for, and nothing of others with it."""

from collections.abc import Callable

import pytest

from tests.publish.grafana.publisher import Publisher, set_query

OWNER_OPTIONS = ("--owner", "team")
PRUNE_OPTIONS = (*OWNER_OPTIONS, "--prune")


def publish_orphan(publisher: Publisher, uid: str = "a", folder: str = "Old") -> None:
    """Publish a dashboard that is declared no more afterwards."""
    publisher.declare_dashboard(uid, folder=folder)
    publisher.declare_dashboard("kept", folder="Kept")
    publisher.run_publish(*OWNER_OPTIONS)
    publisher.delete_definition(uid)


def test_an_orphan_stays_until_it_is_pruned(publisher: Publisher) -> None:
    publish_orphan(publisher)
    assert publisher.plan_states(*OWNER_OPTIONS)["a"] == "orphan"
    assert "kept" in publisher.run_publish(*OWNER_OPTIONS).stderr
    assert set(publisher.grafana.list_documents()) == {"a", "kept"}
    assert "deleted" in publisher.run_publish(*PRUNE_OPTIONS).stdout
    assert publisher.list_folder_paths() == {"kept": "Kept"}
    assert list(publisher.grafana.list_folder_titles().values()) == ["Kept"]
    assert publisher.is_published(*OWNER_OPTIONS)


def test_pruning_wants_an_owner(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish("--prune", code=2)
    assert "--owner" in run.stderr
    assert publisher.grafana.list_documents() == {}


def test_nothing_is_deleted_where_more_would_be_than_was_meant(publisher: Publisher) -> None:
    for number in range(3):
        publisher.declare_dashboard(f"a{number}")
    publisher.declare_dashboard("b")
    publisher.run_publish(*OWNER_OPTIONS)
    for number in range(3):
        publisher.delete_definition(f"a{number}")
    publisher.declare_dashboard("b", "new")
    run = publisher.run_publish(*PRUNE_OPTIONS, "--max-delete", "2", code=2)
    assert "would delete 3 dashboards, more than 2" in run.stderr
    assert len(publisher.grafana.list_documents()) == 4
    assert publisher.list_queries()["b"] == "up"
    publisher.run_publish(*PRUNE_OPTIONS, "--max-delete", "3")
    assert publisher.list_queries() == {"b": "new"}


def test_an_edited_orphan_is_only_deleted_by_force(publisher: Publisher) -> None:
    publish_orphan(publisher)
    publisher.grafana.save_from_browser("a", set_query)
    item = publisher.plan_items(*OWNER_OPTIONS)["a"]
    assert item["state"] == "orphan"
    assert "edited by hand" in item["why"]
    run = publisher.run_publish(*PRUNE_OPTIONS, code=4)
    assert "--prune --force" in run.stderr
    assert "a" in publisher.grafana.list_documents()
    publisher.run_publish(*PRUNE_OPTIONS, "--force")
    assert "a" not in publisher.grafana.list_documents()


def create_dashboard(publisher: Publisher, folder: str) -> None:
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder)


def create_folder(publisher: Publisher, folder: str) -> None:
    publisher.grafana.create_folder("theirs", "Theirs", folder)


def create_nested_dashboard(publisher: Publisher, folder: str) -> None:
    publisher.grafana.create_folder("deeper", "Deeper", folder)
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", "deeper")


def create_alert_rule(publisher: Publisher, folder: str) -> None:
    query = {"expr": "1", "refId": "A", "type": "math", "expression": "1"}
    data = [{"refId": "A", "datasourceUid": "__expr__", "model": query}]
    rule = {
        **{"uid": "theirs", "title": "Theirs", "folderUID": folder, "ruleGroup": "g"},
        **{"orgID": 1, "condition": "A", "data": data, "for": "1m"},
        **{"noDataState": "OK", "execErrState": "OK"},
    }
    answer = publisher.grafana.send_request("POST", "/api/v1/provisioning/alert-rules", rule)
    assert answer.ok, answer.text


def create_library_panel(publisher: Publisher, folder: str) -> None:
    model = {"type": "text", "title": "Theirs"}
    element = {"uid": "theirs-panel", "folderUid": folder, "name": "T", "kind": 1, "model": model}
    answer = publisher.grafana.send_request("POST", "/api/library-elements", element)
    assert answer.ok, answer.text


@pytest.mark.parametrize(
    ("put", "kind"), [(create_alert_rule, "alert rule"), (create_library_panel, "library panel")]
)
def test_what_a_folder_holds_is_called_as_people_call_it(
    publisher: Publisher, put: Callable[[Publisher, str], None], kind: str
) -> None:
    publish_orphan(publisher)
    [folder] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Old"
    ]
    put(publisher, folder)
    assert f"it still holds 1 {kind}\n" in publisher.run_publish(*PRUNE_OPTIONS).stdout
    for uid in ("theirs", "theirs-panel"):
        publisher.grafana.send_request("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        publisher.grafana.send_request("DELETE", f"/api/library-elements/{uid}")


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
def test_a_folder_that_holds_anything_of_others_is_never_deleted(
    publisher: Publisher, put: object
) -> None:
    publish_orphan(publisher)
    [folder] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Old"
    ]
    assert callable(put)
    put(publisher, folder)
    before = {**publisher.grafana.list_documents()}
    run = publisher.run_publish(*PRUNE_OPTIONS, "--force")
    assert "it still holds 1 " in run.stdout
    assert folder in publisher.grafana.list_folder_titles()
    assert {uid for uid in before if uid != "a"} == set(publisher.grafana.list_documents())
    for uid in ("theirs", "theirs-panel"):
        publisher.grafana.send_request("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        publisher.grafana.send_request("DELETE", f"/api/library-elements/{uid}")


def test_inner_folders_go_before_those_that_they_lie_in(publisher: Publisher) -> None:
    publish_orphan(publisher, folder="One/Two/Three")
    publisher.run_publish(*PRUNE_OPTIONS)
    assert list(publisher.grafana.list_folder_titles().values()) == ["Kept"]


def test_what_others_put_into_a_folder_meanwhile_is_not_deleted_with_it(
    publisher: Publisher,
) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("needs a hook in the server")
    publish_orphan(publisher)
    [folder] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Old"
    ]
    publisher.grafana.memory_server.add_hook(
        "GET",
        r"/counts$",
        lambda: publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder),
    )
    publisher.run_publish(*PRUNE_OPTIONS)
    assert set(publisher.grafana.list_documents()) == {"kept", "theirs"}


def test_a_grafana_that_does_not_tell_what_a_folder_holds_keeps_it(publisher: Publisher) -> None:
    if publisher.grafana.memory_server is None or publisher.grafana.api != "classic":
        pytest.skip("only the classic API deletes what a folder holds")
    publish_orphan(publisher)
    [folder] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Old"
    ]
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder)
    answer = publisher.grafana.memory_server.answer

    def older(method: str, target: str, headers: object, raw: bytes) -> object:
        unknown_path = target.replace("/counts", "/unknown")
        return answer(method, unknown_path, headers, raw)  # type: ignore[arg-type]

    publisher.monkeypatch.setattr(publisher.grafana.memory_server, "answer", older)
    run = publisher.run_publish(*PRUNE_OPTIONS, code=4)
    assert "does not tell what the folder" in run.stderr
    assert "theirs" in publisher.grafana.list_documents()
