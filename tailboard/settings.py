"""Settings of a project: `[tool.tailboard]` in pyproject.toml, or tailboard.toml."""

import re
import stat
from pathlib import Path
from typing import Any

from tailboard.panels.definition_error import suggest_name
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.publish.errors import TailboardError

PATH_SETTINGS = ("definitions", "out", "rules_path", "state")
LIST_SETTINGS = ("definitions", "format")
TABLE_SETTINGS = ("lint_exclusions", "check_exclusions", "may_be_empty")
TARGETS_SETTING = "targets"
TARGET_SETTINGS = (
    "grafana_folder",
    "grafana_url",
    "owner",
    "data_source",
    "rules",
    "rules_path",
    "rules_namespace",
    "rules_tenant",
    "rules_url",
)
"""What may differ between the targets of `publish`."""

TARGET_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
SETTING_NAMES = (
    *PATH_SETTINGS,
    *TABLE_SETTINGS,
    TARGETS_SETTING,
    "convention",
    "format",
    "grafana_folder",
    "grafana_url",
    "owner",
    "prometheus_url",
    "provisioning_path",
    "data_source",
    "rules",
    "rules_namespace",
    "rules_tenant",
    "rules_url",
    "runbook_url",
    "scrape_interval",
)

SECRET_PATTERN = declare_pattern("token|password|secret|api_?key", re.IGNORECASE)
MAX_BYTES = 4 * 1024 * 1024
MAX_VALUE_LENGTH = 200
"""How much of a wrong value an error shows, in characters."""

KEY = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
DEEP_KEY = declare_pattern(rf"(?<![\w-]){KEY}(?:\.[ \t]*+{KEY}){{100}}")
"""A dotted key of more than 100 tables: the time that tomllib takes grows with their square."""

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
        content = _parse_toml(_read_text(path))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise TailboardError(f"the settings in {path} cannot be read: {problem}") from error
    if path.name == "tailboard.toml":
        return content
    tool_table = content.get("tool")
    settings = tool_table.get("tailboard") if isinstance(tool_table, dict) else None
    return settings if isinstance(settings, dict) else None


def _read_text(path: Path) -> str:
    """The text of a file; raises `ValueError` for pipes and devices, which may never end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is not a file")
    if status.st_size > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES // 1024**2} MiB")
    return path.read_text("utf-8")


def _parse_toml(text: str) -> dict[str, Any]:
    import tomllib  # here, since many folders have no settings

    if DEEP_KEY.search(text):
        raise ValueError("it is nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _validate_settings(settings: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in settings:
        if name not in SETTING_NAMES:
            raise TailboardError(
                f"{path} has a setting {name!r}, which tailboard does not know",
                tip=SECRETS_ADVICE
                if SECRET_PATTERN.search(name)
                else suggest_name(name, SETTING_NAMES),
            )
    return {name: _validate_setting(name, value, path) for name, value in settings.items()}


def _validate_setting(name: str, value: Any, path: Path) -> Any:
    """The value of a setting, with paths relative to the file that sets it."""
    if name in TABLE_SETTINGS:
        return _validate_tables(name, value, path)
    if name == TARGETS_SETTING:
        return _validate_targets(value, path)
    is_list = name in LIST_SETTINGS
    texts = value if is_list and isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise TailboardError(
            f"{path} sets {name!r} to {_format_value(value)}, which is not text",
            tip=f'write {name} = ["..."].' if is_list else f'write {name} = "...".',
        )
    if any("\0" in text for text in texts):
        raise TailboardError(
            f"{path} sets {name!r} to {_format_value(value)}, which holds a NUL character",
            tip="leave it out: neither a path nor an address can hold it.",
        )
    texts = [str(path.parent / text) for text in texts] if name in PATH_SETTINGS else texts
    return texts if is_list else texts[0]


def _validate_targets(value: Any, path: Path) -> dict[str, dict[str, Any]]:
    """The settings of each target by its name."""
    if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
        raise TailboardError(
            f"{path} sets {TARGETS_SETTING!r} to {_format_value(value)}, which is no table of "
            "tables",
            tip=f"begin each with [tool.tailboard.{TARGETS_SETTING}.NAME].",
        )
    for target, table in value.items():
        if not TARGET_NAME.fullmatch(target):
            raise TailboardError(
                f"{path} has a target {_format_value(target)}, which is not 1 to 40 small letters "
                "and digits, with dashes only between them",
                tip="its credentials are in variables of that name: GRAFANA_PRODUCTION_TOKEN.",
            )
        for name, text in table.items():
            if name not in TARGET_SETTINGS or not isinstance(text, str) or "\0" in text:
                raise TailboardError(
                    f"{path} sets {name!r} of the target {target!r} to {_format_value(text)}",
                    tip=SECRETS_ADVICE
                    if SECRET_PATTERN.search(name)
                    else f"a target has {', '.join(TARGET_SETTINGS)}, and each is text.",
                )
    return {
        target: {
            name: str(path.parent / text) if name in PATH_SETTINGS else text
            for name, text in table.items()
        }
        for target, table in value.items()
    }


def _validate_tables(name: str, value: Any, path: Path) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(table, dict) for table in value):
        return value
    raise TailboardError(
        f"{path} sets {name!r} to {_format_value(value)}, which is not a list of tables",
        tip=f"begin each with [[tool.tailboard.{name}]].",
    )


def _format_value(value: Any) -> str:
    """The value as Python writes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}..."
