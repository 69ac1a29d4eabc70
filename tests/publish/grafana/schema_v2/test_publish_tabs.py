"""Dashboards with tabs are published with tabs where Grafana has them, and as rows elsewhere."""

import json
from typing import Any

import pytest

from tailboard.dashboards.schema_v2.layout import list_sections
from tests.dashboards.schema_v2.sample_documents import build_resource, build_tabs_spec
from tests.grafana.grafana_under_test import Document
from tests.publish.grafana.publisher import DEFINITIONS_FOLDER, Publisher

DEFINITION = """
from tailboard import Dashboard, Row
from tailboard.panels import Query, kinds


def build_panel(title):
    return kinds.timeseries(title, [Query("up", "up")], description="Up.", unit="short")


dashboard = Dashboard(
    "Orders",
    uid="orders",
    layout="tabs",
    rows=[
        Row("Overview", [build_panel("Up"), build_panel("Down")]),
        Row("Slow", [build_panel("Slowest")], tab="Routes", hide_empty=True),
        Row("Closed", [build_panel("Rare")], tab="Routes", collapsed=True),
    ],
)
"""

TABS = [
    "tab 'Overview'",
    "tab 'Routes'",
    "row 'Slow' of tab 'Routes'",
    "row 'Closed' of tab 'Routes'",
]


@pytest.fixture(autouse=True)
def _definition(publisher: Publisher) -> None:
    """Orders, in tabs."""
    publisher.workspace.write_file(f"{DEFINITIONS_FOLDER}/orders.py", DEFINITION)


def read_sections(publisher: Publisher) -> list[str]:
    """The rows and tabs that Grafana shows."""
    layout = publisher.grafana.read_in_v2("orders")["layout"]
    return [section.describe() for section in list_sections(layout)]


def skip_without_v2(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("the classic API stores no schema v2")


def is_tabs_shown(publisher: Publisher) -> bool:
    """Whether this Grafana prefers schema v2."""
    answer = publisher.grafana.send_request("GET", "/apis/dashboard.grafana.app")
    versions = answer.json().get("versions") if answer.ok else []
    return bool(versions) and versions[0]["version"].startswith("v2")


def test_without_a_choice_tabs_are_for_a_grafana_that_shows_them(publisher: Publisher) -> None:
    is_shown = publisher.grafana.api == "apis" and is_tabs_shown(publisher)
    run = publisher.run_publish()
    assert ("2 tabs become rows" in run.stderr) != is_shown
    assert publisher.is_published()
    document: dict[str, Any] = publisher.grafana.list_documents()["orders"]
    if is_shown:
        assert read_sections(publisher) == TABS
    else:
        headings = [panel["title"] for panel in document["panels"] if panel["type"] == "row"]
        assert headings == ["Overview", "Routes / Slow", "Routes / Closed"]


def test_what_was_published_in_tabs_is_unchanged_and_pulled_with_them(publisher: Publisher) -> None:
    skip_without_v2(publisher)
    publisher.run_publish("--schema", "v2")
    assert read_sections(publisher) == TABS
    assert publisher.is_published("--schema", "v2")
    publisher.run_pull("orders", "--out", DEFINITIONS_FOLDER)
    assert publisher.is_published()
    pulled: Document = json.loads(
        (publisher.workspace.root / DEFINITIONS_FOLDER / "orders.json").read_bytes()
    )
    sections = list_sections(pulled["spec"]["layout"])
    assert [section.describe() for section in sections] == TABS
    publisher.workspace.run_build(DEFINITIONS_FOLDER)


def test_panels_have_the_same_ids_in_both_schemas(publisher: Publisher) -> None:
    skip_without_v2(publisher)
    publisher.run_publish("--schema", "v1")
    names = set(publisher.grafana.read_in_v2("orders")["elements"])
    publisher.run_publish("--schema", "v2")
    assert set(publisher.grafana.read_in_v2("orders")["elements"]) == names


def test_publishing_rows_over_tabs_says_so_and_rollback_brings_them_back(
    publisher: Publisher,
) -> None:
    skip_without_v2(publisher)
    publisher.run_publish("--schema", "v2")
    before = publisher.grafana.read_in_v2("orders")
    run = publisher.run_publish("--schema", "v1")
    assert "2 tabs become rows" in run.stderr
    assert publisher.is_published("--schema", "v1")
    publisher.run_rollback(run)
    assert publisher.grafana.read_in_v2("orders") == before


def test_an_older_grafana_gets_rows_whatever_was_asked_for(publisher: Publisher) -> None:
    if publisher.grafana.api != "classic":
        pytest.skip("/apis store schema v2")
    run = publisher.run_publish("--schema", "v2")
    assert "does not store schema v2beta1" in run.stderr
    assert publisher.is_published("--schema", "v2")


def declare_in_v2(publisher: Publisher) -> None:
    """Orders in schema v2, as somebody exported it."""
    (publisher.workspace.root / DEFINITIONS_FOLDER / "orders.py").unlink()
    resource = build_resource(build_tabs_spec())
    publisher.workspace.write_file(f"{DEFINITIONS_FOLDER}/orders.json", json.dumps(resource))


def test_a_definition_in_schema_v2_is_published_in_it(publisher: Publisher) -> None:
    skip_without_v2(publisher)
    declare_in_v2(publisher)
    publisher.run_publish()
    assert publisher.is_published()
    layout = publisher.grafana.read_in_v2("orders")["layout"]
    assert layout == build_tabs_spec()["layout"]


def test_a_definition_in_schema_v2_is_left_alone_where_it_cannot_be_stored(
    publisher: Publisher,
) -> None:
    if publisher.grafana.api != "classic":
        pytest.skip("/apis store schema v2")
    declare_in_v2(publisher)
    [item] = publisher.plan_items().values()
    assert "this Grafana does not store schema v2beta1" in str(item)
    publisher.run_publish(code=1)
    assert publisher.grafana.list_documents() == {}


def test_a_definition_in_schema_v2_is_not_published_in_schema_v1(publisher: Publisher) -> None:
    declare_in_v2(publisher)
    run = publisher.run_publish("--schema", "v1", code=2)
    assert "--schema v1 does not publish" in run.stderr
    assert publisher.grafana.list_documents() == {}
