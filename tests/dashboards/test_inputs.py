"""Inputs of an export become variables."""

from grafanalib.core import (
    ConstantInput,
    DataSourceInput,
)

from tailboard.dashboards import build_document
from tests.dashboards.sample_dashboards import (
    grafanalib_of,
    json_of,
    line,
)


def test_inputs_of_an_export_become_data_source_variables() -> None:
    """Only Grafana's import dialog fills inputs in; the API, provisioning and Git Sync do not."""
    inputs = [
        {
            "name": "DS_PROMETHEUS",
            "label": "Prometheus",
            "type": "datasource",
            "pluginId": "prometheus",
            "pluginName": "Prometheus",
            "description": "",
        },
        {"name": "DS_LOGS", "label": "", "type": "datasource", "pluginId": "loki"},
    ]
    made = build_document(
        {"title": "Orders", "__inputs": inputs, "__requires": [], "__elements": {}}
    )
    assert not {"__inputs", "__requires", "__elements"} & set(made)
    found = {it["name"]: it for it in made["templating"]["list"]}
    assert (
        found["DS_PROMETHEUS"].items()
        >= {
            "type": "datasource",
            "query": "prometheus",
            "label": "Prometheus",
            "refresh": 1,
        }.items()
    )
    assert found["DS_LOGS"].items() >= {"type": "datasource", "query": "loki"}.items()


def test_an_input_that_names_no_plugin_is_taken_for_prometheus() -> None:
    made = json_of(__inputs=[{"name": "DS", "type": "datasource"}])
    (found,) = made["templating"]["list"]
    assert (found["name"], found["query"], found["label"]) == ("DS", "prometheus", "DS")


def test_an_input_without_a_name_is_none() -> None:
    assert json_of(__inputs=[{"type": "datasource"}]) == json_of()


def test_an_input_that_already_has_its_variable_makes_no_second_one() -> None:
    mine = {"name": "DS_PROMETHEUS", "type": "datasource", "query": "prometheus", "regex": "/a/"}
    inputs = [
        {"name": "DS_PROMETHEUS", "label": "P", "type": "datasource", "pluginId": "prometheus"}
    ]
    made = json_of(__inputs=inputs, templating={"list": [mine]})
    (found,) = (it for it in made["templating"]["list"] if it["name"] == "DS_PROMETHEUS")
    assert found == {**mine, "options": []}


def test_a_constant_input_becomes_a_constant() -> None:
    made = grafanalib_of(inputs=[ConstantInput("VAR_TENANT", "Tenant", "acme")])
    found = [it for it in made["templating"]["list"] if it["name"] == "VAR_TENANT"]
    assert found == [
        {
            "hide": 2,
            "label": "Tenant",
            "name": "VAR_TENANT",
            "options": [],
            "query": "acme",
            "type": "constant",
        }
    ]


def test_inputs_of_grafanalib_become_variables_too() -> None:
    source = DataSourceInput("DS_P", "Prometheus", "prometheus", "Prometheus")
    made = grafanalib_of(line("A", dataSource="${DS_P}"), inputs=[source])
    assert "DS_P" in {it["name"] for it in made["templating"]["list"]}
    assert made["panels"][0]["datasource"] == {"type": "prometheus", "uid": "${DS_P}"}


def test_an_input_of_another_kind_is_not_called_prometheus() -> None:
    source = DataSourceInput("DS_LOGS", "Loki", "loki", "Loki")
    made = grafanalib_of(line("A", dataSource="${DS_LOGS}"), inputs=[source])
    assert made["panels"][0]["datasource"] == {"type": "loki", "uid": "${DS_LOGS}"}
