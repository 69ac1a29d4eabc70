"""A dashboard as Grafana holds it, as a definition: without what a server adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.folder import FOLDER_ANNOTATION, UID_PREFIX
from tailboard.dashboards.schema_v2 import resource as schema_v2
from tailboard.dashboards.schema_v2.flatten import flatten_document
from tailboard.dashboards.schema_v2.losses import Loss, list_losses
from tailboard.dashboards.schema_v2.positions import separate_positions
from tailboard.panels.grid import GRID_COLUMNS
from tailboard.publish.grafana.api import (
    ROOT_UID,
    Document,
    LiveDashboard,
    LiveFolder,
    RefusedError,
)
from tailboard.publish.grafana.documents.normalize import normalize_document
from tailboard.publish.grafana.plan.folders import build_folder_path, build_folder_uid

API_VERSION = "dashboard.grafana.app/v1beta1"
POSITION_FIELDS = ("h", "w", "x", "y")
STORED_SCHEMA, V1_SCHEMA = "stored", "v1"
SCHEMA_CHOICES = (STORED_SCHEMA, V1_SCHEMA)


@dataclass(frozen=True)
class PulledDefinition:
    """A dashboard as a resource, and what its schema could not hold of what is stored.

    `live` is what is stored, with the mark that the resource lacks.
    """

    resource: Document
    live: LiveDashboard
    losses: tuple[Loss, ...] = ()


def build_definition(
    live: LiveDashboard,
    live_folders: Mapping[str, LiveFolder],
    owner: str,
    schema: str = STORED_SCHEMA,
) -> PulledDefinition:
    """The dashboard as a resource, which keeps its uid and says which folder it lies in.

    It is in the schema that it is stored in, so that nothing is lost, or in schema v1. Raises
    `RefusedError` where the server did not show what is stored.
    """
    if live.read_problem:
        raise RefusedError(
            f"the dashboard {live.uid} cannot be pulled: {live.read_problem}",
            tip="use a newer tailboard, or export it in Grafana.",
        )
    path = format_folder_path(live.folder, live_folders, owner)
    annotations = {FOLDER_ANNOTATION: path} if path else {}
    document = live.unmarked_document
    if not schema_v2.is_v2_document(document):
        return PulledDefinition(_build_v1_resource(live.uid, document, annotations), live)
    if schema == STORED_SCHEMA:
        return PulledDefinition(schema_v2.build_resource(document, annotations), live)
    flat_resource = _build_v1_resource(live.uid, flatten_document(document), annotations)
    return PulledDefinition(flat_resource, live, tuple(list_losses(document)))


def format_folder_path(uid: str, live_folders: Mapping[str, LiveFolder], owner: str) -> str:
    """How a definition names a folder: by its path if it is one of ours, else by its uid."""
    if uid == ROOT_UID:
        return ""
    path = build_folder_path(uid, live_folders)
    return path if build_folder_uid(path, owner) == uid else f"{UID_PREFIX}{uid}"


def _build_v1_resource(uid: str, document: Document, annotations: Mapping[str, str]) -> Document:
    spec = normalize_document(document)
    return {
        "apiVersion": API_VERSION,
        "kind": "Dashboard",
        "metadata": {"name": uid, **({"annotations": dict(annotations)} if annotations else {})},
        "spec": {**spec, "panels": separate_panels(spec["panels"])},
    }


def has_overlapping_panels(document: Document) -> bool:
    """Whether panels of schema v1 stand on others, so that what is pulled has them elsewhere."""
    if schema_v2.is_v2_document(document):
        return False
    panels = normalize_document(document)["panels"]
    return bool(separate_panels(panels) != panels)


def separate_panels(panels: list[Any]) -> list[Any]:
    """The panels where Grafana draws them: one that stands on others is moved below them.

    Those without a place, which flow, stay so.
    """
    placed_panels = [panel for panel in panels if _is_placed(panel)]
    placed_panels.sort(key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    positions = separate_positions([_move_onto_grid(panel["gridPos"]) for panel in placed_panels])
    moved_panels = {
        id(panel): {**panel, "gridPos": {**panel["gridPos"], **position}}
        for panel, position in zip(placed_panels, positions, strict=True)
    }
    return [_separate_inner_panels(moved_panels.get(id(panel), panel)) for panel in panels]


def _separate_inner_panels(panel: Any) -> Any:
    """A closed row has its panels within it."""
    if not isinstance(panel, dict) or not isinstance(panel.get("panels"), list):
        return panel
    return {**panel, "panels": separate_panels(panel["panels"])}


def _is_placed(panel: Any) -> bool:
    position = panel.get("gridPos") if isinstance(panel, dict) else None
    return isinstance(position, dict) and all(
        isinstance(position.get(name), int) and not isinstance(position.get(name), bool)
        for name in POSITION_FIELDS
    )


def _move_onto_grid(position: Mapping[str, int]) -> dict[str, int]:
    width = min(max(position["w"], 1), GRID_COLUMNS)
    return {
        "h": max(position["h"], 1),
        "w": width,
        "x": min(max(position["x"], 0), GRID_COLUMNS - width),
        "y": max(position["y"], 0),
    }
