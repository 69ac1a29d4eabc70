"""The message of a published version: the commit that it comes from."""

import os
import subprocess
from pathlib import Path

DEFAULT_MESSAGE = "published by tailboard"


def read_commit_message(folder: Path) -> str:
    """The commit that is checked out at a folder, short and with its subject."""
    try:
        commit = subprocess.run(
            ["git", "log", "-1", "--format=%h %s"],  # noqa: S607 - git is where PATH says
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        commit = ""
    return commit or os.environ.get("GITHUB_SHA", "")[:12] or DEFAULT_MESSAGE
