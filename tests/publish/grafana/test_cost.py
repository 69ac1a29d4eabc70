"""What publishing asks of a server, in requests."""

import json

import pytest

from tests.publish.grafana.publisher import Publisher, build_panel

PAGED_REQUESTS = 15


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


def test_five_hundred_unchanged_dashboards_are_listed_and_not_asked_for_one_by_one(
    publisher: Publisher,
) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("a server in memory counts requests")
    declare_dashboards(publisher, 500)
    publisher.run_publish()
    memory.clear_requests()
    publisher.run_publish()
    if publisher.grafana.api == "apis":
        assert memory.count_requests() <= PAGED_REQUESTS
    assert memory.count_requests("POST") + memory.count_requests("PUT") == 0
    assert memory.count_requests() <= 500 + PAGED_REQUESTS


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


@pytest.mark.slow
def test_a_thousand_dashboards_are_published_and_planned(publisher: Publisher) -> None:
    declare_dashboards(publisher, 1000)
    publisher.run_publish()
    assert len(publisher.grafana.list_folder_uids()) == 1000
    assert publisher.is_published()
    run = publisher.run_publish()
    assert "1000 unchanged" in run.stderr
