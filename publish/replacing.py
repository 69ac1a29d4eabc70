"""A dashboard's JSON takes the place of the one with its uid that Python declares.

So a hand edit that was pulled is kept: its JSON lies beside the definition that it was edited from.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from dashboards.envelope import opened
from dashboards.uid import derived_uid
from panels.definition_error import DefinitionError


def uids_in_json(paths: Iterable[Path | None]) -> dict[str, Path]:
    """The uids of the dashboards whose JSON lies at these paths; what is broken has none."""
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
        found = opened(json.loads(path.read_bytes()))
        return str(found.get("uid") or derived_uid(str(found["title"])))
    except (OSError, ValueError, RecursionError, LookupError, AttributeError, DefinitionError):
        return ""  # what is wrong with it is told where it is read as a definition
