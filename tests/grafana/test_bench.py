"""A test sees the same world on every Grafana."""

from typing import Any

import pytest
import requests

from tests.grafana.bench import Bench
from tests.grafana.proxy import FaultProxy
from tests.grafana.scenarios import DASHBOARDS

MARKED = {"metadata": {"name": "ours", "labels": {"by": "us"}}, "spec": {"title": "Ours"}}


def retitle(document: dict[str, Any]) -> None:
    document["title"] = "By hand"


def test_it_starts_empty(grafana: Bench) -> None:
    assert (grafana.documents(), grafana.folders()) == ({}, {})


def test_the_token_may_do_everything(grafana: Bench) -> None:
    headers = {"Authorization": f"Bearer {grafana.token}"}
    with requests.Session() as session:
        session.trust_env = False
        body = {"uid": "f", "title": "F"}
        made = session.post(f"{grafana.url}/api/folders", json=body, headers=headers, timeout=60)
    assert made.status_code == 200
    assert grafana.folders() == {"f": "F"}


def test_the_api_is_what_the_server_has(grafana: Bench) -> None:
    answer = grafana.ask("GET", "/apis/dashboard.grafana.app")
    has_apis = answer.headers["Content-Type"].startswith("application/json")
    assert has_apis or grafana.api == "classic"


def test_a_foreign_dashboard_lies_in_its_folder(grafana: Bench) -> None:
    grafana.create_folder("team", "Team")
    grafana.create_folder("inner", "Inner", "team")
    grafana.create_foreign("theirs", "Theirs", "inner")
    assert grafana.places() == {"theirs": "inner"}
    assert grafana.parents() == {"team": "", "inner": "team"}
    assert grafana.documents()["theirs"]["title"] == "Theirs"


def test_a_hand_edit_leaves_the_folder_and_loses_unknown_keys(grafana: Bench) -> None:
    grafana.create_folder("team", "Team")
    grafana.create_foreign("theirs", "Theirs", "team")
    grafana.edit_by_api("theirs", lambda document: document.update(extra=1))
    assert grafana.documents()["theirs"]["extra"] == 1
    grafana.edit_by_hand("theirs", retitle)
    document = grafana.documents()["theirs"]
    assert document["title"] == "By hand"
    assert "extra" not in document
    assert grafana.places() == {"theirs": "team"}
    assert [each["version"] for each in grafana.versions("theirs")] == [3, 2, 1]


def test_labels_survive_the_browser_but_not_the_classic_api(grafana: Bench) -> None:
    if grafana.api == "classic":
        pytest.skip("the classic API has no labels")
    grafana.ask("POST", DASHBOARDS, MARKED)
    grafana.edit_by_hand("ours", retitle)
    [edited] = grafana.resources()
    assert edited["metadata"]["labels"]["by"] == "us"
    grafana.edit_by_api("ours", lambda document: document.update(title="Again"))
    [edited] = grafana.resources()
    assert "by" not in edited["metadata"]["labels"]


def test_folders_are_renamed_and_moved(grafana: Bench) -> None:
    grafana.create_folder("a", "A")
    grafana.create_folder("b", "B")
    grafana.rename_folder("b", "Renamed")
    grafana.move_folder("b", "a")
    assert grafana.folders() == {"a": "A", "b": "Renamed"}
    assert grafana.parents() == {"a": "", "b": "a"}


def test_what_is_deleted_is_gone(grafana: Bench) -> None:
    grafana.create_foreign("theirs", "Theirs")
    grafana.delete("theirs")
    assert grafana.documents() == {}


def test_a_proxy_leads_to_the_server(grafana: Bench, proxy: FaultProxy) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{proxy.url}/api/health", timeout=60)
    assert answer.json()["version"]
    assert proxy.requests == [("GET", "/api/health")]
