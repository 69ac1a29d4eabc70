"""The pass that turns the inputs of an export into variables.

Only Grafana's import dialog fills inputs in; its API, provisioning and Git Sync do not.
"""

from typing import Any

from tailboard.dashboards.variables import datasource

Document = dict[str, Any]


def fill_in(document: Document) -> None:
    """Declare a variable for each input that has none, and say which kind a data source is of."""
    inputs = [it for it in document.pop("__inputs", None) or [] if it.get("name")]
    if not inputs:
        return
    found = list((document.get("templating") or {}).get("list") or [])
    names = {variable.get("name") for variable in found}
    made = [_variable(entered) for entered in inputs if entered["name"] not in names]
    document["templating"] = {"list": [*made, *found]}
    _refer(document, {it["name"]: it["pluginId"] for it in inputs if it.get("pluginId")})


def _variable(entered: Document) -> Document:
    named = {"label": entered.get("label") or entered["name"], "name": entered["name"]}
    if entered.get("type") == "datasource":
        return {**datasource(), **named, "query": entered.get("pluginId") or "prometheus"}
    return {**named, "hide": 2, "query": entered.get("value", ""), "type": "constant"}


def _refer(value: Any, kinds: Document) -> None:
    """Give every data source that names an input its kind."""
    if isinstance(value, list):
        for item in value:
            _refer(item, kinds)
    if isinstance(value, dict):
        source = value.get("datasource")
        name = source.strip("${}") if isinstance(source, str) else ""
        if name in kinds:
            value["datasource"] = {"type": kinds[name], "uid": f"${{{name}}}"}
        for item in value.values():
            _refer(item, kinds)
