"""The manifest of an output folder: which files tailboard wrote there, and what they held."""

import json
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError

MANIFEST_NAME = ".tailboard.json"
TEMPORARY_PREFIX = ".tailboard-"
"""How the names of files begin that wait to be put in place."""


def read_manifest(root: Path) -> dict[str, list[str]]:
    """The hashes that each of our files may have; nothing where there is no manifest."""
    try:
        files = json.loads((root / MANIFEST_NAME).read_text("utf-8"))["files"]
        return {
            _validate_name(name): [str(file_hash) for file_hash in hashes]
            for name, hashes in files.items()
        }
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(
            f"{root / MANIFEST_NAME} cannot be read; it lists what tailboard wrote there",
            tip="restore it from version control, or delete it and build with --force.",
        ) from error


def read_generator(root: Path) -> str:
    """The command that wrote a folder; empty where the manifest does not say."""
    try:
        return str(json.loads((root / MANIFEST_NAME).read_text("utf-8"))["generator"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # `read_manifest` reports what is wrong with it


def _validate_name(name: str) -> str:
    """The name itself, if it does not lead out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(name)
    return name
