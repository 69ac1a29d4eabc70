"""Programs that a test needs on the machine."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require_program(binary: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI is "true"."""
    return shutil.which(binary) or require_programs(binary, package)[0]


def require_programs(binary: str, package: str) -> list[str]:
    """The paths of all programs of a name; as `require_program` without any."""
    paths = list_programs(binary)
    if not paths:
        refuse_test(f"{binary} is not installed: apt-get install {package}", is_required=True)
    return paths


def list_programs(binary: str) -> list[str]:
    """The paths of all programs of a name, on the PATH and in the folder of `go install`."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), find_go_folder()]
    paths: dict[str, str] = {}
    for folder in folders:
        if folder and (path := shutil.which(binary, path=folder)):
            paths.setdefault(os.path.realpath(path), path)
    return [*paths.values()]


def find_go_folder() -> str:
    """Where `go install` puts programs."""
    if folder := os.environ.get("GOBIN"):
        return folder
    roots = os.environ.get("GOPATH", "").split(os.pathsep)
    return str(Path(roots[0] or Path.home() / "go") / "bin")


def refuse_test(reason: str, *, is_required: bool) -> NoReturn:
    """Skip the test; fail it where CI is "true" and has to have what is missing."""
    if is_required and os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
