"""Inputs of an export become variables."""

from grafanalib.core import (
    ConstantInput,
    DataSourceInput,
)

from tailboard.dashboards import build_document
from tests.dashboards.sample_dashboards import (
    build_grafanalib_document,
    build_json_document,
    build_timeseries,
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
    document = build_document(
        {"title": "Orders", "__inputs": inputs, "__requires": [], "__elements": {}}
    )
    assert not {"__inputs", "__requires", "__elements"} & set(document)
    variables = {variable["name"]: variable for variable in document["templating"]["list"]}
    assert (
        variables["DS_PROMETHEUS"].items()
        >= {
            "type": "datasource",
            "query": "prometheus",
            "label": "Prometheus",
            "refresh": 1,
        }.items()
    )
    assert variables["DS_LOGS"].items() >= {"type": "datasource", "query": "loki"}.items()


def test_an_input_that_names_no_plugin_is_taken_for_prometheus() -> None:
    document = build_json_document(__inputs=[{"name": "DS", "type": "datasource"}])
    (variable,) = document["templating"]["list"]
    assert (variable["name"], variable["query"], variable["label"]) == ("DS", "prometheus", "DS")


def test_an_input_without_a_name_is_none() -> None:
    assert build_json_document(__inputs=[{"type": "datasource"}]) == build_json_document()


def test_an_input_that_already_has_its_variable_makes_no_second_one() -> None:
    variable = {
        "name": "DS_PROMETHEUS",
        "type": "datasource",
        "query": "prometheus",
        "regex": "/a/",
    }
    inputs = [
        {"name": "DS_PROMETHEUS", "label": "P", "type": "datasource", "pluginId": "prometheus"}
    ]
    document = build_json_document(__inputs=inputs, templating={"list": [variable]})
    (matching_variable,) = (
        variable
        for variable in document["templating"]["list"]
        if variable["name"] == "DS_PROMETHEUS"
    )
    assert matching_variable == {**variable, "options": []}


def test_a_constant_input_becomes_a_constant() -> None:
    document = build_grafanalib_document(inputs=[ConstantInput("VAR_TENANT", "Tenant", "acme")])
    variables = [
        variable for variable in document["templating"]["list"] if variable["name"] == "VAR_TENANT"
    ]
    assert variables == [
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
    document = build_grafanalib_document(
        build_timeseries("A", dataSource="${DS_P}"), inputs=[source]
    )
    assert "DS_P" in {variable["name"] for variable in document["templating"]["list"]}
    assert document["panels"][0]["datasource"] == {"type": "prometheus", "uid": "${DS_P}"}


def test_an_input_of_another_kind_is_not_called_prometheus() -> None:
    source = DataSourceInput("DS_LOGS", "Loki", "loki", "Loki")
    document = build_grafanalib_document(
        build_timeseries("A", dataSource="${DS_LOGS}"), inputs=[source]
    )
    assert document["panels"][0]["datasource"] == {"type": "loki", "uid": "${DS_LOGS}"}
