"""Fixtures of all tests: a clean environment, a workspace, a Grafana in memory."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tailboard.cli.main import GARBAGE_THRESHOLD
from tests.grafana.memory import MemoryGrafana
from tests.workspace import GOOD_DEFINITION, Workspace

gc.set_threshold(GARBAGE_THRESHOLD)  # as the program itself does

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores SIGINT, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadlines: they would fail on a busy machine.
PATIENT_SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", PATIENT_SETTINGS, max_examples=20)
settings.register_profile("thorough", PATIENT_SETTINGS, max_examples=100)
settings.load_profile("quick")  # pytest's `--hypothesis-profile` comes after it

SETTING_PREFIXES = ("TAILBOARD_", "_TAILBOARD_")
COLOR_VARIABLES = ("NO_COLOR", "FORCE_COLOR")


def pytest_collection_finish() -> None:
    """Spare the garbage collector ten thousand tests, which live as long as the process."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete the variables that would change a command's settings or colours."""
    for name in list(os.environ):
        if name.startswith(SETTING_PREFIXES) or name in COLOR_VARIABLES:
            monkeypatch.delenv(name)


@pytest.fixture
def memory_grafana() -> Iterator[MemoryGrafana]:
    """An empty Grafana in memory."""
    with MemoryGrafana() as server:
        yield server


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Workspace:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path, capsys)


@pytest.fixture
def built_workspace(workspace: Workspace) -> Workspace:
    """A folder in which the definition `good.py` has been built."""
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.run_build("good.py")
    return workspace
