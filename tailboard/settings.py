"""Settings of a project: `[tool.tailboard]` in pyproject.toml, or tailboard.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any

from tailboard.panels.definition_error import did_you_mean
from tailboard.publish.errors import TailboardError

PATHS = ("definitions", "out", "state")
LISTS = ("definitions", "format")
TABLES = ("lint_exclusions", "check_exclusions", "may_be_empty")
NAMES = (
    *PATHS,
    *TABLES,
    "convention",
    "format",
    "grafana_folder",
    "grafana_url",
    "owner",
    "prometheus_url",
    "provisioning_path",
    "runbook_url",
    "scrape_interval",
)

SECRET = re.compile("token|password|secret|api_?key", re.IGNORECASE)
SECRETS = "secrets come from the environment or a file that it names: see --help."


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
    tool = content.get("tool")
    found = tool.get("tailboard") if isinstance(tool, dict) else None
    return found if isinstance(found, dict) else None


def _checked(settings: dict[str, Any], path: Path) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in NAMES:
            raise TailboardError(
                f"{path} has a setting {name!r}, which tailboard does not know",
                tip=SECRETS if SECRET.search(name) else did_you_mean(name, NAMES),
            )
        if name in TABLES:
            checked[name] = _tables(name, value, path)
            continue
        texts = value if name in LISTS and isinstance(value, list) else [value]
        if not all(isinstance(it, str) for it in texts):
            raise TailboardError(
                f"{path} sets {name!r} to {value!r}, which is not text",
                tip=f'write {name} = ["..."].' if name in LISTS else f'write {name} = "...".',
            )
        texts = [str(path.parent / it) for it in texts] if name in PATHS else texts
        checked[name] = texts if name in LISTS else texts[0]
    return checked


def _tables(name: str, value: Any, path: Path) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(it, dict) for it in value):
        return value
    raise TailboardError(
        f"{path} sets {name!r} to {value!r}, which is not a list of tables",
        tip=f"begin each with [[tool.tailboard.{name}]].",
    )
