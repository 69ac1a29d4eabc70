"""The README's examples run, print what it says, and its tables are complete."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import requests

from tailboard.cli.main import COMMANDS
from tailboard.panels.conventions import CONVENTIONS
from tailboard.settings import SETTING_NAMES
from tests import ROOT
from tests.grafana.memory import MemoryGrafana

READMES = ["README.md", "README.zh-CN.md"]
CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def find_blocks(readme: str, language: str) -> list[str]:
    text = (ROOT / readme).read_text("utf-8")
    return [match[2] for match in CODE_BLOCK.finditer(text) if match[1] == language]


def run_tailboard(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from tailboard.cli.main import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("readme", READMES)
def test_the_sixty_second_example_prints_what_the_readme_says(readme: str, tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(find_blocks(readme, "python")[0], "utf-8")
    result = run_tailboard(tmp_path, "build", "orders.py")
    assert result.returncode == 0, result.stderr
    assert result.stderr.strip() == find_blocks(readme, "")[0].strip()
    assert (tmp_path / "dist/dashboards/orders-overview.json").is_file()


@pytest.mark.parametrize("readme", READMES)
def test_every_other_python_example_runs(readme: str, tmp_path: Path) -> None:
    for index, example in enumerate(find_blocks(readme, "python")[1:]):
        path = tmp_path / f"example_{index}.py"
        path.write_text(example, "utf-8")
        subprocess.run([sys.executable, path], check=True, timeout=60, cwd=ROOT)
        if "dashboard = " in example:
            result = run_tailboard(tmp_path, "build", path.name, "--out", f"out{index}")
            assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("readme", READMES)
def test_every_command_line_of_tailboard_in_it_works(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory_grafana: MemoryGrafana
) -> None:
    source = {"uid": "p", "name": "Prometheus", "type": "prometheus", "access": "proxy"}
    admin = memory_grafana.build_credentials("admin")
    requests.post(f"{memory_grafana.url}/api/datasources", json=source, headers=admin, timeout=10)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("editor"))
    (tmp_path / "orders.py").write_text(find_blocks(readme, "python")[0], "utf-8")
    lines = [
        line
        for block in find_blocks(readme, "sh")
        for line in block.splitlines()
        if line.startswith("tailboard ")
    ]
    assert lines
    for line in lines:
        result = run_tailboard(tmp_path, *line.partition("#")[0].split()[1:])
        assert result.returncode == 0, result.stderr
        shutil.rmtree(tmp_path / "dist", ignore_errors=True)


@pytest.mark.parametrize("readme", READMES)
def test_its_settings_are_ones_that_tailboard_knows(readme: str) -> None:
    for block in find_blocks(readme, "toml"):
        assert set(tomllib.loads(block)["tool"]["tailboard"]) <= set(SETTING_NAMES)


@pytest.mark.parametrize("readme", READMES)
def test_its_tables_name_every_convention_and_command(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    for name in [
        *(command.name for command in CONVENTIONS),
        *(f"tailboard {command}" for command in COMMANDS),
    ]:
        assert f"`{name}" in text, name


@pytest.mark.parametrize("readme", [*READMES, "CONTRIBUTING.md"])
def test_the_files_that_it_names_exist(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    named = re.findall(r"`((?:panels|dashboards|publish|tests|definitions)/[\w./-]*)`", text)
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("readme", READMES)
def test_its_make_targets_exist(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {
        match[1]
        for block in find_blocks(readme, "sh")
        for match in re.finditer(r"^make (\w+)", block, re.MULTILINE)
    }
    assert named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
