"""What the Grafana in memory offers a test beside its answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.grafana.memory import MemoryGrafana
from tests.grafana.scenarios import DASHBOARDS, DB, GRANT, resource, spec


@pytest.fixture
def client(memory: MemoryGrafana) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(memory.credentials("admin"))
        yield session


def names(session: requests.Session, address: str) -> list[str]:
    items = session.get(address, timeout=10).json()["items"]
    return [each["metadata"]["name"] for each in items]


def test_an_old_server_has_nothing_under_apis() -> None:
    with MemoryGrafana(apis=False) as server:
        headers = dict(server.credentials("admin"))
        answer = requests.get(f"{server.url}/apis", headers=headers, timeout=10)
        login = requests.get(f"{server.url}/apis", allow_redirects=False, timeout=10)
    assert (answer.status_code, login.status_code) == (404, 302)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_requests_are_counted_by_method_and_path(
    memory: MemoryGrafana, client: requests.Session
) -> None:
    for uid in ("a", "b"):
        client.post(memory.url + DASHBOARDS, json=resource(uid), timeout=10)
        client.get(f"{memory.url}{DASHBOARDS}/{uid}", timeout=10)
    assert memory.count() == 4
    assert memory.count("POST") == 2
    assert memory.count("GET", r"/dashboards/a$") == 1
    memory.forget_requests()
    assert memory.count() == 0


def test_an_action_comes_once_before_the_next_request_that_matches(
    memory: MemoryGrafana, client: requests.Session
) -> None:
    memory.before("GET", r"/dashboards$", lambda: memory.add("theirs", spec()))
    address = memory.url + DASHBOARDS
    client.post(address, json=resource("ours"), timeout=10)
    assert sorted(memory.documents()) == ["ours"]
    assert names(client, address) == ["ours", "theirs"]
    memory.store.delete_dashboard("theirs")
    assert names(client, address) == ["ours"]


def test_an_action_may_ask_the_server_itself(
    memory: MemoryGrafana, client: requests.Session
) -> None:
    headers = dict(memory.credentials("admin"))
    edit = {"dashboard": spec("By hand", uid="one"), "overwrite": True}

    def edit_by_hand() -> None:
        requests.post(memory.url + DB, json=edit, headers=headers, timeout=10)

    address = memory.url + DASHBOARDS
    made = client.post(address, json=resource("one"), timeout=10).json()
    memory.before("PUT", "/one$", edit_by_hand)
    late = client.put(f"{address}/one", json=made, timeout=10)
    assert late.status_code == 409
    assert memory.documents()["one"]["title"] == "By hand"


def test_no_list_is_longer_than_the_page_size() -> None:
    with MemoryGrafana(page_size=2) as server, requests.Session() as session:
        session.headers.update(server.credentials("admin"))
        for uid in ("a", "b", "c"):
            server.add(uid, spec())
        first = session.get(f"{server.url}{DASHBOARDS}?limit=500", timeout=10).json()
        token = first["metadata"]["continue"]
        address = f"{server.url}{DASHBOARDS}?limit=500&continue={token}"
        assert len(first["items"]) == 2
        assert names(session, address) == ["c"]


def test_many_may_ask_at_once(memory: MemoryGrafana) -> None:
    headers = {**memory.credentials("editor")}

    def create(number: int) -> int:
        body = resource(f"d{number}", annotations=GRANT)
        address = memory.url + DASHBOARDS
        return requests.post(address, json=body, headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(create, range(200))) == {201}
    assert len(memory.documents()) == 200
    versions = {item.resource_version for item in memory.store.dashboards.values()}
    assert len(versions) == 200
