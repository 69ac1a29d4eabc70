"""The envelopes in which Grafana's APIs hand out a dashboard, and the dashboard in one."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.definition_error import DefinitionError

Document = dict[str, Any]
Plain = Mapping[str, Any]

DASHBOARD, SPEC = "dashboard", "spec"


def opened(found: Plain) -> Plain:
    """What is in the envelope, or what was given, where there is none.

    As a resource of Grafana's API, its name is its uid. Raises `DefinitionError` for a dashboard of
    Grafana's second schema, which has no panels.
    """
    field = _field(found)
    dashboard: Plain = found[field] if field else found
    metadata = found.get("metadata")
    if field == SPEC and dashboard and isinstance(metadata, Mapping):
        dashboard = {"uid": metadata.get("name"), **dashboard}
    if "elements" in dashboard:
        raise DefinitionError(
            "it is written in Grafana's schema v2, which has elements in place of panels",
            tip="export it as classic JSON: in Grafana's export dialog, the model Classic.",
            where=(f"dashboard {dashboard.get('title')!r}",),
        )
    return dashboard


def put_back(dashboard: Document, found: Document) -> Document:
    """The envelope with another dashboard in it; without an envelope, the dashboard itself."""
    field = _field(found)
    if not field:
        return dashboard
    inner = dict(dashboard)
    if field == SPEC and "uid" not in found[field]:
        inner.pop("uid", None)
    return {**found, field: inner}


def _field(found: Plain) -> str:
    """Where in the envelope the dashboard is; empty where there is no envelope."""
    if isinstance(found.get(DASHBOARD), Mapping):
        return DASHBOARD
    return SPEC if "apiVersion" in found and isinstance(found.get(SPEC), Mapping) else ""
