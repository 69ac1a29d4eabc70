"""Which Prometheus of the machine is version 2 and which is version 3."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import prometheus_programs
from tests.prometheus_programs import list_prometheus_programs, require_prometheus

READS_NAMES_IN_QUOTES, REFUSES_THEM = "exit 0", "exit 1"


@pytest.fixture
def path_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Path]:
    """Folders on the PATH and Go's, without any Prometheus."""
    folders = {name: tmp_path / name for name in ("one", "two", "go")}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.setenv("PATH", f"{folders['one']}{os.pathsep}{folders['two']}")
    monkeypatch.setenv("GOBIN", str(folders["go"]))
    monkeypatch.delenv("CI", raising=False)
    return folders


def write_program(path: Path, script: str = "exit 0") -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def write_prometheus(folder: Path, promtool_script: str) -> None:
    write_program(folder / "prometheus")
    write_program(folder / "promtool", promtool_script)


def test_each_version_is_found_by_what_its_promtool_reads(path_folders: dict[str, Path]) -> None:
    write_prometheus(path_folders["one"], READS_NAMES_IN_QUOTES)
    write_prometheus(path_folders["two"], REFUSES_THEM)
    assert [(found.version, found.prometheus) for found in list_prometheus_programs()] == [
        ("2", str(path_folders["two"] / "prometheus")),
        ("3", str(path_folders["one"] / "prometheus")),
    ]


def test_what_go_installed_need_not_be_on_the_path(path_folders: dict[str, Path]) -> None:
    write_prometheus(path_folders["one"], REFUSES_THEM)
    write_prometheus(path_folders["go"], READS_NAMES_IN_QUOTES)
    assert require_prometheus("3").promtool == str(path_folders["go"] / "promtool")
    assert require_prometheus("2").promtool == str(path_folders["one"] / "promtool")


def test_a_tool_without_its_server_is_no_prometheus(path_folders: dict[str, Path]) -> None:
    write_program(path_folders["one"] / "promtool", READS_NAMES_IN_QUOTES)
    assert list_prometheus_programs() == []


def test_a_missing_version_skips_and_says_how_to_build_it(path_folders: dict[str, Path]) -> None:
    write_prometheus(path_folders["one"], REFUSES_THEM)
    with pytest.raises(pytest.skip.Exception, match=r"cmd/promtool@v0\.316\.0"):
        require_prometheus("3")


def test_ci_has_to_have_version_3_where_go_is(
    path_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_prometheus(path_folders["one"], REFUSES_THEM)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match="Prometheus 3 is not installed"):
        require_prometheus("3")
    write_program(path_folders["two"] / "go")
    with pytest.raises(pytest.fail.Exception, match="Prometheus 3 is not installed"):
        require_prometheus("3")


def test_ci_does_not_need_version_2_where_the_distribution_has_3(
    path_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_prometheus(path_folders["one"], READS_NAMES_IN_QUOTES)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match="Prometheus 2 is not installed"):
        require_prometheus("2")


def test_ci_build_and_tests_name_one_version_of_prometheus() -> None:
    script = (Path(__file__).parent.parent / ".ci" / "run").read_text()
    assert f"prometheus_module={prometheus_programs.GO_MODULE_VERSION}\n" in script
