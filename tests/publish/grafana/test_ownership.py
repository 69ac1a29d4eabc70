"""What is not ours is never changed, unless we are told to take it over."""

import pytest

from tests.grafana.bench import Bench
from tests.publish.grafana.shop import Shop, set_query

DB = "/api/dashboards/db"


def copy(grafana: Bench, uid: str, to: str) -> None:
    """Save a dashboard under another uid, as `Save as copy` does."""
    document = grafana.ask("GET", f"/api/dashboards/uid/{uid}").json()["dashboard"]
    copied = {**document, "id": None, "uid": to, "title": "Copy", "version": 0}
    assert grafana.ask("POST", DB, {"dashboard": copied}).ok


def test_a_foreign_dashboard_stays_until_it_is_adopted(shop: Shop) -> None:
    shop.grafana.create_foreign("a", "Theirs")
    before = shop.grafana.documents()
    shop.declare("a")
    assert shop.states() == {"a": "foreign"}
    run = shop.publish(code=1)
    assert "not published by tailboard" in run.err
    assert "--adopt" in run.err
    shop.publish("--force", code=1)
    assert shop.grafana.documents() == before
    assert "adopted" in shop.publish("--adopt").out
    assert shop.queries() == {"a": "up"}
    assert shop.is_published()


def test_a_foreign_dashboard_is_adopted_where_it_is_declared(shop: Shop) -> None:
    shop.grafana.create_folder("theirs", "Theirs")
    shop.grafana.create_foreign("a", "Theirs", "theirs")
    shop.declare("a", folder="Ours")
    shop.publish("--adopt")
    assert shop.folder_titles() == {"a": "Ours"}
    assert shop.is_published()


def test_a_copy_of_ours_is_foreign_and_never_pruned(shop: Shop) -> None:
    shop.declare("a")
    shop.publish("--owner", "team")
    copy(shop.grafana, "a", "copied")
    assert shop.states("--owner", "team") == {"a": "unchanged"}
    shop.publish("--owner", "team", "--prune", "--force")
    assert set(shop.grafana.documents()) == {"a", "copied"}
    shop.declare("copied")
    assert shop.states("--owner", "team")["copied"] == "foreign"


