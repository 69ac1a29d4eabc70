"""The Makefile's targets and the commands that people type beside them agree."""

import re
import shlex

import pytest

from tests import ROOT
from tests.workspace import Workspace


def read_recipe(target: str) -> list[str]:
    """The command lines of a target, without the folder that the programs are installed in."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    match = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert match, target
    return [line.strip().removeprefix("$(BIN)/") for line in match[1].splitlines()]


def test_a_plain_build_after_make_dashboards_writes_and_removes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    [command] = read_recipe("dashboards")
    out = workspace.root / "dist"
    monkeypatch.chdir(ROOT)
    first = workspace.run_tailboard(*shlex.split(command)[1:], "--json", "--out", out)
    assert first.exit_code == 0, first.output
    folders = {path.partition("/")[0] for path in first.json["written"]}
    assert {"dashboards", "import", "provisioning", "rules"} <= folders
    again = workspace.run_tailboard("build", "--json", "--out", out)
    assert (again.json["written"], again.json["removed"]) == ([], [])
