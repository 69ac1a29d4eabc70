"""Before anything is published, the data source that dashboards show is there and fits."""

from collections.abc import Callable, Iterator

import pytest

from tests.publish.grafana.publisher import Publisher
from tests.workspace import CommandResult

AddDataSource = Callable[..., None]


@pytest.fixture
def add_data_source(publisher: Publisher) -> Iterator[AddDataSource]:
    """Add a data source; all are taken away again."""
    names: list[str] = []

    def one(name: str, kind: str = "prometheus", interval: str = "") -> None:
        body = {
            **{"uid": name.lower(), "name": name, "type": kind, "url": "http://127.0.0.1:9"},
            **{"access": "proxy", "jsonData": {"timeInterval": interval}},
        }
        answer = publisher.grafana.send_request("POST", "/api/datasources", body)
        assert answer.ok, answer.text
        names.append(name.lower())

    yield one
    for uid in names:
        publisher.grafana.send_request("DELETE", f"/api/datasources/uid/{uid}")


def run_publish(publisher: Publisher, *arguments: str) -> CommandResult:
    return publisher.run_command("publish", "--data-source-check", *arguments)


def test_without_a_prometheus_nothing_is_published(
    publisher: Publisher, add_data_source: AddDataSource
) -> None:
    add_data_source("Logs", "loki")
    publisher.declare_dashboard("a")
    run = run_publish(publisher)
    assert run.exit_code == 2
    assert "no data source of the type Prometheus" in run.stderr
    assert "--no-data-source-check" in run.stderr
    assert publisher.grafana.list_documents() == {}


def test_a_slower_scrape_is_told_and_hinders_nothing(
    publisher: Publisher, add_data_source: AddDataSource
) -> None:
    add_data_source("Metrics", interval="15s")
    publisher.declare_dashboard("a")
    assert "Note" not in run_publish(publisher).stderr
    run = run_publish(publisher, "--scrape-interval", "1m")
    assert run.exit_code == 0
    assert "'Metrics' assumes a scrape every 15s" in run.stderr


def test_an_editor_may_look(publisher: Publisher, add_data_source: AddDataSource) -> None:
    add_data_source("Metrics")
    publisher.declare_dashboard("a")
    publisher.set_token(publisher.grafana.server.create_token("editor"))  # type: ignore[attr-defined]
    assert run_publish(publisher).exit_code == 0
