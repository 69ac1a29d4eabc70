"""A dashboard's JSON takes the place of the one with its uid that Python declares.

So a hand edit that was pulled is kept: its JSON lies beside the definition that it was edited from.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.panels.definition_error import DefinitionError


def read_json_uids(paths: Iterable[Path | None]) -> dict[str, Path]:
    """The uids that the JSON of dashboards at these paths says; what is broken says none."""
    json_paths = {}
    for path in paths:
        if path is not None and path.suffix == ".json" and (uid := _read_uid(path)):
            json_paths[uid] = path
    return json_paths


def find_json_override(
    uid: object, path: Path | None, json_paths: Mapping[str, Path]
) -> Path | None:
    """The JSON that takes the place of a dashboard declared at a path, if any does."""
    if path is not None and path.suffix == ".json":
        return None
    return json_paths.get(str(uid))


def _read_uid(path: Path) -> str:
    try:
        return str(unwrap_dashboard(json.loads(path.read_bytes())).get("uid") or "")
    except (OSError, ValueError, RecursionError, AttributeError, DefinitionError):
        return ""  # what is wrong with it is reported where it is read as a definition
