"""What the Grafana in memory offers a test beside its answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.grafana.memory import MemoryGrafana
from tests.grafana.scenarios import DASHBOARDS, DB, GRANT, build_resource, build_spec


@pytest.fixture
def client(memory_grafana: MemoryGrafana) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(memory_grafana.build_credentials("admin"))
        yield session


def list_names(session: requests.Session, address: str) -> list[str]:
    items = session.get(address, timeout=10).json()["items"]
    return [item["metadata"]["name"] for item in items]


def test_an_old_server_has_nothing_under_apis() -> None:
    with MemoryGrafana(apis=False) as server:
        headers = dict(server.build_credentials("admin"))
        answer = requests.get(f"{server.url}/apis", headers=headers, timeout=10)
        login = requests.get(f"{server.url}/apis", allow_redirects=False, timeout=10)
    assert (answer.status_code, login.status_code) == (404, 302)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_requests_are_counted_by_method_and_path(
    memory_grafana: MemoryGrafana, client: requests.Session
) -> None:
    for uid in ("a", "b"):
        client.post(memory_grafana.url + DASHBOARDS, json=build_resource(uid), timeout=10)
        client.get(f"{memory_grafana.url}{DASHBOARDS}/{uid}", timeout=10)
    assert memory_grafana.count_requests() == 4
    assert memory_grafana.count_requests("POST") == 2
    assert memory_grafana.count_requests("GET", r"/dashboards/a$") == 1
    memory_grafana.clear_requests()
    assert memory_grafana.count_requests() == 0


def test_an_action_comes_once_before_the_next_request_that_matches(
    memory_grafana: MemoryGrafana, client: requests.Session
) -> None:
    memory_grafana.add_hook(
        "GET", r"/dashboards$", lambda: memory_grafana.add_dashboard("theirs", build_spec())
    )
    address = memory_grafana.url + DASHBOARDS
    client.post(address, json=build_resource("ours"), timeout=10)
    assert sorted(memory_grafana.list_documents()) == ["ours"]
    assert list_names(client, address) == ["ours", "theirs"]
    memory_grafana.store.delete_dashboard("theirs")
    assert list_names(client, address) == ["ours"]


def test_an_action_may_ask_the_server_itself(
    memory_grafana: MemoryGrafana, client: requests.Session
) -> None:
    headers = dict(memory_grafana.build_credentials("admin"))
    edit = {"dashboard": build_spec("By hand", uid="one"), "overwrite": True}

    def edit_by_hand() -> None:
        requests.post(memory_grafana.url + DB, json=edit, headers=headers, timeout=10)

    address = memory_grafana.url + DASHBOARDS
    resource_json = client.post(address, json=build_resource("one"), timeout=10).json()
    memory_grafana.add_hook("PUT", "/one$", edit_by_hand)
    late_answer = client.put(f"{address}/one", json=resource_json, timeout=10)
    assert late_answer.status_code == 409
    assert memory_grafana.list_documents()["one"]["title"] == "By hand"


def test_no_list_is_longer_than_the_page_size() -> None:
    with MemoryGrafana(page_size=2) as server, requests.Session() as session:
        session.headers.update(server.build_credentials("admin"))
        for uid in ("a", "b", "c"):
            server.add_dashboard(uid, build_spec())
        first = session.get(f"{server.url}{DASHBOARDS}?limit=500", timeout=10).json()
        token = first["metadata"]["continue"]
        address = f"{server.url}{DASHBOARDS}?limit=500&continue={token}"
        assert len(first["items"]) == 2
        assert list_names(session, address) == ["c"]


def test_a_page_of_large_dashboards_ends_before_the_limit() -> None:
    with MemoryGrafana() as server, requests.Session() as session:
        session.headers.update(server.build_credentials("admin"))
        for uid in ("a", "b", "c"):
            server.add_dashboard(uid, {**build_spec(), "description": "x" * 1_200_000})
        page = session.get(f"{server.url}{DASHBOARDS}?limit=500", timeout=10).json()
        assert [item["metadata"]["name"] for item in page["items"]] == ["a", "b"]
        token = page["metadata"]["continue"]
        assert list_names(session, f"{server.url}{DASHBOARDS}?limit=500&continue={token}") == ["c"]


def test_many_may_ask_at_once(memory_grafana: MemoryGrafana) -> None:
    headers = {**memory_grafana.build_credentials("editor")}

    def create(number: int) -> int:
        body = build_resource(f"d{number}", annotations=GRANT)
        address = memory_grafana.url + DASHBOARDS
        return requests.post(address, json=body, headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(create, range(200))) == {201}
    assert len(memory_grafana.list_documents()) == 200
    versions = {item.resource_version for item in memory_grafana.store.dashboards.values()}
    assert len(versions) == 200