def test_a_copy_of_the_whole_resource_is_foreign_too(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("only /apis has resources")
    shop.declare("a")
    shop.publish("--owner", "team")
    [made] = shop.grafana.resources()
    kept = {key: made["metadata"][key] for key in ("labels", "annotations")}
    kept["labels"].pop("grafana.app/deprecatedInternalID", None)
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    body = {"metadata": {"name": "copied", **kept}, "spec": made["spec"]}
    assert shop.grafana.ask("POST", path, body).ok
    shop.publish("--owner", "team", "--prune", "--force")
    assert set(shop.grafana.documents()) == {"a", "copied"}
    shop.declare("copied")
    assert shop.states("--owner", "team")["copied"] == "foreign"


def test_two_owners_publish_side_by_side(shop: Shop) -> None:
    shop.declare("a", folder="Shop")
    shop.publish("--owner", "one")
    shop.undeclare("a")
    shop.declare("b", folder="Shop")
    shop.publish("--owner", "two", "--prune")
    assert shop.folder_titles() == {"a": "Shop", "b": "Shop"}
    assert len(shop.grafana.folders()) == 2
    assert shop.is_published("--owner", "two")
    shop.declare("a")
    item = shop.items("--owner", "two")["a"]
    assert item["state"] == "foreign"
    assert "'one'" in item["why"]
    shop.publish("--owner", "two", "--force", code=4)
    assert shop.folder_titles()["a"] == "Shop"
    shop.publish("--owner", "two", "--adopt")
    shop.undeclare("a")
    shop.undeclare("b")
    shop.declare("c")
    shop.publish("--owner", "one", "--prune")
    assert set(shop.grafana.documents()) == {"a", "b", "c"}


def test_a_folder_of_the_same_title_is_left_alone(shop: Shop) -> None:
    shop.grafana.create_folder("theirs", "Shop")
    shop.grafana.create_foreign("inside", "Inside", "theirs")
    shop.declare("a", folder="Shop")
    shop.publish()
    assert sorted(shop.grafana.folders().values()) == ["Shop", "Shop"]
    assert shop.grafana.places()["a"] != "theirs"
    assert shop.grafana.places()["inside"] == "theirs"
    assert shop.is_published()


def test_what_another_tool_manages_is_blocked(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("the classic API does not tell who manages a dashboard")
    shop.grafana.create_managed("a", "Theirs", "their-stack", "terraform")
    shop.declare("a")
    item = shop.items()["a"]
    assert item["state"] == "blocked"
    assert "managed by terraform 'their-stack'" in item["why"]
    shop.publish("--force", "--adopt", code=1)
    assert shop.grafana.documents()["a"]["title"] == "Theirs"


def test_what_comes_from_files_is_blocked(shop: Shop) -> None:
    if shop.grafana.memory is None:
        pytest.skip("files are read when a server starts")
    shop.grafana.memory.provision("a", {"title": "From a file", "panels": []}, provider="disk")
    before = shop.grafana.documents()
    shop.declare("a")
    shop.declare("b")
    item = shop.items()["a"]
    assert item["state"] == "blocked"
    assert "provisioned from files" in item["why"]
    run = shop.publish("--force", "--adopt", code=4)
    assert "'A' (a): provisioned from files" in run.err
    assert shop.grafana.documents()["a"] == before["a"]


def test_labels_and_notes_of_others_survive_an_update(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("only /apis has labels")
    shop.declare("a")
    shop.publish()
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/a"
    found = shop.grafana.ask("GET", path).json()
    found["metadata"]["labels"]["team"] = "blue"
    found["metadata"]["annotations"]["pager"] = "yes"
    assert shop.grafana.ask("PUT", path, found).ok
    shop.declare("a", "new")
    shop.publish()
    [stored] = shop.grafana.resources()
    assert stored["metadata"]["labels"]["team"] == "blue"
    assert stored["metadata"]["annotations"]["pager"] == "yes"


def test_an_edit_that_loses_our_label_does_not_lose_an_orphan(shop: Shop) -> None:
    shop.declare("a")
    shop.declare("b")
    shop.publish("--owner", "team")
    shop.grafana.edit_by_api("a", lambda it: None)
    shop.undeclare("a")
    assert shop.states("--owner", "team") == {"a": "orphan", "b": "unchanged"}


def test_everybody_may_read_what_is_published(shop: Shop) -> None:
    shop.declare("a")
    shop.publish()
    server = shop.grafana.server
    shop.with_token(server.token("viewer"))  # type: ignore[attr-defined]
    assert shop.states() == {"a": "unchanged"}
    shop.grafana.edit_by_api("a", set_query)
    assert shop.states() == {"a": "hand-edited"}


def test_a_signature_that_was_lost_is_renewed_without_a_difference(shop: Shop) -> None:
    if shop.grafana.api != "apis":
        pytest.skip("only /apis knows managers")
    shop.declare("a")
    shop.publish()
    shop.grafana.edit_by_api("a", lambda it: None)
    assert MANAGER_ID not in noted(shop, "a")
    assert shop.is_published()
    assert not shop.publish().out
    assert noted(shop, "a")[MANAGER_ID] == "tailboard"
    versions = shop.grafana.versions("a")
    shop.publish()
    assert shop.grafana.versions("a") == versions


MANAGER_ID = "grafana.app/managerId"


def noted(shop: Shop, uid: str) -> dict[str, str]:
    (found,) = [it for it in shop.grafana.resources() if it["metadata"]["name"] == uid]
    return dict(found["metadata"].get("annotations") or {})
