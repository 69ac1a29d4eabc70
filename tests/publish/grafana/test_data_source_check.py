"""Before anything is published, the data source that dashboards show is there and fits."""

from collections.abc import Callable, Iterator

import pytest

from tests.publish.grafana.shop import Shop
from tests.publish.workshop import Run

Add = Callable[..., None]


@pytest.fixture
def add(shop: Shop) -> Iterator[Add]:
    """Add a data source; all are taken away again."""
    made: list[str] = []

    def one(name: str, kind: str = "prometheus", interval: str = "") -> None:
        body = {
            **{"uid": name.lower(), "name": name, "type": kind, "url": "http://127.0.0.1:9"},
            **{"access": "proxy", "jsonData": {"timeInterval": interval}},
        }
        answer = shop.grafana.ask("POST", "/api/datasources", body)
        assert answer.ok, answer.text
        made.append(name.lower())

    yield one
    for uid in made:
        shop.grafana.ask("DELETE", f"/api/datasources/uid/{uid}")


def publish(shop: Shop, *arguments: str) -> Run:
    return shop.run("publish", "--data-source-check", *arguments)


def test_without_a_prometheus_nothing_is_published(shop: Shop, add: Add) -> None:
    add("Logs", "loki")
    shop.declare("a")
    run = publish(shop)
    assert run.code == 2
    assert "no data source of the type Prometheus" in run.err
    assert "--no-data-source-check" in run.err
    assert shop.grafana.documents() == {}


def test_a_slower_scrape_is_told_and_hinders_nothing(shop: Shop, add: Add) -> None:
    add("Metrics", interval="15s")
    shop.declare("a")
    assert "Note" not in publish(shop).err
    run = publish(shop, "--scrape-interval", "1m")
    assert run.code == 0
    assert "'Metrics' assumes a scrape every 15s" in run.err


def test_an_editor_may_look(shop: Shop, add: Add) -> None:
    add("Metrics")
    shop.declare("a")
    shop.with_token(shop.grafana.server.token("editor"))  # type: ignore[attr-defined]
    assert publish(shop).code == 0
