"""A dashboard as Grafana holds it, as a definition: without what a server adds."""

from collections.abc import Mapping

from tailboard.dashboards.folder import FOLDER_ANNOTATION, UID_PREFIX
from tailboard.publish.grafana.api import ROOT_UID, Document, LiveDashboard, LiveFolder
from tailboard.publish.grafana.folders import build_folder_path, build_folder_uid
from tailboard.publish.grafana.normalize import normalize_document

API_VERSION = "dashboard.grafana.app/v1beta1"


def build_definition(
    live: LiveDashboard, live_folders: Mapping[str, LiveFolder], owner: str
) -> Document:
    """The dashboard as a resource, which keeps its uid and says which folder it lies in."""
    annotations = (
        {FOLDER_ANNOTATION: path}
        if (path := format_folder_path(live.folder, live_folders, owner))
        else {}
    )
    return {
        "apiVersion": API_VERSION,
        "kind": "Dashboard",
        "metadata": {"name": live.uid, **({"annotations": annotations} if annotations else {})},
        "spec": normalize_document(live.unmarked_document),
    }


def format_folder_path(uid: str, live_folders: Mapping[str, LiveFolder], owner: str) -> str:
    """How a definition names a folder: by its path if it is one of ours, else by its uid."""
    if uid == ROOT_UID:
        return ""
    path = build_folder_path(uid, live_folders)
    return path if build_folder_uid(path, owner) == uid else f"{UID_PREFIX}{uid}"
