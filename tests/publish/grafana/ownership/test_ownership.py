"""What is not ours is never changed, unless we are told to take it over."""

import pytest

from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.publish.grafana.publisher import Publisher, set_query

DB = "/api/dashboards/db"


def copy_dashboard(grafana: GrafanaUnderTest, uid: str, to: str) -> None:
    """Save a dashboard under another uid, as `Save as copy` does."""
    document = grafana.send_request("GET", f"/api/dashboards/uid/{uid}").json()["dashboard"]
    copied = {**document, "id": None, "uid": to, "title": "Copy", "version": 0}
    assert grafana.send_request("POST", DB, {"dashboard": copied}).ok


def test_a_foreign_dashboard_stays_until_it_is_adopted(publisher: Publisher) -> None:
    publisher.grafana.create_foreign_dashboard("a", "Theirs")
    before = publisher.grafana.list_documents()
    publisher.declare_dashboard("a")
    assert publisher.plan_states() == {"a": "foreign"}
    run = publisher.run_publish(code=1)
    assert "not published by tailboard" in run.stderr
    assert "--adopt" in run.stderr
    publisher.run_publish("--force", code=1)
    assert publisher.grafana.list_documents() == before
    assert "adopted" in publisher.run_publish("--adopt").stdout
    assert publisher.list_queries() == {"a": "up"}
    assert publisher.is_published()


def test_a_foreign_dashboard_is_adopted_where_it_is_declared(publisher: Publisher) -> None:
    publisher.grafana.create_folder("theirs", "Theirs")
    publisher.grafana.create_foreign_dashboard("a", "Theirs", "theirs")
    publisher.declare_dashboard("a", folder="Ours")
    publisher.run_publish("--adopt")
    assert publisher.list_folder_paths() == {"a": "Ours"}
    assert publisher.is_published()


