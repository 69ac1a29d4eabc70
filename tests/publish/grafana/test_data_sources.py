"""Whether the data source that dashboards will show is there."""

from collections.abc import Iterator
from typing import Any

import pytest

from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.data_sources import check_data_sources
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.credentials import Credentials
from tests.grafana.memory import MemoryGrafana

Document = dict[str, Any]


def source(uid: str, **more: Any) -> dict[str, Any]:
    """A data source as Grafana lists it."""
    return {"uid": uid, "name": uid.upper(), "type": "prometheus", "isDefault": False, **more}


def showing(**variable: Any) -> Document:
    """A dashboard with a variable for its data source."""
    made = {"name": "datasource", "query": "prometheus", "type": "datasource", **variable}
    return {"templating": {"list": [made]}, "title": "Orders"}


def assuming(interval: str) -> dict[str, Any]:
    """A data source's idea of how often is scraped."""
    return {"jsonData": {"timeInterval": interval}}


@pytest.fixture
def connection(memory: MemoryGrafana) -> Iterator[Connection]:
    """A connection of an administrator."""
    with Connection(memory.url, Credentials(token=memory.token("administrator"))) as made:
        yield made


def notes(
    memory: MemoryGrafana,
    connection: Connection,
    *documents: Document,
    scraped: str = "15s",
    **sources: dict[str, Any],
) -> list[str]:
    """What is said of these documents on a server with these data sources."""
    memory.store.data_sources.update({uid: source(uid, **it) for uid, it in sources.items()})
    return check_data_sources(connection, documents, scraped)


def test_a_data_source_that_fits_needs_no_words(
    memory: MemoryGrafana, connection: Connection
) -> None:
    assert notes(memory, connection, showing(), prom={}) == []
    assert notes(memory, connection, showing(), prom=assuming("30s"), scraped="30s") == []


def test_a_dashboard_without_such_a_variable_asks_nobody(
    memory: MemoryGrafana, connection: Connection
) -> None:
    loki = {"templating": {"list": [{"type": "datasource", "query": "loki"}, "x", None]}}
    wild: list[Document] = [loki, {}, {"templating": "x"}, {"templating": {"list": 3}}]
    assert notes(memory, connection, *wild) == []
    assert memory.count() == 0


def test_a_grafana_without_a_prometheus_is_an_error_that_names_the_dashboard(
    memory: MemoryGrafana, connection: Connection
) -> None:
    with pytest.raises(TailboardError, match="which Orders would show") as error:
        notes(memory, connection, showing(), loki={"type": "loki"})
    assert "--no-data-source-check" in error.value.tip


def test_a_variable_that_may_choose_none_is_told(
    memory: MemoryGrafana, connection: Connection
) -> None:
    said = notes(memory, connection, showing(regex="/^STAGE/"), prom={})
    assert said == ["the dashboard 'Orders' finds no data source that its variable may choose"]


def test_a_pattern_that_only_a_browser_understands_chooses_all(
    memory: MemoryGrafana, connection: Connection
) -> None:
    assert notes(memory, connection, showing(regex="/(?<a>P)/"), prom={}) == []


@pytest.mark.parametrize(
    ("interval", "said"), [("", True), ("15s", True), ("1m", False), ("2m", False), ("odd", False)]
)
def test_a_data_source_that_assumes_too_many_scrapes_is_told(
    memory: MemoryGrafana, connection: Connection, interval: str, said: bool
) -> None:
    found = notes(memory, connection, showing(), prom=assuming(interval), scraped="1m")
    assert bool(found) == said
    assert all("'PROM'" in it and "Set its scrape interval to 1m" in it for it in found)
    assert all("--scrape-interval, given or by default, says" in it for it in found)
    assert all("or give --scrape-interval 15s if" in it for it in found)


@pytest.mark.parametrize(
    ("variable", "picked"),
    [
        ({}, "B"),
        ({"current": {"value": "a"}}, "A"),
        ({"current": {"value": "A"}}, "A"),
        ({"current": {"value": ["c", "a"]}}, "A"),
        ({"current": {"value": "default"}}, "B"),
        ({"current": {"value": "deleted"}}, "B"),
        ({"current": "odd"}, "B"),
        ({"current": {"value": {"a": 1}}}, "B"),
        ({"regex": "[ac]"}, None),
        ({"regex": "[AC]"}, "A"),
    ],
)
def test_what_the_variable_will_pick_is_what_is_looked_at(
    memory: MemoryGrafana, connection: Connection, variable: dict[str, Any], picked: str | None
) -> None:
    said = notes(
        memory,
        connection,
        showing(**variable),
        scraped="1m",
        c=assuming("2m"),
        b={"isDefault": True},
        a={},
    )
    assert len(said) == 1
    assert (picked is None) == ("finds no data source" in said[0])
    assert picked is None or f"data source '{picked}'" in said[0]


def test_a_data_source_of_several_dashboards_is_told_once(
    memory: MemoryGrafana, connection: Connection
) -> None:
    assert len(notes(memory, connection, showing(), showing(), prom={}, scraped="1m")) == 1


def test_who_may_not_list_data_sources_looks_where_browsers_do(memory: MemoryGrafana) -> None:
    with Connection(memory.url, Credentials(token=memory.token("none"))) as theirs:
        assert notes(memory, theirs, showing(), prom={}) == []
    assert memory.count("GET", "/api/frontend/settings") == 1
