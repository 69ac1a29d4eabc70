"""A workshop for every test that asks for one."""

from pathlib import Path

import pytest

from tests.publish.workshop import GOOD, Workshop


@pytest.fixture
def workshop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Workshop:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return Workshop(tmp_path, capsys)


@pytest.fixture
def good(workshop: Workshop) -> Workshop:
    """A folder in which the definition `good.py` has been built."""
    workshop.write("good.py", GOOD)
    workshop.build("good.py")
    return workshop
