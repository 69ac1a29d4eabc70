"""Writing what was pulled: each file whole or not at all, and nobody's work lost."""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError

NAME_PATTERN = re.compile(r"[a-zA-Z0-9_-]+\.(json|py)")
RESERVED_PATTERN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.(json|py)", re.IGNORECASE)
"""Names of devices, which no file can have on Windows."""

DECLARATION = re.compile(rb"^dashboards?\b", re.MULTILINE)
"""What a definition in Python says of its dashboards."""

DASHBOARD_FIELDS = frozenset({"dashboard", "elements", "panels", "schemaVersion", "spec"})
"""Of which a file that holds a dashboard has at least one."""


def write_files(folder: Path, files: Mapping[PurePosixPath, bytes], *, force: bool) -> list[str]:
    """The names of the files that were written; those that say the same already stay.

    Raises `OutputError` before anything is written: if a file says something else and not `force`,
    holds no dashboard at all, or has a name that is not a uid.
    """
    for name in files:
        if not NAME_PATTERN.fullmatch(str(name)) or RESERVED_PATTERN.fullmatch(str(name)):
            raise OutputError(
                f"{str(name)!r} cannot be the name of a file in {folder}; nothing was written",
                tip="give the dashboard another uid, or leave it out.",
            )
    try:
        changed_files = {
            folder / name: content
            for name, content in files.items()
            if not (folder / name).exists() or (folder / name).read_bytes() != content
        }
        if not force and (
            conflicts := sorted(str(path) for path in changed_files if path.exists())
        ):
            raise OutputError(
                f"{', '.join(conflicts[:3])} would be overwritten",
                tip="say --force if what is in Grafana is what you want, or name another --out.",
            )
        if foreign_files := sorted(
            str(path) for path in changed_files if path.exists() and not _is_dashboard(path)
        ):
            raise OutputError(
                f"{', '.join(foreign_files[:3])} holds no dashboard and would be overwritten",
                tip="move it away, or name another --out.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in changed_files.items():
            temporary_path = path.with_name(f".{path.name}.tmp")
            temporary_path.write_bytes(content)
            temporary_path.replace(path)
    except OSError as error:
        raise OutputError(
            f"{error.filename or folder} cannot be written: {error.strerror}",
            tip="look at who may write there, or name another --out.",
        ) from error
    return sorted(str(path) for path in changed_files)


def _is_dashboard(path: Path) -> bool:
    """Whether a file holds a dashboard in any form, or nothing at all."""
    content = path.read_bytes()
    if path.suffix == ".py":
        return not content.strip() or DECLARATION.search(content) is not None
    try:
        value = json.loads(content) if content.strip() else {"spec": {}}
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not DASHBOARD_FIELDS.isdisjoint(value)
