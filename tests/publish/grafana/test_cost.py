"""What publishing asks of a server, in requests."""

import json

import pytest

from tests.publish.grafana.shop import Shop, panel

ASKED_IN_PAGES = 15


def declare_many(shop: Shop, count: int) -> None:
    """Declare many dashboards in one file."""
    documents = [
        {"title": f"D{n}", "uid": f"d{n}", "schemaVersion": 42, "panels": [panel("P", f"q{n}")]}
        for n in range(count)
    ]
    shop.workshop.write("definitions/all.txt", json.dumps(documents))
    shop.workshop.write(
        "definitions/many.py",
        """
        import json
        from pathlib import Path

        dashboards = json.loads((Path(__file__).parent / "all.txt").read_text())
        """,
    )


def test_five_hundred_unchanged_dashboards_are_listed_and_not_asked_for_one_by_one(
    shop: Shop,
) -> None:
    memory = shop.grafana.memory
    if memory is None:
        pytest.skip("a server in memory counts requests")
    declare_many(shop, 500)
    shop.publish()
    memory.forget_requests()
    shop.publish()
    if shop.grafana.api == "apis":
        assert memory.count() <= ASKED_IN_PAGES
    assert memory.count("POST") + memory.count("PUT") == 0
    assert memory.count() <= 500 + ASKED_IN_PAGES


def test_pages_that_are_empty_are_not_the_last(shop: Shop) -> None:
    memory = shop.grafana.memory
    if memory is None or shop.grafana.api == "classic":
        pytest.skip("needs a server with small pages")
    memory.page_size = 3
    for number in range(10):
        shop.grafana.create_foreign(f"a{number}", "Theirs")
    declare_many(shop, 5)
    shop.publish("--owner", "team")
    assert shop.is_published("--owner", "team")
    memory.forget_requests()
    assert set(shop.states("--owner", "team").values()) == {"unchanged"}
    assert memory.count("GET", r"/dashboards/") == 0


def test_a_dashboard_costs_a_few_requests(shop: Shop) -> None:
    server = shop.grafana.memory
    if server is None:
        pytest.skip("a server in memory counts requests")
    declare_many(shop, 20)
    shop.publish()
    assert server.count() <= 20 * 3 + ASKED_IN_PAGES


@pytest.mark.slow
def test_a_thousand_dashboards_are_published_and_planned(shop: Shop) -> None:
    declare_many(shop, 1000)
    shop.publish()
    assert len(shop.grafana.places()) == 1000
    assert shop.is_published()
    run = shop.publish()
    assert "1000 unchanged" in run.err
