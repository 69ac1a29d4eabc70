"""The pass that turns the inputs of an export into variables.

Only Grafana's import dialog fills inputs in; its API, provisioning and Git Sync do not.
"""

from typing import Any

from tailboard.dashboards.variables import datasource

Document = dict[str, Any]


def convert_inputs(document: Document) -> None:
    """Declare a variable for each input that has none, and say which kind a data source is of."""
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
        _build_variable(export_input)
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


def _build_variable(export_input: Document) -> Document:
    identity = {
        "label": export_input.get("label") or export_input["name"],
        "name": export_input["name"],
    }
    if export_input.get("type") == "datasource":
        return {**datasource(), **identity, "query": export_input.get("pluginId") or "prometheus"}
    return {**identity, "hide": 2, "query": export_input.get("value", ""), "type": "constant"}


def _resolve_references(value: Any, plugin_ids: Document) -> None:
    """Give every data source that names an input its kind."""
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
