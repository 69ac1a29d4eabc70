"""What is declared no more is deleted where that is asked for, and nothing of others with it."""

from collections.abc import Callable

import pytest

from tests.publish.grafana.shop import Shop, set_query

OWNER = ("--owner", "team")
PRUNE = (*OWNER, "--prune")


def orphaned(shop: Shop, uid: str = "a", folder: str = "Old") -> None:
    """Publish a dashboard that is declared no more afterwards."""
    shop.declare(uid, folder=folder)
    shop.declare("kept", folder="Kept")
    shop.publish(*OWNER)
    shop.undeclare(uid)


def test_an_orphan_stays_until_it_is_pruned(shop: Shop) -> None:
    orphaned(shop)
    assert shop.states(*OWNER)["a"] == "orphan"
    assert "kept" in shop.publish(*OWNER).err
    assert set(shop.grafana.documents()) == {"a", "kept"}
    assert "deleted" in shop.publish(*PRUNE).out
    assert shop.folder_titles() == {"kept": "Kept"}
    assert list(shop.grafana.folders().values()) == ["Kept"]
    assert shop.is_published(*OWNER)


def test_pruning_wants_an_owner(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish("--prune", code=2)
    assert "--owner" in run.err
    assert shop.grafana.documents() == {}


def test_nothing_is_deleted_where_more_would_be_than_was_meant(shop: Shop) -> None:
    for number in range(3):
        shop.declare(f"a{number}")
    shop.declare("b")
    shop.publish(*OWNER)
    for number in range(3):
        shop.undeclare(f"a{number}")
    shop.declare("b", "new")
    run = shop.publish(*PRUNE, "--max-delete", "2", code=2)
    assert "would delete 3 dashboards, more than 2" in run.err
    assert len(shop.grafana.documents()) == 4
    assert shop.queries()["b"] == "up"
    shop.publish(*PRUNE, "--max-delete", "3")
    assert shop.queries() == {"b": "new"}


def test_an_edited_orphan_is_only_deleted_by_force(shop: Shop) -> None:
    orphaned(shop)
    shop.grafana.edit_by_hand("a", set_query)
    item = shop.items(*OWNER)["a"]
    assert item["state"] == "orphan"
    assert "edited by hand" in item["why"]
    run = shop.publish(*PRUNE, code=4)
    assert "--prune --force" in run.err
    assert "a" in shop.grafana.documents()
    shop.publish(*PRUNE, "--force")
    assert "a" not in shop.grafana.documents()


def a_dashboard(shop: Shop, folder: str) -> None:
    shop.grafana.create_foreign("theirs", "Theirs", folder)


def a_folder(shop: Shop, folder: str) -> None:
    shop.grafana.create_folder("theirs", "Theirs", folder)


def a_dashboard_deeper_down(shop: Shop, folder: str) -> None:
    shop.grafana.create_folder("deeper", "Deeper", folder)
    shop.grafana.create_foreign("theirs", "Theirs", "deeper")


def a_rule(shop: Shop, folder: str) -> None:
    query = {"expr": "1", "refId": "A", "type": "math", "expression": "1"}
    data = [{"refId": "A", "datasourceUid": "__expr__", "model": query}]
    rule = {
        **{"uid": "theirs", "title": "Theirs", "folderUID": folder, "ruleGroup": "g"},
        **{"orgID": 1, "condition": "A", "data": data, "for": "1m"},
        **{"noDataState": "OK", "execErrState": "OK"},
    }
    answer = shop.grafana.ask("POST", "/api/v1/provisioning/alert-rules", rule)
    assert answer.ok, answer.text


def a_library_panel(shop: Shop, folder: str) -> None:
    model = {"type": "text", "title": "Theirs"}
    element = {"uid": "theirs-panel", "folderUid": folder, "name": "T", "kind": 1, "model": model}
    answer = shop.grafana.ask("POST", "/api/library-elements", element)
    assert answer.ok, answer.text


@pytest.mark.parametrize(
    ("put", "kind"), [(a_rule, "alert rule"), (a_library_panel, "library panel")]
)
def test_what_a_folder_holds_is_called_as_people_call_it(
    shop: Shop, put: Callable[[Shop, str], None], kind: str
) -> None:
    orphaned(shop)
    [folder] = [uid for uid, title in shop.grafana.folders().items() if title == "Old"]
    put(shop, folder)
    assert f"it still holds 1 {kind}\n" in shop.publish(*PRUNE).out
    for uid in ("theirs", "theirs-panel"):
        shop.grafana.ask("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        shop.grafana.ask("DELETE", f"/api/library-elements/{uid}")


@pytest.mark.parametrize(
    "put", [a_dashboard, a_folder, a_dashboard_deeper_down, a_rule, a_library_panel]
)
def test_a_folder_that_holds_anything_of_others_is_never_deleted(shop: Shop, put: object) -> None:
    orphaned(shop)
    [folder] = [uid for uid, title in shop.grafana.folders().items() if title == "Old"]
    assert callable(put)
    put(shop, folder)
    before = {**shop.grafana.documents()}
    run = shop.publish(*PRUNE, "--force")
    assert "it still holds 1 " in run.out
    assert folder in shop.grafana.folders()
    assert {uid for uid in before if uid != "a"} == set(shop.grafana.documents())
    for uid in ("theirs", "theirs-panel"):
        shop.grafana.ask("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        shop.grafana.ask("DELETE", f"/api/library-elements/{uid}")


def test_inner_folders_go_before_those_that_they_lie_in(shop: Shop) -> None:
    orphaned(shop, folder="One/Two/Three")
    shop.publish(*PRUNE)
    assert list(shop.grafana.folders().values()) == ["Kept"]


def test_what_others_put_into_a_folder_meanwhile_is_not_deleted_with_it(shop: Shop) -> None:
    if shop.grafana.memory is None:
        pytest.skip("needs a hook in the server")
    orphaned(shop)
    [folder] = [uid for uid, title in shop.grafana.folders().items() if title == "Old"]
    shop.grafana.memory.before(
        "GET", r"/counts$", lambda: shop.grafana.create_foreign("theirs", "Theirs", folder)
    )
    shop.publish(*PRUNE)
    assert set(shop.grafana.documents()) == {"kept", "theirs"}


def test_a_grafana_that_does_not_tell_what_a_folder_holds_keeps_it(shop: Shop) -> None:
    if shop.grafana.memory is None or shop.grafana.api != "classic":
        pytest.skip("only the classic API deletes what a folder holds")
    orphaned(shop)
    [folder] = [uid for uid, title in shop.grafana.folders().items() if title == "Old"]
    shop.grafana.create_foreign("theirs", "Theirs", folder)
    answer = shop.grafana.memory.answer

    def older(method: str, target: str, headers: object, raw: bytes) -> object:
        known = target.replace("/counts", "/unknown")
        return answer(method, known, headers, raw)  # type: ignore[arg-type]

    shop.patch.setattr(shop.grafana.memory, "answer", older)
    run = shop.publish(*PRUNE, code=4)
    assert "does not tell what the folder" in run.err
    assert "theirs" in shop.grafana.documents()
