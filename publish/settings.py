"""Settings of a project: `[tool.tailboard]` in pyproject.toml, or tailboard.toml."""

import tomllib
from pathlib import Path
from typing import Any

from panels.definition_error import did_you_mean
from publish.errors import TailboardError

PATHS = ("definitions", "out")
NAMES = (
    *PATHS,
    "convention",
    "format",
    "prometheus_url",
    "provisioning_path",
    "scrape_interval",
)


def read(start: Path) -> dict[str, Any]:
    """The nearest settings at or above a folder, with paths relative to their file."""
    for folder in (start, *start.parents):
        for name in ("tailboard.toml", "pyproject.toml"):
            found = _read(folder / name)
            if found is not None:
                return _checked(found, folder / name)
    return {}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError) as error:
        raise TailboardError(f"cannot read the settings in {path}: {error}") from error
    if path.name == "tailboard.toml":
        return content
    tool: dict[str, Any] | None = content.get("tool", {}).get("tailboard")
    return tool


def _checked(settings: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in settings:
        if name not in NAMES:
            raise TailboardError(
                f"{path} has a setting {name!r}, which tailboard does not know",
                tip=did_you_mean(name, NAMES),
            )
    for name in PATHS:
        if name in settings:
            settings[name] = _from(path.parent, settings[name])
    return settings


def _from(folder: Path, value: Any) -> Any:
    return [str(folder / it) for it in value] if isinstance(value, list) else str(folder / value)
