"""The envelopes in which Grafana's APIs hand out a dashboard, and the dashboard in one."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.definition_error import DefinitionError

Document = dict[str, Any]
JsonObject = Mapping[str, Any]

DASHBOARD_FIELD, SPEC_FIELD = "dashboard", "spec"


def unwrap_dashboard(content: JsonObject) -> JsonObject:
    """What is in the envelope, or what was given, where there is none.

    As a resource of Grafana's API, its name is its uid. Raises `DefinitionError` for a dashboard of
    Grafana's second schema, which has no panels.
    """
    field = _find_dashboard_field(content)
    dashboard: JsonObject = content[field] if field else content
    metadata = content.get("metadata")
    if field == SPEC_FIELD and dashboard and isinstance(metadata, Mapping):
        dashboard = {"uid": metadata.get("name"), **dashboard}
    if "elements" in dashboard:
        raise DefinitionError(
            "it is written in Grafana's schema v2, which has elements in place of panels",
            tip="export it as classic JSON: in Grafana's export dialog, the model Classic.",
            location=(f"dashboard {dashboard.get('title')!r}",),
        )
    return dashboard


def wrap_dashboard(dashboard: Document, envelope: Document) -> Document:
    """The envelope with another dashboard in it; without an envelope, the dashboard itself."""
    field = _find_dashboard_field(envelope)
    if not field:
        return dashboard
    content = dict(dashboard)
    if field == SPEC_FIELD and "uid" not in envelope[field]:
        content.pop("uid", None)
    return {**envelope, field: content}


def _find_dashboard_field(content: JsonObject) -> str:
    """Where in the envelope the dashboard is; empty where there is no envelope."""
    if isinstance(content.get(DASHBOARD_FIELD), Mapping):
        return DASHBOARD_FIELD
    return (
        SPEC_FIELD
        if "apiVersion" in content and isinstance(content.get(SPEC_FIELD), Mapping)
        else ""
    )
