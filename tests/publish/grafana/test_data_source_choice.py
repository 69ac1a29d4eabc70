"""`--data-source`: the data source that published dashboards open with, another one a target."""

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.flatten import list_variables
from tailboard.publish.grafana.data_sources import set_data_source
from tests.publish.grafana.publisher import Publisher, build_panel

VARIABLES = [
    {"name": "datasource", "query": "prometheus", "type": "datasource"},
    {"name": "logs", "query": "loki", "type": "datasource"},
    {"name": "job", "query": "label_values(job)", "type": "query"},
]
DOCUMENT = {
    "panels": [build_panel("Up", "up")],
    "schemaVersion": 42,
    "templating": {"list": VARIABLES},
    "title": "Shop",
    "uid": "shop",
}


def test_only_variables_of_prometheus_choose_it() -> None:
    first, *others = set_data_source(DOCUMENT, "eu")["templating"]["list"]
    assert first["current"] == {"selected": False, "text": "eu", "value": "eu"}
    assert others == VARIABLES[1:]


def test_the_variables_of_schema_v2_choose_it_too() -> None:
    document = set_data_source(convert_document(DOCUMENT), "eu")
    values = [variable["spec"]["current"].get("value") for variable in list_variables(document)]
    assert values[0] == "eu"
    assert "eu" not in values[1:]


def test_a_document_without_variables_is_unchanged() -> None:
    document = {"title": "Shop", "panels": []}
    assert set_data_source(document, "eu") == document


def test_a_dashboard_opens_with_the_data_source_of_its_target(publisher: Publisher) -> None:
    publisher.declare_document(DOCUMENT)
    publisher.run_publish("--data-source", "eu")
    (document,) = publisher.grafana.list_documents().values()
    assert document["templating"]["list"][0]["current"]["value"] == "eu"
    assert publisher.is_published("--data-source", "eu")
    assert not publisher.is_published("--data-source", "us")
