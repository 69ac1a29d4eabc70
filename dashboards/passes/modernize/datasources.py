"""Data sources by reference: the inputs of an export, names, and the variable of our panels."""

from typing import Any

from tailboard.dashboards.data_source import DATASOURCE, PROMETHEUS, datasource

Document = dict[str, Any]

DATASOURCE_REFERENCES = frozenset({f"${{{DATASOURCE}}}", f"${DATASOURCE}", f"[[{DATASOURCE}]]"})

PROMQL_DATASOURCE_TYPES = (None, "", "prometheus", "datasource")
"""Types of data sources whose `expr` is PromQL: Prometheus, none, and a mixture of several."""


def convert_inputs(document: Document) -> None:
    """Declare a variable for each input of an export that has none, and resolve references to it.

    Only Grafana's import dialog asks for inputs; its API, provisioning and Git Sync do not.
    """
    inputs = [
        export_input
        for export_input in document.pop("__inputs", None) or []
        if export_input.get("name")
    ]
    if not inputs:
        return
    variables = list((document.get("templating") or {}).get("list") or [])
    names = {variable.get("name") for variable in variables}
    input_variables = [
        _build_input_variable(export_input)
        for export_input in inputs
        if export_input["name"] not in names
    ]
    document["templating"] = {"list": [*input_variables, *variables]}
    _resolve_references(
        document,
        {
            export_input["name"]: export_input["pluginId"]
            for export_input in inputs
            if export_input.get("pluginId")
        },
    )


def modernize_datasource(value: Any, *, prometheus: bool) -> Any:
    """The reference to a data source; None where there is none and the query is not PromQL.

    A PromQL query without a data source reads the Prometheus that the variable selects. Another
    data source that is known by its name only has the name as its uid: Grafana looks for both.
    """
    if isinstance(value, dict) and (
        value.get("uid") or value.get("type") not in PROMQL_DATASOURCE_TYPES
    ):
        return value
    if isinstance(value, str) and value.startswith("$"):
        reference = {"uid": "${" + value.strip("${}") + "}"}
        return {"type": "prometheus", **reference} if prometheus else reference
    if isinstance(value, str) and value.startswith("-- "):
        kind = "grafana" if value == "-- Grafana --" else "datasource"
        return {"type": kind, "uid": value}
    if prometheus:
        return dict(PROMETHEUS)
    return {"uid": value} if isinstance(value, str) and value not in ("", "default") else None


def declare_datasource(document: Document) -> None:
    """Add the variable of the data source to a document that refers to it without having it."""
    variables = document["templating"]["list"]
    if not any(
        variable.get("name") == DATASOURCE for variable in variables
    ) and _has_datasource_reference(document):
        variables.insert(0, datasource())


def _build_input_variable(export_input: Document) -> Document:
    identity = {
        "label": export_input.get("label") or export_input["name"],
        "name": export_input["name"],
    }
    if export_input.get("type") == "datasource":
        return {**datasource(), **identity, "query": export_input.get("pluginId") or "prometheus"}
    return {**identity, "hide": 2, "query": export_input.get("value", ""), "type": "constant"}


def _resolve_references(value: Any, plugin_ids: Document) -> None:
    """Replace every data source that names an input by a reference with the input's plugin."""
    if isinstance(value, list):
        for item in value:
            _resolve_references(item, plugin_ids)
    if isinstance(value, dict):
        source = value.get("datasource")
        name = source.strip("${}") if isinstance(source, str) else ""
        if name in plugin_ids:
            value["datasource"] = {"type": plugin_ids[name], "uid": f"${{{name}}}"}
        for item in value.values():
            _resolve_references(item, plugin_ids)


def _has_datasource_reference(value: Any) -> bool:
    """Whether any text in plain JSON is a reference to the variable."""
    values = [value]
    while values:
        item = values.pop()
        kind = type(item)
        if kind is str:
            if item in DATASOURCE_REFERENCES:
                return True
        elif kind is dict:
            values.extend(item.values())
        elif kind is list:
            values.extend(item)
    return False
