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
