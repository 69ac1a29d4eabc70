"""What publishing asks of a server, in requests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tailboard.publish.http.connection import Connection, Response
from tests.grafana.conftest import typical_api
from tests.publish.grafana.publisher import Publisher, build_panel

pytestmark = typical_api

PAGED_REQUESTS = 12
"""For all dashboards together, where they fill no more than six pages of 2 MB."""

CLASSIC_REQUESTS = 2
"""For each dashboard: what the classic API shows, and in which schema the newer one stores it."""

CHANGE_REQUESTS = 4
"""For one dashboard that is not as declared."""


@contextmanager
def record_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The requests to whatever server within the block: method and path."""
    requests: list[str] = []
    send_request = Connection.request

    def record_request(self: Connection, method: str, path: str, **options: Any) -> Response:
        requests.append(f"{method} {path}")
        return send_request(self, method, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "request", record_request)
        yield requests


def declare_dashboards(publisher: Publisher, count: int) -> None:
    """Declare many dashboards in one file."""
    documents = [
        {
            "title": f"D{n}",
            "uid": f"d{n}",
            "schemaVersion": 42,
            "panels": [build_panel("P", f"q{n}")],
        }
        for n in range(count)
    ]
    publisher.workspace.write_file("definitions/all.txt", json.dumps(documents))
    publisher.workspace.write_file(
        "definitions/many.py",
        """
        import json
        from pathlib import Path

        dashboards = json.loads((Path(__file__).parent / "all.txt").read_text())
        """,
    )


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_unchanged_dashboards_are_listed_and_not_asked_for_one_by_one(
    publisher: Publisher, count: int
) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("a server in memory counts requests")
    declare_dashboards(publisher, count)
    publisher.run_publish()
    memory.clear_requests()
    publisher.run_publish()
    if publisher.grafana.api == "apis":
        assert memory.count_requests() <= PAGED_REQUESTS
    assert memory.count_requests("POST") + memory.count_requests("PUT") == 0
    assert memory.count_requests() <= count + PAGED_REQUESTS


def test_grafana_is_asked_what_it_holds_while_definitions_are_built(publisher: Publisher) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("a server in memory says when it is asked")
    asked_path = publisher.workspace.root / "asked"
    publisher.workspace.write_file(
        "definitions/patient.py",
        f"""
        import time
        from pathlib import Path

        end_time = time.monotonic() + 30
        while not Path({str(asked_path)!r}).exists():
            assert time.monotonic() < end_time, "nobody asked"
            time.sleep(0.01)
        dashboards = [{{"title": "D", "uid": "d", "panels": []}}]
        """,
    )
    memory.add_hook("GET", "/folders|/search", asked_path.touch)
    assert publisher.plan_states() == {"d": "create"}


def test_pages_that_are_empty_are_not_the_last(publisher: Publisher) -> None:
    memory = publisher.grafana.memory_server
    if memory is None or publisher.grafana.api == "classic":
        pytest.skip("needs a server with small pages")
    memory.page_size = 3
    for number in range(10):
        publisher.grafana.create_foreign_dashboard(f"a{number}", "Theirs")
    declare_dashboards(publisher, 5)
    publisher.run_publish("--owner", "team")
    assert publisher.is_published("--owner", "team")
    memory.clear_requests()
    assert set(publisher.plan_states("--owner", "team").values()) == {"unchanged"}
    assert memory.count_requests("GET", r"/dashboards/") == 0


def test_a_dashboard_costs_a_few_requests(publisher: Publisher) -> None:
    server = publisher.grafana.memory_server
    if server is None:
        pytest.skip("a server in memory counts requests")
    declare_dashboards(publisher, 20)
    publisher.run_publish()
    assert server.count_requests() <= 20 * 3 + PAGED_REQUESTS


def change_dashboard(publisher: Publisher, number: int) -> None:
    """Declare another title for one of many dashboards."""
    path = publisher.workspace.root / "definitions" / "all.txt"
    documents = json.loads(path.read_text())
    documents[number]["title"] = "Changed"
    path.write_text(json.dumps(documents))


def test_one_changed_dashboard_adds_a_few_requests_to_the_plan(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_dashboards(publisher, 30)
    publisher.run_publish()
    with record_requests(monkeypatch) as unchanged_requests:
        assert set(publisher.plan_states().values()) == {"unchanged"}
    change_dashboard(publisher, 3)
    with record_requests(monkeypatch) as requests:
        assert publisher.plan_states()["d3"] == "update"
    assert len(requests) <= len(unchanged_requests) + CHANGE_REQUESTS
    per_dashboard = 0 if publisher.grafana.api == "apis" else CLASSIC_REQUESTS
    assert len(unchanged_requests) <= PAGED_REQUESTS + 30 * per_dashboard


@pytest.mark.slow
def test_a_thousand_dashboards_are_published_and_planned(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_dashboards(publisher, 1000)
    publisher.run_publish()
    assert len(publisher.grafana.list_folder_uids()) == 1000
    with record_requests(monkeypatch) as requests:
        assert publisher.is_published()
    if publisher.grafana.api == "apis":
        assert len(requests) <= PAGED_REQUESTS
    run = publisher.run_publish()
    assert "1000 unchanged" in run.stderr
