"""The fault proxy does the harm that it promises, and no other."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
import requests

from tests.grafana.fault_proxy import (
    DROP_AFTER,
    DROP_BEFORE,
    HTML,
    RESET_AFTER,
    RESET_BEFORE,
    TRUNCATE,
    Fault,
    FaultProxy,
    build_delay,
    build_refusal,
)
from tests.grafana.memory import MemoryGrafana

HEALTH = "/api/health"
FOLDERS = "/api/folders"


@pytest.fixture
def proxy(memory_grafana: MemoryGrafana) -> Iterator[FaultProxy]:
    with FaultProxy(memory_grafana.url) as between:
        yield between


@pytest.fixture
def client(memory_grafana: MemoryGrafana) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(memory_grafana.build_credentials("admin"))
        yield session


def create_folder(client: requests.Session, proxy: FaultProxy) -> requests.Response:
    return client.post(proxy.url + FOLDERS, json={"uid": "f", "title": "F"}, timeout=10)


def test_without_a_fault_the_answer_is_the_servers(
    client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    response = create_folder(client, proxy)
    assert (response.status_code, response.json()["uid"]) == (200, "f")
    assert client.get(f"{proxy.url}{FOLDERS}/nope", timeout=10).status_code == 404
    assert proxy.requests == [("POST", FOLDERS), ("GET", f"{FOLDERS}/nope")]
    assert list(memory_grafana.store.folders) == ["f"]


@pytest.mark.parametrize("fault", [DROP_BEFORE, RESET_BEFORE], ids=["drop", "reset"])
def test_what_is_lost_before_the_server_is_not_done(
    fault: Fault, client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    proxy.add_fault(fault)
    with pytest.raises(requests.ConnectionError):
        create_folder(client, proxy)
    assert not memory_grafana.store.folders


@pytest.mark.parametrize("fault", [DROP_AFTER, RESET_AFTER], ids=["drop", "reset"])
def test_what_is_lost_after_the_server_is_done(
    fault: Fault, client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    proxy.add_fault(fault)
    with pytest.raises(requests.ConnectionError):
        create_folder(client, proxy)
    assert list(memory_grafana.store.folders) == ["f"]


def test_a_reset_is_seen_as_a_reset(client: requests.Session, proxy: FaultProxy) -> None:
    proxy.add_fault(RESET_BEFORE)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        create_folder(client, proxy)


def test_a_truncated_answer_promises_more_than_arrives(
    client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    proxy.add_fault(TRUNCATE)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        create_folder(client, proxy)
    assert list(memory_grafana.store.folders) == ["f"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_refusal_never_reaches_the_server(
    status: int, client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    proxy.add_fault(build_refusal(status, retry_after="7"))
    answer = create_folder(client, proxy)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert not memory_grafana.store.folders


def test_a_login_page_answers_200(client: requests.Session, proxy: FaultProxy) -> None:
    proxy.add_fault(HTML)
    answer = client.get(proxy.url + HEALTH, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_only_the_nth_request_is_harmed(client: requests.Session, proxy: FaultProxy) -> None:
    proxy.add_fault(build_refusal(503), nth=2)
    statuses = [client.get(proxy.url + HEALTH, timeout=10).status_code for _ in range(3)]
    assert statuses == [200, 503, 200]


def test_only_requests_that_match_are_harmed_and_only_so_often(
    client: requests.Session, proxy: FaultProxy
) -> None:
    proxy.add_fault(build_refusal(503), method="GET", path=r"/api/health$", times=1)
    assert create_folder(client, proxy).status_code == 200
    statuses = [client.get(proxy.url + HEALTH, timeout=10).status_code for _ in range(2)]
    assert statuses == [503, 200]


def test_a_healed_proxy_counts_from_nought(client: requests.Session, proxy: FaultProxy) -> None:
    proxy.add_fault(build_refusal(503))
    client.get(proxy.url + HEALTH, timeout=10)
    proxy.clear_faults()
    assert client.get(proxy.url + HEALTH, timeout=10).status_code == 200
    assert proxy.requests == [("GET", HEALTH)]


def test_a_delayed_request_reaches_the_server_only_when_it_is_let_through(
    client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    arrived, go = Event(), Event()

    def wait() -> None:
        arrived.set()
        go.wait(10)

    proxy.add_fault(build_delay(wait))
    answers: list[int] = []
    asking = Thread(target=lambda: answers.append(create_folder(client, proxy).status_code))
    asking.start()
    assert arrived.wait(10)
    assert not memory_grafana.store.folders
    go.set()
    asking.join(10)
    assert answers == [200]


def test_actions_happen_before_and_after_the_server(
    client: requests.Session, proxy: FaultProxy, memory_grafana: MemoryGrafana
) -> None:
    numbers: list[int] = []

    def look() -> None:
        numbers.append(len(memory_grafana.store.folders))

    proxy.add_fault(Fault(before=look, after=look))
    create_folder(client, proxy)
    assert numbers == [0, 1]


def test_the_path_of_the_server_is_kept(memory_grafana: MemoryGrafana) -> None:
    with FaultProxy(f"{memory_grafana.url}/grafana") as proxy:
        assert proxy.url.endswith("/grafana")
