"""What every test is spared: settings of whoever runs them."""

import os

import pytest

OURS = ("TAILBOARD_", "_TAILBOARD_")
COLORS = ("NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what would change a command's settings or colours."""
    for name in list(os.environ):
        if name.startswith(OURS) or name in COLORS:
            monkeypatch.delenv(name)