def test_a_copy_of_ours_is_foreign_and_never_pruned(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish("--owner", "team")
    copy_dashboard(publisher.grafana, "a", "copied")
    assert publisher.plan_states("--owner", "team") == {"a": "unchanged"}
    publisher.run_publish("--owner", "team", "--prune", "--force")
    assert set(publisher.grafana.list_documents()) == {"a", "copied"}
    publisher.declare_dashboard("copied")
    assert publisher.plan_states("--owner", "team")["copied"] == "foreign"


def test_a_copy_of_the_whole_resource_is_foreign_too(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("only /apis has resources")
    publisher.declare_dashboard("a")
    publisher.run_publish("--owner", "team")
    [resource] = publisher.grafana.list_resources()
    metadata = {key: resource["metadata"][key] for key in ("labels", "annotations")}
    metadata["labels"].pop("grafana.app/deprecatedInternalID", None)
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    body = {"metadata": {"name": "copied", **metadata}, "spec": resource["spec"]}
    assert publisher.grafana.send_request("POST", path, body).ok
    publisher.run_publish("--owner", "team", "--prune", "--force")
    assert set(publisher.grafana.list_documents()) == {"a", "copied"}
    publisher.declare_dashboard("copied")
    assert publisher.plan_states("--owner", "team")["copied"] == "foreign"


def test_two_owners_publish_side_by_side(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish("--owner", "one")
    publisher.delete_definition("a")
    publisher.declare_dashboard("b", folder="Shop")
    publisher.run_publish("--owner", "two", "--prune")
    assert publisher.list_folder_paths() == {"a": "Shop", "b": "Shop"}
    assert len(publisher.grafana.list_folder_titles()) == 2
    assert publisher.is_published("--owner", "two")
    publisher.declare_dashboard("a")
    item = publisher.plan_items("--owner", "two")["a"]
    assert item["state"] == "foreign"
    assert "'one'" in item["why"]
    publisher.run_publish("--owner", "two", "--force", code=4)
    assert publisher.list_folder_paths()["a"] == "Shop"
    publisher.run_publish("--owner", "two", "--adopt")
    publisher.delete_definition("a")
    publisher.delete_definition("b")
    publisher.declare_dashboard("c")
    publisher.run_publish("--owner", "one", "--prune")
    assert set(publisher.grafana.list_documents()) == {"a", "b", "c"}


def test_a_folder_of_the_same_title_is_left_alone(publisher: Publisher) -> None:
    publisher.grafana.create_folder("theirs", "Shop")
    publisher.grafana.create_foreign_dashboard("inside", "Inside", "theirs")
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish()
    assert sorted(publisher.grafana.list_folder_titles().values()) == ["Shop", "Shop"]
    assert publisher.grafana.list_folder_uids()["a"] != "theirs"
    assert publisher.grafana.list_folder_uids()["inside"] == "theirs"
    assert publisher.is_published()


def test_what_another_tool_manages_is_blocked(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("the classic API does not tell who manages a dashboard")
    publisher.grafana.create_managed_dashboard("a", "Theirs", "their-stack", "terraform")
    publisher.declare_dashboard("a")
    item = publisher.plan_items()["a"]
    assert item["state"] == "blocked"
    assert "managed by terraform 'their-stack'" in item["why"]
    publisher.run_publish("--force", "--adopt", code=1)
    assert publisher.grafana.list_documents()["a"]["title"] == "Theirs"


def test_what_comes_from_files_is_blocked(publisher: Publisher) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("files are read when a server starts")
    publisher.grafana.memory_server.add_provisioned(
        "a", {"title": "From a file", "panels": []}, provider="disk"
    )
    before = publisher.grafana.list_documents()
    publisher.declare_dashboard("a")
    publisher.declare_dashboard("b")
    item = publisher.plan_items()["a"]
    assert item["state"] == "blocked"
    assert "provisioned from files" in item["why"]
    run = publisher.run_publish("--force", "--adopt", code=4)
    assert "'A' (a): provisioned from files" in run.stderr
    assert publisher.grafana.list_documents()["a"] == before["a"]


def test_labels_and_notes_of_others_survive_an_update(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("only /apis has labels")
    publisher.declare_dashboard("a")
    publisher.run_publish()
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/a"
    resource = publisher.grafana.send_request("GET", path).json()
    resource["metadata"]["labels"]["team"] = "blue"
    resource["metadata"]["annotations"]["pager"] = "yes"
    assert publisher.grafana.send_request("PUT", path, resource).ok
    publisher.declare_dashboard("a", "new")
    publisher.run_publish()
    [stored] = publisher.grafana.list_resources()
    assert stored["metadata"]["labels"]["team"] == "blue"
    assert stored["metadata"]["annotations"]["pager"] == "yes"


def test_an_edit_that_loses_our_label_does_not_lose_an_orphan(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.declare_dashboard("b")
    publisher.run_publish("--owner", "team")
    publisher.grafana.save_by_api("a", lambda document: None)
    publisher.delete_definition("a")
    assert publisher.plan_states("--owner", "team") == {"a": "orphan", "b": "unchanged"}


def test_everybody_may_read_what_is_published(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.run_publish()
    server = publisher.grafana.server
    publisher.set_token(server.create_token("viewer"))  # type: ignore[attr-defined]
    assert publisher.plan_states() == {"a": "unchanged"}
    publisher.grafana.save_by_api("a", set_query)
    assert publisher.plan_states() == {"a": "hand-edited"}


def test_a_signature_that_was_lost_is_renewed_without_a_difference(publisher: Publisher) -> None:
    if publisher.grafana.api != "apis":
        pytest.skip("only /apis knows managers")
    publisher.declare_dashboard("a")
    publisher.run_publish()
    publisher.grafana.save_by_api("a", lambda document: None)
    assert MANAGER_ID not in read_annotations(publisher, "a")
    assert publisher.is_published()
    assert not publisher.run_publish().stdout
    assert read_annotations(publisher, "a")[MANAGER_ID] == "tailboard"
    versions = publisher.grafana.list_versions("a")
    publisher.run_publish()
    assert publisher.grafana.list_versions("a") == versions


MANAGER_ID = "grafana.app/managerId"


def read_annotations(publisher: Publisher, uid: str) -> dict[str, str]:
    (resource,) = [
        candidate
        for candidate in publisher.grafana.list_resources()
        if candidate["metadata"]["name"] == uid
    ]
    return dict(resource["metadata"].get("annotations") or {})
