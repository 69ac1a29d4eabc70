"""Programs that a test needs on the machine."""

import os
import shutil

import pytest


def require_program(binary: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI is "true"."""
    path = shutil.which(binary)
    if path is not None:
        return path
    reason = f"{binary} is not installed: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def require_programs(binary: str, package: str) -> list[str]:
    """The paths of all programs of a name on the PATH; as `require_program` without any."""
    require_program(binary, package)
    folders = dict.fromkeys(os.environ.get("PATH", "").split(os.pathsep))
    paths = [shutil.which(binary, path=folder) for folder in folders if folder]
    return [*dict.fromkeys(os.path.realpath(path) for path in paths if path)]
