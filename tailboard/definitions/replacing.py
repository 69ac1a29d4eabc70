"""A dashboard's JSON takes the place of the one with its uid that Python declares.

So a hand edit that was pulled is kept: its JSON lies beside the definition that it was edited from.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tailboard.dashboards.passes.envelope import opened
from tailboard.panels.definition_error import DefinitionError


def uids_in_json(paths: Iterable[Path | None]) -> dict[str, Path]:
    """The uids that the JSON of dashboards at these paths says; what is broken says none."""
    found = {}
    for path in paths:
        if path is not None and path.suffix == ".json" and (uid := _uid(path)):
            found[uid] = path
    return found


def replaced_by(uid: object, path: Path | None, in_json: Mapping[str, Path]) -> Path | None:
    """The JSON that takes the place of a dashboard declared at a path, if any does."""
    if path is not None and path.suffix == ".json":
        return None
    return in_json.get(str(uid))


def _uid(path: Path) -> str:
    try:
        return str(opened(json.loads(path.read_bytes())).get("uid") or "")
    except (OSError, ValueError, RecursionError, AttributeError, DefinitionError):
        return ""  # what is wrong with it is told where it is read as a definition
