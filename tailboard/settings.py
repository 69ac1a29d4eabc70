"""Settings of a project: `[tool.tailboard]` in pyproject.toml, or tailboard.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any

from tailboard.panels.definition_error import suggest_name
from tailboard.publish.errors import TailboardError

PATH_SETTINGS = ("definitions", "out", "state")
LIST_SETTINGS = ("definitions", "format")
TABLE_SETTINGS = ("lint_exclusions", "check_exclusions", "may_be_empty")
SETTING_NAMES = (
    *PATH_SETTINGS,
    *TABLE_SETTINGS,
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

SECRET_PATTERN = re.compile("token|password|secret|api_?key", re.IGNORECASE)
SECRETS_ADVICE = "secrets come from the environment or a file that it names: see --help."


def read_settings(start: Path) -> dict[str, Any]:
    """The nearest settings at or above a folder, with paths relative to their file."""
    for folder in (start, *start.parents):
        for name in ("tailboard.toml", "pyproject.toml"):
            settings = _read_file(folder / name)
            if settings is not None:
                return _validate_settings(settings, folder / name)
    return {}


def _read_file(path: Path) -> dict[str, Any] | None:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError) as error:
        raise TailboardError(f"cannot read the settings in {path}: {error}") from error
    if path.name == "tailboard.toml":
        return content
    tool_table = content.get("tool")
    settings = tool_table.get("tailboard") if isinstance(tool_table, dict) else None
    return settings if isinstance(settings, dict) else None


def _validate_settings(settings: dict[str, Any], path: Path) -> dict[str, Any]:
    valid_settings: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in SETTING_NAMES:
            raise TailboardError(
                f"{path} has a setting {name!r}, which tailboard does not know",
                tip=SECRETS_ADVICE
                if SECRET_PATTERN.search(name)
                else suggest_name(name, SETTING_NAMES),
            )
        if name in TABLE_SETTINGS:
            valid_settings[name] = _validate_tables(name, value, path)
            continue
        texts = value if name in LIST_SETTINGS and isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise TailboardError(
                f"{path} sets {name!r} to {value!r}, which is not text",
                tip=f'write {name} = ["..."].'
                if name in LIST_SETTINGS
                else f'write {name} = "...".',
            )
        texts = [str(path.parent / text) for text in texts] if name in PATH_SETTINGS else texts
        valid_settings[name] = texts if name in LIST_SETTINGS else texts[0]
    return valid_settings


def _validate_tables(name: str, value: Any, path: Path) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(table, dict) for table in value):
        return value
    raise TailboardError(
        f"{path} sets {name!r} to {value!r}, which is not a list of tables",
        tip=f"begin each with [[tool.tailboard.{name}]].",
    )
