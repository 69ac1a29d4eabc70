"""`publish --verify-panels`: which panels had data before, and have none since."""

import pytest

from tests.publish.grafana.publisher import Publisher, build_panel

SOURCE = {
    "access": "proxy",
    "isDefault": True,
    "name": "Prometheus",
    "type": "prometheus",
    "uid": "prom",
    "url": "http://127.0.0.1:9",
}
VARIABLE = {"name": "datasource", "query": "prometheus", "type": "datasource"}


@pytest.fixture
def shop(publisher: Publisher) -> Publisher:
    """A Grafana in memory with a data source that answers queries."""
    if publisher.grafana.memory_server is None:
        pytest.skip("the data source of a real one is asked in the story of rules")
    answer = publisher.grafana.send_request("POST", "/api/datasources", SOURCE)
    assert answer.ok
    return publisher


def declare_queries(publisher: Publisher, **queries: str) -> None:
    """Declare a dashboard with a panel for each query."""
    panels = [
        {
            **build_panel(title, query),
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "id": number,
        }
        for number, (title, query) in enumerate(queries.items(), 1)
    ]
    publisher.declare_document(
        {
            "panels": panels,
            "schemaVersion": 42,
            "templating": {"list": [VARIABLE]},
            "title": "Shop",
            "uid": "shop",
        }
    )


def test_panels_that_keep_their_data_are_counted(shop: Publisher) -> None:
    declare_queries(shop, Up="up", Empty="missing_total")
    result = shop.run_publish("--verify-panels")
    assert "1 of 2 panels of what was published have data" in result.stderr
    declare_queries(shop, Up="up > 0", Empty="missing_total")
    assert shop.run_publish("--verify-panels", "--json").json["lost"] == []


@pytest.mark.parametrize(
    ("query", "error"), [("missing_total", ""), ("broken", "execution: found duplicate series")]
)
def test_a_panel_that_loses_its_data_is_named(shop: Publisher, query: str, error: str) -> None:
    declare_queries(shop, Up="up", Down="up == 0")
    shop.run_publish()
    declare_queries(shop, Up=query, Down="up == 0")
    result = shop.run_publish("--verify-panels", "--json", code=4)
    assert result.json["lost"] == [
        {"dashboard": "shop", "error": error, "panel": "Up", "title": "Shop"}
    ]
    assert shop.list_queries() == {"shop": query}


def test_a_dashboard_that_loses_data_is_put_back_where_that_is_wanted(shop: Publisher) -> None:
    declare_queries(shop, Up="up", Down="up == 0")
    shop.run_publish()
    declare_queries(shop, Up="missing_total", Down="up == 0")
    result = shop.run_publish("--verify-panels", "--rollback-on-loss", "--json", code=1)
    (item,) = result.json["items"]
    assert (item["result"], item["problem"]) == ("failed", "put back: 1 panel lost its data")
    assert shop.list_queries() == {"shop": "up"}


def test_a_rollback_on_loss_needs_somebody_who_looks(shop: Publisher) -> None:
    declare_queries(shop, Up="up")
    assert "--verify-panels" in shop.run_publish("--rollback-on-loss", code=2).stderr
