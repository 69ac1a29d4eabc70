"""The envelopes that Grafana's APIs put around a dashboard."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.definition_error import DefinitionError

Document = dict[str, Any]
JsonObject = Mapping[str, Any]

DASHBOARD_FIELD, SPEC_FIELD = "dashboard", "spec"


def unwrap_dashboard(content: JsonObject) -> JsonObject:
    """The dashboard in an envelope; without an envelope, the content itself.

    The name of a resource is the uid of its dashboard. Raises `DefinitionError` for a dashboard of
    schema v2, which has no panels.
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
    """A copy of the envelope with another dashboard; without one, the dashboard itself."""
    field = _find_dashboard_field(envelope)
    if not field:
        return dashboard
    content = dict(dashboard)
    if field == SPEC_FIELD and "uid" not in envelope[field]:
        content.pop("uid", None)
    return {**envelope, field: content}


def _find_dashboard_field(content: JsonObject) -> str:
    """The field of the envelope that holds the dashboard; empty without an envelope."""
    if isinstance(content.get(DASHBOARD_FIELD), Mapping):
        return DASHBOARD_FIELD
    return (
        SPEC_FIELD
        if "apiVersion" in content and isinstance(content.get(SPEC_FIELD), Mapping)
        else ""
    )
