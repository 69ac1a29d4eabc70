"""Runs: each publish and rollback has a name, and a file that says what it changed."""

import json
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tailboard.publish.errors import OutputError, TailboardError

RUNS_FOLDER = "runs"
NEW_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL
MAX_REPORTS = 20
MAX_MESSAGE_LENGTH = 450
"""Of 500 that Grafana takes, so that the run's name has room."""

NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
RUN_SUFFIX_PATTERN = re.compile(rf"\[run {NAME.pattern}\]$")


def build_run_name() -> str:
    """The name of a run that begins now; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def validate_run_name(name: str) -> str:
    """The name itself, if a run can be called so."""
    if not NAME.fullmatch(name):
        raise TailboardError(
            f"{name!r} is not the name of a run",
            tip="publish prints the name of its run, such as 20261120-184800-3fa2c1.",
        )
    return name


def build_version_message(message: str, run: str) -> str:
    """The message of a version, which ends with the name of the run that made it."""
    return f"{' '.join(message.split())[:MAX_MESSAGE_LENGTH]} [run {run}]".strip()


def is_run_message(message: str) -> bool:
    """Whether a version was made by any run, a rollback included."""
    return bool(RUN_SUFFIX_PATTERN.search(message))


def is_message_of_run(message: str, run: str) -> bool:
    """Whether a version was made by a run."""
    return message.endswith(f"[run {run}]")


class RunStore:
    """The reports of the last runs, in a folder of their own."""

    def __init__(self, state_folder: Path) -> None:
        self._folder = state_folder / RUNS_FOLDER

    def read_content(self, run: str) -> Any:
        """What is written of a run.

        Raises `FileNotFoundError` where it is not known here, and `OSError` or `ValueError` where
        it cannot be read.
        """
        return json.loads(self.build_path(run).read_bytes())

    def write_content(self, run: str, content: dict[str, Any]) -> Path:
        """Write what a run does, in place of what was written of it before; the file's path."""
        path = self.build_path(run)
        temporary_path = path.with_suffix(".tmp")
        try:
            # Reports hold whole documents: only the user who publishes may read them.
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder.chmod(0o700)
            temporary_path.unlink(missing_ok=True)
            with os.fdopen(
                os.open(temporary_path, NEW_FILE_FLAGS, 0o600), "w", encoding="utf-8"
            ) as stream:
                json.dump(content, stream, indent=1)  # in the order of rule files
            temporary_path.replace(path)
        except OSError as error:
            raise OutputError(
                f"the report of the run cannot be written: {path}: {error.strerror}",
                tip="name a folder that can be written: --state DIR.",
            ) from error
        return path

    def build_path(self, run: str) -> Path:
        """The file of a run."""
        return self._folder / f"{run}.json"

    def delete_old_reports(self) -> None:
        """Forget the oldest runs."""
        paths = sorted(path for path in self._folder.glob("*.json") if NAME.fullmatch(path.stem))
        for path in paths[:-MAX_REPORTS]:
            path.unlink(missing_ok=True)
