"""The envelopes that Grafana's APIs put around a dashboard."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.resource import format_api_version, is_v2_document

Document = dict[str, Any]
JsonObject = Mapping[str, Any]

DASHBOARD_FIELD, SPEC_FIELD = "dashboard", "spec"


def unwrap_dashboard(content: JsonObject) -> JsonObject:
    """The dashboard in an envelope; without an envelope, the content itself.

    The name of a resource is the uid of its dashboard. A dashboard of schema v2 also has the
    version of the API that it is of, where the envelope says it.
    """
    field = _find_dashboard_field(content)
    dashboard: JsonObject = content[field] if field else content
    metadata = content.get("metadata")
    if field == SPEC_FIELD and dashboard and isinstance(metadata, Mapping):
        dashboard = {"uid": metadata.get("name"), **dashboard}
    if field and is_v2_document(dashboard) and (api_version := _find_api_version(content)):
        dashboard = {"apiVersion": api_version, **dashboard}
    return dashboard


def wrap_dashboard(dashboard: Document, envelope: Document) -> Document:
    """A copy of the envelope with another dashboard; without one, the dashboard itself."""
    field = _find_dashboard_field(envelope)
    if not field:
        return dashboard
    content = dict(dashboard)
    if field == SPEC_FIELD and "uid" not in envelope[field]:
        content.pop("uid", None)
    if is_v2_document(dashboard) and "apiVersion" not in envelope[field]:
        content.pop("apiVersion", None)
    return {**envelope, field: content}


def _find_api_version(content: JsonObject) -> str:
    """The version of the API in a resource, or in what the older API says about a dashboard."""
    meta = content.get("meta")
    version = meta.get("apiVersion") if isinstance(meta, Mapping) else None
    if isinstance(version, str) and version:
        return version if "/" in version else format_api_version(version)
    api_version = content.get("apiVersion")
    return api_version if isinstance(api_version, str) else ""


def _find_dashboard_field(content: JsonObject) -> str:
    """The field of the envelope that holds the dashboard; empty without an envelope."""
    if isinstance(content.get(DASHBOARD_FIELD), Mapping):
        return DASHBOARD_FIELD
    return (
        SPEC_FIELD
        if "apiVersion" in content and isinstance(content.get(SPEC_FIELD), Mapping)
        else ""
    )
