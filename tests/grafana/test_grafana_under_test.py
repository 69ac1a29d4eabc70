"""A test sees the same world on every Grafana."""

from typing import Any

import pytest
import requests

from tests.grafana.fault_proxy import FaultProxy
from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.grafana.scenarios import DASHBOARDS

MARKED = {"metadata": {"name": "ours", "labels": {"by": "us"}}, "spec": {"title": "Ours"}}


def change_title(document: dict[str, Any]) -> None:
    document["title"] = "By hand"


def test_it_starts_empty(grafana: GrafanaUnderTest) -> None:
    assert (grafana.list_documents(), grafana.list_folder_titles()) == ({}, {})


def test_the_token_may_do_everything(grafana: GrafanaUnderTest) -> None:
    headers = {"Authorization": f"Bearer {grafana.token}"}
    with requests.Session() as session:
        session.trust_env = False
        body = {"uid": "f", "title": "F"}
        response = session.post(
            f"{grafana.url}/api/folders", json=body, headers=headers, timeout=60
        )
    assert response.status_code == 200
    assert grafana.list_folder_titles() == {"f": "F"}


def test_the_api_is_what_the_server_has(grafana: GrafanaUnderTest) -> None:
    answer = grafana.send_request("GET", "/apis/dashboard.grafana.app")
    has_apis = answer.headers["Content-Type"].startswith("application/json")
    assert has_apis or grafana.api == "classic"


def test_a_foreign_dashboard_lies_in_its_folder(grafana: GrafanaUnderTest) -> None:
    grafana.create_folder("team", "Team")
    grafana.create_folder("inner", "Inner", "team")
    grafana.create_foreign_dashboard("theirs", "Theirs", "inner")
    assert grafana.list_folder_uids() == {"theirs": "inner"}
    assert grafana.list_parent_uids() == {"team": "", "inner": "team"}
    assert grafana.list_documents()["theirs"]["title"] == "Theirs"


def test_a_hand_edit_leaves_the_folder_and_loses_unknown_keys(grafana: GrafanaUnderTest) -> None:
    grafana.create_folder("team", "Team")
    grafana.create_foreign_dashboard("theirs", "Theirs", "team")
    grafana.save_by_api("theirs", lambda document: document.update(extra=1))
    assert grafana.list_documents()["theirs"]["extra"] == 1
    grafana.save_from_browser("theirs", change_title)
    document = grafana.list_documents()["theirs"]
    assert document["title"] == "By hand"
    assert "extra" not in document
    assert grafana.list_folder_uids() == {"theirs": "team"}
    assert [version["version"] for version in grafana.list_versions("theirs")] == [3, 2, 1]


def test_labels_survive_the_browser_but_not_the_classic_api(grafana: GrafanaUnderTest) -> None:
    if grafana.api == "classic":
        pytest.skip("the classic API has no labels")
    grafana.send_request("POST", DASHBOARDS, MARKED)
    grafana.save_from_browser("ours", change_title)
    [edited] = grafana.list_resources()
    assert edited["metadata"]["labels"]["by"] == "us"
    grafana.save_by_api("ours", lambda document: document.update(title="Again"))
    [edited] = grafana.list_resources()
    assert "by" not in edited["metadata"]["labels"]


def test_folders_are_renamed_and_moved(grafana: GrafanaUnderTest) -> None:
    grafana.create_folder("a", "A")
    grafana.create_folder("b", "B")
    grafana.rename_folder("b", "Renamed")
    grafana.move_folder("b", "a")
    assert grafana.list_folder_titles() == {"a": "A", "b": "Renamed"}
    assert grafana.list_parent_uids() == {"a": "", "b": "a"}


def test_what_is_deleted_is_gone(grafana: GrafanaUnderTest) -> None:
    grafana.create_foreign_dashboard("theirs", "Theirs")
    grafana.delete_dashboard("theirs")
    assert grafana.list_documents() == {}


def test_a_proxy_leads_to_the_server(grafana: GrafanaUnderTest, proxy: FaultProxy) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{proxy.url}/api/health", timeout=60)
    assert answer.json()["version"]
    assert proxy.requests == [("GET", "/api/health")]
