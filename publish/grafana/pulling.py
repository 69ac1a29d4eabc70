"""A dashboard as Grafana holds it, as a definition: without what a server adds."""

from collections.abc import Mapping

from tailboard.dashboards.folder import BY_UID, NOTE
from tailboard.publish.grafana.api import ROOT, Document, Stored, StoredFolder
from tailboard.publish.grafana.folders import folder_uid, titles_path
from tailboard.publish.grafana.noise import normal

API_VERSION = "dashboard.grafana.app/v1beta1"


def definition_of(stored: Stored, there: Mapping[str, StoredFolder], owner: str) -> Document:
    """The dashboard as a resource, which keeps its uid and says which folder it lies in."""
    noted = {NOTE: path} if (path := folder_path(stored.folder, there, owner)) else {}
    return {
        "apiVersion": API_VERSION,
        "kind": "Dashboard",
        "metadata": {"name": stored.uid, **({"annotations": noted} if noted else {})},
        "spec": normal(stored.bare),
    }


def folder_path(uid: str, there: Mapping[str, StoredFolder], owner: str) -> str:
    """How a definition names a folder: by its path if it is one of ours, else by its uid."""
    if uid == ROOT:
        return ""
    path = titles_path(uid, there)
    return path if folder_uid(path, owner) == uid else f"{BY_UID}{uid}"
