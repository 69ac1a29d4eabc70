"""What `--json` writes: one object with the version of its keys, for every command that has it."""

import importlib
import os

import pytest

from tailboard.cli.main import COMMANDS
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tests import ROOT
from tests.convention_expositions import format_exposition
from tests.documentation import INLINE_CODE
from tests.grafana.conftest import memory_grafana
from tests.grafana.memory import MemoryGrafana
from tests.workspace import GOOD_DEFINITION, Workspace

__all__ = ["memory_grafana"]

GOOD_JSON = '{"panels": [], "schemaVersion": 42, "title": "Good", "uid": "good"}'
OLD_RULE = "groups: [{name: shop, rules: [{record: shop, expr: 'rate(old_total[5m])'}]}]\n"

ARGUMENTS = {
    "build": ("good.py",),
    "check": ("good.py", "--metrics", "shop.prom"),
    "convert": ("good.json",),
    "docs": ("good.py",),
    "find": ("Good", "good.json"),
    "init": ("--metrics", "shop.prom", "--job", "shop"),
    "lint": ("good.py",),
    "list": ("good.py",),
    "plan": ("good.py",),
    "preview": ("good.json", "--example"),
    "publish": ("good.py",),
    "pull": ("good",),
    "rename": ("old_total=new_total", "rules.yaml"),
    "report": ("good.py",),
    "rollback": (),
}
"""How each command with the option is called; a rollback needs a run besides."""


def list_documented_keys(command: str) -> set[str]:
    """The keys of a command's report, as the handbook names them."""
    page = (ROOT / "docs" / "settings.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{command}`")]
    _, *keys = INLINE_CODE.findall(row)
    return set(keys)


@pytest.fixture
def shop_workspace(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A folder with a definition and an exposition, and a Grafana that commands know."""
    for name in list(os.environ):
        if name.startswith(("GRAFANA_", "GITHUB_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("editor"))
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.write_file("good.json", GOOD_JSON)
    workspace.write_file("rules.yaml", OLD_RULE)
    workspace.write_file("shop.prom", format_exposition(PROMETHEUS_CLIENT))
    return workspace


def test_every_command_with_the_option_is_tested() -> None:
    commands = {
        name: importlib.import_module(f"tailboard.cli.commands.{name}").command for name in COMMANDS
    }
    options = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in commands.items()
    }
    assert {name for name in COMMANDS if "--json" in options[name]} == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_json_is_one_object_with_a_version(shop_workspace: Workspace, name: str) -> None:
    arguments = ARGUMENTS[name]
    if name in {"pull", "rollback"}:
        published = shop_workspace.run_tailboard("publish", "good.py", "--json")
        arguments = arguments or (published.json["run"],)
    result = shop_workspace.run_tailboard(name, *arguments, "--json")
    assert result.exit_code == 0, result.output
    report = result.json
    assert report.pop("schema_version") == 1
    if name != "init":  # what it recognises depends on what there is
        assert set(report) == list_documented_keys(name)
