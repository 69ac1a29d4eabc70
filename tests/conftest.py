"""What every test is spared: settings of whoever runs them."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.grafana.memory import MemoryGrafana

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores interrupts, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

OURS = ("TAILBOARD_", "_TAILBOARD_")
COLORS = ("NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what would change a command's settings or colours."""
    for name in list(os.environ):
        if name.startswith(OURS) or name in COLORS:
            monkeypatch.delenv(name)


@pytest.fixture
def memory_grafana() -> Iterator[MemoryGrafana]:
    """An empty Grafana in memory."""
    with MemoryGrafana() as server:
        yield server
