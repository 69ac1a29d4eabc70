"""What is converted: a dashboard's JSON in the form that a definition can build."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from tailboard.dashboards import build_document, read_folder
from tailboard.dashboards.data_source import DATASOURCE, datasource
from tailboard.dashboards.document import Document
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.schema_v2.flatten import flatten_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.grid import GRID_COLUMNS
from tailboard.publish.grafana.pull import separate_panels

PROMETHEUS_TYPE = "prometheus"
OLD_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+)\]\]")


@dataclass(frozen=True)
class Source:
    """The document of schema v1, its folder, and what is otherwise than in the JSON."""

    document: Document
    folder: str
    notes: tuple[str, ...] = ()


def read_source(content: Mapping[str, Any]) -> Source:
    """The document that the JSON builds, with its data source as the variable `datasource`.

    Raises `DefinitionError` for JSON that `tailboard build` refuses too.
    """
    folder, notes = read_folder(content), []
    alert_panels: list[Document] = []
    try:
        document = build_document(content, alert_panels=alert_panels)
    except DefinitionError:
        document = _build_separated(content)
        notes.append("panels that stood on others are moved below them, as Grafana draws them")
    if is_v2_document(document):
        if losses := list_losses(document):
            notes.append(f"it is of schema v2, and here of schema v1: {describe_losses(losses)}")
        document = build_document(flatten_document(document))
    if alert_panels:
        titles = ", ".join(repr(panel.get("title", "")) for panel in alert_panels)
        notes.append(
            f"the alerts of the panels {titles} are left out, which Grafana 11 removed; "
            "`tailboard build` of the JSON writes them as rules"
        )
    types = {
        f"${{{variable.get('name')}}}": variable.get("query")
        for variable in document["templating"]["list"]
        if variable.get("type") == "datasource"
    }
    for reference in _list_references(document):
        _modernize_reference(reference, types)
    input_names = _list_input_names(content)
    _drop_unused_inputs(document, input_names)
    return Source(document, folder, (*notes, *_move_to_variable(document, input_names)))


def _build_separated(content: Mapping[str, Any]) -> Document:
    """The document with the panels where Grafana draws those that stand on others."""
    dashboard = dict(unwrap_dashboard(content))
    if not isinstance(dashboard.get("panels"), list):
        return build_document(content)
    panels = separate_panels([_repair_position(panel) for panel in dashboard["panels"]])
    if panels == dashboard["panels"]:
        return build_document(content)
    return build_document({**dashboard, "panels": panels})


def _repair_position(panel: Any) -> Any:
    """A panel at a place of whole numbers; a heading takes the whole width, whatever it says."""
    position = panel.get("gridPos") if isinstance(panel, dict) else None
    if not isinstance(position, dict):
        return panel
    numbers = {
        name: int(value) if isinstance(value, float) and isfinite(value) else value
        for name, value in position.items()
    }
    if panel.get("type") == "row":
        numbers |= {"h": 1, "w": GRID_COLUMNS, "x": 0}
    return {**panel, "gridPos": numbers}


def _list_input_names(content: Mapping[str, Any]) -> set[str]:
    inputs = unwrap_dashboard(content).get("__inputs")
    return {
        str(entry.get("name"))
        for entry in (inputs if isinstance(inputs, list) else [])
        if isinstance(entry, Mapping)
    }


def _drop_unused_inputs(document: Document, input_names: set[str]) -> None:
    """Take out the variables of an export's inputs that nothing refers to, in place."""
    variables = document["templating"]["list"]
    text = str([document["panels"], document["annotations"], variables])
    document["templating"]["list"] = [
        variable
        for variable in variables
        if variable.get("name") not in input_names
        or f"${{{variable['name']}" in text
        or f"${variable['name']}" in text
    ]


def _modernize_reference(reference: Document, types: Mapping[str, Any]) -> None:
    """Write a variable in the current form, in place: `${name}` for `$name` and `[[name]]`.

    Its type is that of the variable, whatever the reference says: Grafana looks for the uid.
    """
    uid = reference.get("uid")
    if isinstance(uid, str) and (match := OLD_VARIABLE.fullmatch(uid)):
        reference["uid"] = f"${{{match[1] or match[2]}}}"
    kind = types.get(reference["uid"]) if isinstance(reference.get("uid"), str) else None
    if isinstance(kind, str) and kind:
        reference["type"] = kind


def _move_to_variable(document: Document, input_names: set[str]) -> list[str]:
    """Read the only Prometheus through the variable `datasource`, in place; the notes about it."""
    variables = document["templating"]["list"]
    if any(variable.get("name") == DATASOURCE for variable in variables):
        return []
    uids = {
        str(reference.get("uid"))
        for reference in _list_references(document)
        if reference.get("type") == PROMETHEUS_TYPE
    }
    if len(uids) != 1:
        return []
    uid = uids.pop()
    name = uid.strip("${}")
    if uid == f"${{{name}}}":
        return _rename_input(document, name) if name in input_names else []
    if uid.startswith(("$", "-- ", "[[")):
        return []
    _replace_uid(document, uid)
    current = {"text": uid, "value": uid}
    variables.insert(0, {**datasource(), "current": current})
    return [
        f"the data source {uid!r} became the variable `{DATASOURCE}`, in which it is selected at "
        "first"
    ]


def _rename_input(document: Document, name: str) -> list[str]:
    """The input of an export becomes the variable that every dashboard of ours has."""
    variables = document["templating"]["list"]
    variable = next((entry for entry in variables if entry.get("name") == name), None)
    if variable is None or variable.get("query") != PROMETHEUS_TYPE:
        return []
    variables.remove(variable)
    variables.insert(0, datasource())
    _replace_uid(document, f"${{{name}}}")
    return []


def _replace_uid(value: Any, uid: str) -> None:
    for reference in _list_references(value):
        if reference.get("uid") == uid:
            reference["uid"] = f"${{{DATASOURCE}}}"


def _list_references(value: Any) -> list[Document]:
    """The references to data sources at any depth."""
    if isinstance(value, list):
        return [reference for item in value for reference in _list_references(item)]
    if not isinstance(value, dict):
        return []
    own_reference = value.get("datasource")
    references = [own_reference] if isinstance(own_reference, dict) else []
    return references + [
        reference for item in value.values() for reference in _list_references(item)
    ]
