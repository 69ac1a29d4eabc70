"""What a machine lacks skips a test, except on CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.required_programs import require_program, require_programs


def test_a_program_that_is_there_is_found() -> None:
    assert require_program("sh", "dash").endswith("/sh")


def test_a_missing_program_skips_with_the_name_of_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install prometheus"):
        require_program("promtool-of-nobody", "prometheus")


def test_a_missing_program_fails_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install prometheus"):
        require_program("promtool-of-nobody", "prometheus")


def test_every_program_of_a_name_is_found_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("two", "three"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "promtool").write_text("#!/bin/sh\n")
        (tmp_path / folder / "promtool").chmod(0o755)
    folders = [str(tmp_path / folder) for folder in ("two", "three", "two", "none")]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    monkeypatch.setenv("GOBIN", str(tmp_path / "two"))
    paths = require_programs("promtool", "prometheus")
    assert paths == [str(tmp_path / folder / "promtool") for folder in ("two", "three")]
