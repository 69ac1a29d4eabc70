"""What a machine lacks skips a test, except on CI."""

from __future__ import annotations

import pytest

from tests.required_programs import require_program


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
