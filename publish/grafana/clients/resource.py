"""Dashboards and folders as resources of Grafana's newer API: metadata around a document."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.folder import GRAFANA_FOLDER_ANNOTATION
from tailboard.dashboards.schema_v2.resource import find_version, is_v2_document
from tailboard.publish.grafana.api import (
    ROOT_UID,
    DashboardVersion,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
)
from tailboard.publish.grafana.clients.managers import (
    MANAGER_KIND,
    build_manager_id,
    describe_block,
    find_owner,
)
from tailboard.publish.grafana.clients.responses import read_object, read_text, read_uid

Resource = dict[str, Any]

FOLDER_ANNOTATION = GRAFANA_FOLDER_ANNOTATION
MESSAGE_ANNOTATION = "grafana.app/message"
BROWSER_ANNOTATION = "grafana.app/saved-from-ui"
GRANT_ANNOTATION = "grafana.app/grant-permissions"
MANAGER_ANNOTATION, MANAGER_ID_ANNOTATION = "grafana.app/managedBy", "grafana.app/managerId"
EDITS_ANNOTATION = "grafana.app/managerAllowsEdits"
SOURCE_ANNOTATION = "grafana.app/sourcePath"
GENERATION_ANNOTATION = "tailboard/generation"
OWNER_LABEL = "tailboard/owner"
PREVIEW_LABEL = "tailboard/preview"
PUBLISH_ANNOTATIONS = (
    *(BROWSER_ANNOTATION, FOLDER_ANNOTATION, MESSAGE_ANNOTATION, GENERATION_ANNOTATION),
    *(MANAGER_ANNOTATION, MANAGER_ID_ANNOTATION, EDITS_ANNOTATION, SOURCE_ANNOTATION),
)
"""What is written anew with every version."""

METADATA_FIELDS = ("id", "uid", "version")
"""What the server keeps in the metadata; an `id` in a document would become a label."""

V2_METADATA_FIELDS = (*METADATA_FIELDS, "apiVersion")
"""Those of a document of schema v2, which says its version beside its spec."""


def build_resource(
    kind: str, version: str, name: str, spec: Document, annotations: Mapping[str, str]
) -> Resource:
    """A resource with these annotations."""
    return {
        "apiVersion": f"{kind.lower()}.grafana.app/{version}",
        "kind": kind,
        "metadata": {"annotations": dict(annotations), "name": name},
        "spec": spec,
    }


def find_document_version(document: Document) -> str:
    """The version that a document of schema v2 is written in; empty of one of schema v1."""
    return find_version(document) if is_v2_document(document) else ""


def build_dashboard_resource(
    desired: DesiredDashboard, live: LiveDashboard | None, version: str
) -> Resource:
    """The resource to send for a dashboard; the metadata of others is sent back unchanged.

    Without the wish for its permissions, a new dashboard in no folder could be read by admins only.
    A document of schema v2 is sent in the version that it is written in.
    """
    metadata = live.metadata if live else {}
    annotations = {**(metadata.get("annotations") or {})}
    labels = {**(metadata.get("labels") or {})}
    previous_source = str(annotations.get(SOURCE_ANNOTATION, ""))
    for name in PUBLISH_ANNOTATIONS:
        annotations.pop(name, None)
    for name in (OWNER_LABEL, PREVIEW_LABEL):
        labels.pop(name, None)
    if desired.owner:
        annotations |= _build_owner_annotations(desired, previous_source)
        labels[OWNER_LABEL] = desired.owner
    if desired.preview_owner:
        labels[PREVIEW_LABEL] = desired.preview_owner
    if desired.has_valid_marker:
        annotations[GENERATION_ANNOTATION] = str((live.version if live else 0) + 1)
    annotations |= {FOLDER_ANNOTATION: desired.folder} if desired.folder else {}
    annotations |= {MESSAGE_ANNOTATION: desired.message} if desired.message else {}
    annotations |= {} if live else {GRANT_ANNOTATION: "default"}
    version = find_document_version(desired.document) or version
    metadata_fields = V2_METADATA_FIELDS if is_v2_document(desired.document) else METADATA_FIELDS
    spec = {name: value for name, value in desired.document.items() if name not in metadata_fields}
    resource = build_resource("Dashboard", version, desired.uid, spec, annotations)
    resource["metadata"]["labels"] = labels
    if live:
        resource["metadata"]["resourceVersion"] = live.resource_version
    return resource


def parse_dashboard(item: Mapping[str, Any]) -> LiveDashboard:
    """The dashboard that a resource holds; raises what `SHAPE_ERRORS` names."""
    metadata, annotations = read_object(item["metadata"]), _read_annotations(item)
    read_object(metadata.get("labels") or {})
    generation, uid = int(metadata.get("generation") or 0), read_uid(metadata["name"])
    manager_owner = _find_manager_owner(annotations, uid)
    return LiveDashboard(
        uid,
        parse_document(item, uid),
        folder=read_text(annotations.get(FOLDER_ANNOTATION)) or ROOT_UID,
        version=generation,
        resource_version=str(metadata.get("resourceVersion", "")),
        block_reason=describe_block(*_read_manager(annotations)),
        manager_owner=manager_owner,
        is_signed=bool(manager_owner),
        is_untouched=annotations.get(GENERATION_ANNOTATION) == str(generation),
        editor=str(
            annotations.get("grafana.app/updatedBy") or annotations.get("grafana.app/createdBy", "")
        ),
        edit_time=str(
            annotations.get("grafana.app/updatedTimestamp") or metadata.get("creationTimestamp", "")
        ),
        metadata=metadata,
    )


def parse_version(item: Mapping[str, Any]) -> DashboardVersion:
    """The earlier state of a dashboard that a resource holds."""
    metadata, annotations = read_object(item["metadata"]), _read_annotations(item)
    uid, generation = read_uid(metadata["name"]), int(metadata.get("generation") or 0)
    return DashboardVersion(
        generation,
        str(annotations.get(MESSAGE_ANNOTATION, "")),
        parse_document(item, uid),
        read_text(annotations.get(FOLDER_ANNOTATION)) or ROOT_UID,
        _find_manager_owner(annotations, uid),
        is_signed=annotations.get(GENERATION_ANNOTATION) == str(generation),
    )


def parse_document(item: Mapping[str, Any], uid: str) -> Document:
    """The spec of a resource with its uid; in schema v2 with its API version, too."""
    spec = read_object(item["spec"])
    version_field = {"apiVersion": str(item.get("apiVersion", ""))} if is_v2_document(spec) else {}
    return {**spec, **version_field, "uid": uid}


def _find_manager_owner(annotations: Mapping[str, Any], uid: str) -> str:
    """Our owner who manages a dashboard, unless that is a copy of one which we manage."""
    is_copy = not str(annotations.get(SOURCE_ANNOTATION, "")).endswith(f"#{uid}")
    return "" if is_copy else find_owner(*_read_manager(annotations))


def parse_folder(item: Mapping[str, Any]) -> LiveFolder:
    """The folder that a resource holds."""
    metadata, annotations = read_object(item["metadata"]), _read_annotations(item)
    return LiveFolder(
        read_uid(metadata["name"]),
        str(read_object(item["spec"]).get("title", "")),
        read_text(annotations.get(FOLDER_ANNOTATION)) or ROOT_UID,
        str(metadata.get("resourceVersion", "")),
        describe_block(*_read_manager(annotations)),
    )


def _read_annotations(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return read_object(read_object(item["metadata"]).get("annotations") or {})


def _read_manager(annotations: Mapping[str, Any]) -> tuple[str, str]:
    return str(annotations.get(MANAGER_ANNOTATION, "")), str(
        annotations.get(MANAGER_ID_ANNOTATION, "")
    )


def _build_owner_annotations(desired: DesiredDashboard, previous_source: str) -> dict[str, str]:
    """The annotations of the manager; people may edit the dashboard all the same.

    `previous_source` is the stored source path, which stays where none is known.
    """
    source = desired.source or previous_source.rpartition("#")[0]
    return {
        EDITS_ANNOTATION: "true",
        MANAGER_ANNOTATION: MANAGER_KIND,
        MANAGER_ID_ANNOTATION: build_manager_id(desired.owner),
        SOURCE_ANNOTATION: f"{source}#{desired.uid}",
    }
