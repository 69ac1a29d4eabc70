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


def build_data_source(uid: str, **fields: Any) -> dict[str, Any]:
    """A data source as Grafana lists it."""
    return {"uid": uid, "name": uid.upper(), "type": "prometheus", "isDefault": False, **fields}


def build_document(**variable: Any) -> Document:
    """A dashboard with a variable for its data source."""
    data_source_variable = {
        "name": "datasource",
        "query": "prometheus",
        "type": "datasource",
        **variable,
    }
    return {"templating": {"list": [data_source_variable]}, "title": "Orders"}


def build_interval_settings(interval: str) -> dict[str, Any]:
    """A data source's idea of how often is scraped."""
    return {"jsonData": {"timeInterval": interval}}


@pytest.fixture
def connection(memory_grafana: MemoryGrafana) -> Iterator[Connection]:
    """A connection of an administrator."""
    with Connection(
        memory_grafana.url, Credentials(token=memory_grafana.create_token("administrator"))
    ) as connection:
        yield connection


def list_notes(
    memory_grafana: MemoryGrafana,
    connection: Connection,
    *documents: Document,
    scraped: str = "15s",
    **sources: dict[str, Any],
) -> list[str]:
    """What is said of these documents on a server with these data sources."""
    memory_grafana.store.data_sources.update(
        {uid: build_data_source(uid, **fields) for uid, fields in sources.items()}
    )
    return check_data_sources(connection, documents, scraped)


def test_a_data_source_that_fits_needs_no_words(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    assert list_notes(memory_grafana, connection, build_document(), prom={}) == []
    assert (
        list_notes(
            memory_grafana,
            connection,
            build_document(),
            prom=build_interval_settings("30s"),
            scraped="30s",
        )
        == []
    )


def test_a_dashboard_without_such_a_variable_asks_nobody(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    loki = {"templating": {"list": [{"type": "datasource", "query": "loki"}, "x", None]}}
    wild: list[Document] = [loki, {}, {"templating": "x"}, {"templating": {"list": 3}}]
    assert list_notes(memory_grafana, connection, *wild) == []
    assert memory_grafana.count_requests() == 0


def test_a_grafana_without_a_prometheus_is_an_error_that_names_the_dashboard(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    with pytest.raises(TailboardError, match="which Orders would show") as error:
        list_notes(memory_grafana, connection, build_document(), loki={"type": "loki"})
    assert "--no-data-source-check" in error.value.tip


def test_a_variable_that_may_choose_none_is_told(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    text = list_notes(memory_grafana, connection, build_document(regex="/^STAGE/"), prom={})
    assert text == ["the dashboard 'Orders' finds no data source that its variable may choose"]


def test_a_pattern_that_only_a_browser_understands_chooses_all(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    assert list_notes(memory_grafana, connection, build_document(regex="/(?<a>P)/"), prom={}) == []


@pytest.mark.parametrize(
    ("interval", "is_noted"),
    [("", True), ("15s", True), ("1m", False), ("2m", False), ("odd", False)],
)
def test_a_data_source_that_assumes_too_many_scrapes_is_told(
    memory_grafana: MemoryGrafana, connection: Connection, interval: str, is_noted: bool
) -> None:
    note_list = list_notes(
        memory_grafana,
        connection,
        build_document(),
        prom=build_interval_settings(interval),
        scraped="1m",
    )
    assert bool(note_list) == is_noted
    assert all("'PROM'" in note and "Set its scrape interval to 1m" in note for note in note_list)
    assert all("--scrape-interval, given or by default, says" in note for note in note_list)
    assert all("or give --scrape-interval 15s if" in note for note in note_list)


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
    memory_grafana: MemoryGrafana,
    connection: Connection,
    variable: dict[str, Any],
    picked: str | None,
) -> None:
    text = list_notes(
        memory_grafana,
        connection,
        build_document(**variable),
        scraped="1m",
        c=build_interval_settings("2m"),
        b={"isDefault": True},
        a={},
    )
    assert len(text) == 1
    assert (picked is None) == ("finds no data source" in text[0])
    assert picked is None or f"data source '{picked}'" in text[0]


def test_a_data_source_of_several_dashboards_is_told_once(
    memory_grafana: MemoryGrafana, connection: Connection
) -> None:
    assert (
        len(
            list_notes(
                memory_grafana,
                connection,
                build_document(),
                build_document(),
                prom={},
                scraped="1m",
            )
        )
        == 1
    )


def test_who_may_not_list_data_sources_looks_where_browsers_do(
    memory_grafana: MemoryGrafana,
) -> None:
    with Connection(
        memory_grafana.url, Credentials(token=memory_grafana.create_token("none"))
    ) as viewer:
        assert list_notes(memory_grafana, viewer, build_document(), prom={}) == []
    assert memory_grafana.count_requests("GET", "/api/frontend/settings") == 1
