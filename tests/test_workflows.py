"""The workflows that other repositories call say what the command line understands."""

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tailboard.cli.main import COMMANDS, tailboard
from tests import ROOT
from tests.documentation import find_blocks, find_inline_code

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMAND_CALL = re.compile(r"tailboard (\w+)([^\n]*)")
INPUT_REFERENCE = re.compile(r"inputs\.(\w+)")


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
    assert all(job["timeout-minutes"] <= 90 for job in workflow["jobs"].values())


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


def test_every_kind_of_rules_unit_test_is_run_and_the_long_ones_at_night() -> None:
    workflow = read_workflow(ROOT / ".github" / "workflows" / "rules.yml")
    assert workflow[True]["schedule"]
    [steps] = [job["steps"] for job in workflow["jobs"].values()]
    conditions = {
        step["run"]: step.get("if", "") for step in steps if "make " in step.get("run", "")
    }
    assert conditions["make test-rules"] == ""
    assert "schedule" in conditions["make test-rules-long"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target, pattern in (
        ("test-rules", "dist/rules/*.rules.test.yaml"),
        ("test-rules-long", "dist/rules/*.rules.long.test.yaml"),
    ):
        recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert recipe
        assert f"promtool test rules {pattern}" in recipe[1]


def test_the_page_about_ci_calls_a_workflow_that_is_there_with_inputs_that_it_has() -> None:
    [block] = find_blocks("docs/ci.md", "yaml")
    [job] = yaml.safe_load(block.text)["jobs"].values()
    path = re.fullmatch(r"OWNER/tailboard/(\S+)@main", job["uses"])
    assert path
    call = read_workflow(ROOT / path[1])[True]["workflow_call"]
    assert set(job["with"]) <= set(call["inputs"])
    assert set(call["inputs"]) <= set(find_inline_code("docs/ci.md"))
