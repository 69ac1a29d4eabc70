"""All that a Grafana under test holds, to compare before and after a preview."""

from typing import Any

from tailboard.publish.grafana.previews.preview import UID_PREFIX
from tests.grafana.grafana_under_test import GrafanaUnderTest

DASHBOARD_PATH = "/api/dashboards/uid/"


def read_state(grafana: GrafanaUnderTest) -> dict[str, Any]:
    """Every dashboard with its version, place and metadata, and every folder."""
    folder_uids = grafana.list_folder_uids()
    state: dict[str, Any] = {
        "dashboards": {uid: _read_dashboard(grafana, uid) for uid in folder_uids},
        "folders": grafana.list_folder_titles(),
        "parents": grafana.list_parent_uids(),
        "places": folder_uids,
    }
    if grafana.api == "apis":
        state["resources"] = {
            resource["metadata"]["name"]: resource for resource in grafana.list_resources()
        }
    return state


def read_originals(grafana: GrafanaUnderTest) -> dict[str, Any]:
    """The same without what is of previews."""
    return {
        name: {key: value for key, value in part.items() if not key.startswith(UID_PREFIX)}
        for name, part in read_state(grafana).items()
    }


def list_copies(grafana: GrafanaUnderTest) -> dict[str, str]:
    """The titles of the copies by uid."""
    return {
        uid: document["title"]
        for uid, document in grafana.list_documents().items()
        if uid.startswith(UID_PREFIX)
    }


def _read_dashboard(grafana: GrafanaUnderTest, uid: str) -> Any:
    body = grafana.send_request("GET", f"{DASHBOARD_PATH}{uid}").json()
    return {"document": body.get("dashboard", body), "versions": len(grafana.list_versions(uid))}
