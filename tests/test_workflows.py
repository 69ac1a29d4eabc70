"""The workflows that other repositories call say what the command line understands."""

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tailboard.cli.main import COMMANDS, tailboard
from tests import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMAND_CALL = re.compile(r"tailboard (\w+)([^\n]*)")
INPUT_REFERENCE = re.compile(r"inputs\.(\w+)")
WORKFLOW_CALL = re.compile(r"uses: \S+?/(\.github/workflows/[\w.]+)@")


def read_workflow(path: Path) -> dict[Any, Any]:
    """A workflow; YAML takes its key `on` for a boolean."""
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return workflow


def list_scripts(path: Path) -> list[str]:
    return [
        step.get("run", "") for job in read_workflow(path)["jobs"].values() for step in job["steps"]
    ]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_and_option_in_a_workflow_exists(path: Path) -> None:
    for name, arguments in COMMAND_CALL.findall("\n".join(list_scripts(path))):
        assert name in COMMANDS
        command = tailboard.get_command(click.Context(tailboard), name)
        assert command
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", arguments)) <= options


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_only_inputs_that_it_declares(path: Path) -> None:
    inputs = (read_workflow(path)[True].get("workflow_call") or {}).get("inputs") or {}
    assert set(INPUT_REFERENCE.findall(path.read_text("utf-8"))) <= set(inputs)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_ends_some_time(path: Path) -> None:
    workflow = read_workflow(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_a_pull_request_is_linted_and_planned_and_only_a_merge_publishes() -> None:
    jobs = read_workflow(ROOT / ".github" / "workflows" / "dashboards.yml")["jobs"]
    commands = {
        name: COMMAND_CALL.findall("\n".join(step.get("run", "") for step in job["steps"]))
        for name, job in jobs.items()
    }
    assert [name for name, _ in commands["plan"]] == ["lint", "plan"]
    assert jobs["plan"]["if"] == "github.event_name == 'pull_request'"
    assert [name for name, _ in commands["publish"]] == ["publish"]
    assert jobs["publish"]["if"].startswith("github.event_name == 'push' && ")
    assert "default_branch" in jobs["publish"]["if"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_workflow_that_the_readme_calls_is_there(readme: str) -> None:
    called = WORKFLOW_CALL.findall((ROOT / readme).read_text("utf-8"))
    assert called
    assert all((ROOT / path).is_file() for path in called)
