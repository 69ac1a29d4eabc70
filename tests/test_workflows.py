"""The workflows that other repositories call say what the command line understands."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import click
import pytest
import requests
import yaml

from tailboard.cli.comment.report import build_marker
from tailboard.cli.main import COMMANDS, tailboard
from tests import ROOT
from tests.documentation import find_blocks, find_inline_code
from tests.grafana.conftest import memory_grafana
from tests.grafana.memory import MemoryGrafana
from tests.loopback_server import LoopbackServer, QuietHandler
from tests.required_programs import require_program
from tests.workspace import RUN_PROGRAM

__all__ = ["memory_grafana"]

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DASHBOARDS_WORKFLOW = ROOT / ".github" / "workflows" / "dashboards.yml"
OWN_WORKFLOW = ROOT / ".github" / "workflows" / "definitions.yml"
PERMISSIONS = {
    "dashboards": None,  # those of its caller: one that asks for more does not start
    "definitions": {"contents": "read", "pull-requests": "write"},
}
COMMAND_CALL = re.compile(r"tailboard (\w+)([^\n]*)")
INPUT_REFERENCE = re.compile(r"inputs\.(\w+)")


def read_workflow(path: Path) -> dict[Any, Any]:
    """A workflow; YAML takes its key `on` for a boolean."""
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return workflow


def list_scripts(path: Path) -> list[str]:
    return [
        step.get("run", "")
        for job in read_workflow(path)["jobs"].values()
        for step in job.get("steps", [])
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
    assert workflow.get("permissions") == PERMISSIONS.get(path.stem, {"contents": "read"})
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert "uses" in job or job["timeout-minutes"] <= 90


def read_dashboard_jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = read_workflow(DASHBOARDS_WORKFLOW)["jobs"]
    return jobs


def test_a_pull_request_is_previewed_and_only_a_merge_publishes() -> None:
    jobs = read_dashboard_jobs()
    commands = {
        name: COMMAND_CALL.findall("\n".join(step.get("run", "") for step in job["steps"]))
        for name, job in jobs.items()
    }
    assert [name for name, _ in commands["preview"]] == ["lint", "lint", "publish", "report"]
    assert all("--preview" in arguments for name, arguments in commands["preview"][2:])
    assert "action != 'closed'" in jobs["preview"]["if"]
    [(name, arguments)] = commands["remove-preview"]
    assert name == "publish"
    assert "--preview" in arguments
    assert "--remove" in arguments
    assert "action == 'closed'" in jobs["remove-preview"]["if"]
    assert [name for name, _ in commands["publish"]] == ["publish", "publish"]
    assert "--remove" not in commands["publish"][0][1]
    assert "--remove" in commands["publish"][1][1]
    assert jobs["publish"]["if"].startswith("github.event_name == 'push' && ")
    assert "default_branch" in jobs["publish"]["if"]
    for name in ("preview", "remove-preview"):
        assert jobs[name]["if"].startswith("github.event_name == 'pull_request' && ")
    assert jobs["preview"]["concurrency"] == jobs["remove-preview"]["concurrency"]


def test_without_secrets_as_from_a_fork_a_pull_request_is_linted_only() -> None:
    steps = [step for job in read_dashboard_jobs().values() for step in job["steps"]]
    for step in steps:
        uses_secrets = re.search(r"tailboard (publish|report|plan)|gh api", step.get("run", ""))
        assert bool(uses_secrets) <= ("env.GRAFANA_TOKEN != ''" in step.get("if", ""))


STUB = """#!/usr/bin/env python3
# gh, as far as the workflow uses it: comments are kept in a file.
import json, os, pathlib, subprocess, sys

path = pathlib.Path(os.environ["COMMENTS"])
comments = json.loads(path.read_text())
arguments = sys.argv[1:]
[target] = [text for text in arguments if text.startswith("repos/")]
if os.environ.get("PERMISSION") == "none":
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if "/pulls?" in target:
    comments = [{"number": number} for number in json.loads(os.environ["CLOSED"])]
field = [text for text in arguments if text.startswith("body=@")]
if "--jq" in arguments:
    filtering = ["jq", "-r", arguments[arguments.index("--jq") + 1]]
    sys.exit(subprocess.run(filtering, input=json.dumps(comments), text=True).returncode)
body = pathlib.Path(field[0].removeprefix("body=@")).read_text()
if "PATCH" in arguments:
    [comment] = [one for one in comments if str(one["id"]) == target.rpartition("/")[2]]
    comment["body"] = body
else:
    comments.append({"id": len(comments) + 1, "user": {"type": "Bot"}, "body": body})
path.write_text(json.dumps(comments))
"""
STRANGER = {"id": 1, "user": {"type": "User"}, "body": "<!-- tailboard report shop -->\nfake"}


def read_script(job: str, name: str) -> str:
    """What a step runs, by the beginning of its name."""
    scripts: list[str] = [
        step["run"]
        for step in read_dashboard_jobs()[job]["steps"]
        if step.get("name", "").partition(",")[0] == name
    ]
    [script] = scripts
    return script


def test_without_the_permission_to_comment_the_summary_says_which_one_it_needs(
    tmp_path: Path,
) -> None:
    write_program(tmp_path / "gh", STUB)
    (tmp_path / "comments.json").write_text("[]")
    (tmp_path / "report.md").write_text(f"{build_marker('shop')}\ntext\n")
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "COMMENTS": str(tmp_path / "comments.json"),
        "GITHUB_REPOSITORY": "team/shop",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "NUMBER": "7",
        "PERMISSION": "none",
        "RUNNER_TEMP": str(tmp_path),
    }
    for name in ("Comment", "Find closed pull requests"):
        command = ["bash", "-e", "-c", read_script("preview", name)]
        subprocess.run(command, env=environment, check=True)
    assert "`permissions: pull-requests: write`" in (tmp_path / "summary.md").read_text()
    assert (tmp_path / "comments.json").read_text() == "[]"
    assert (tmp_path / "closed.txt").read_text() == ""


def test_a_pull_request_has_one_comment_which_is_updated(tmp_path: Path) -> None:
    require_program("jq", "jq")
    script = read_script("preview", "Comment")
    (tmp_path / "gh").write_text(STUB)
    (tmp_path / "gh").chmod(0o755)
    comments = tmp_path / "comments.json"
    comments.write_text(json.dumps([STRANGER]))
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "COMMENTS": str(comments),
        "GITHUB_REPOSITORY": "team/shop",
        "NUMBER": "7",
        "RUNNER_TEMP": str(tmp_path),
    }
    for text in ("first", "second"):
        (tmp_path / "report.md").write_text(f"{build_marker('shop')}\n{text}\n")
        subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)
    (tmp_path / "report.md").write_text(f"{build_marker('stock')}\nother\n")
    subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)
    stranger, *bodies = [comment["body"] for comment in json.loads(comments.read_text())]
    assert stranger == STRANGER["body"]
    assert [body.split("\n")[1] for body in bodies] == ["second", "other"]


def write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.slow
def test_a_pull_request_from_its_first_push_to_its_end(
    tmp_path: Path, memory_grafana: MemoryGrafana
) -> None:
    require_program("jq", "jq")
    checkout, programs = tmp_path / "checkout", tmp_path / "programs"
    for folder in (checkout / "monitoring", checkout / ".base" / "monitoring", programs):
        folder.mkdir(parents=True)
    write_program(programs / "gh", STUB)
    run_program = f"exec {sys.executable} -c '{RUN_PROGRAM}' \"$@\""
    write_program(programs / "tailboard", f"#!/bin/sh\n{run_program}\n")
    document = {"title": "Orders", "uid": "orders", "schemaVersion": 42, "panels": []}
    for folder in (checkout, checkout / ".base"):
        (folder / "monitoring" / "orders.json").write_text(json.dumps(document))
    panel = {"title": "Up", "type": "timeseries", "targets": [{"expr": "up(", "refId": "A"}]}
    changed = {**document, "uid": "changed", "title": "Changed", "panels": [panel]}
    (checkout / "monitoring" / "changed.json").write_text(json.dumps(changed))
    source = {"access": "proxy", "name": "Prometheus", "type": "prometheus", "uid": "p"}
    admin = dict(memory_grafana.build_credentials("admin"))
    requests.post(f"{memory_grafana.url}/api/datasources", json=source, headers=admin, timeout=10)
    comments, summary = tmp_path / "comments.json", tmp_path / "summary.md"
    comments.write_text("[]")
    environment = {
        "CLOSED": "[6, 5]",
        "COMMENTS": str(comments),
        "DEFINITIONS": "monitoring",
        "FOLDER": "Shop",
        "GITHUB_REPOSITORY": "team/shop",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(checkout),
        "GRAFANA_TOKEN": memory_grafana.create_token("administrator"),
        "GRAFANA_URL": memory_grafana.url,
        "NUMBER": "7",
        "OWNER": "shop",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PREVIEW": "pr-7",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "RUNNER_TEMP": str(tmp_path),
    }

    def run_step(job: str, name: str) -> int:
        command = ["bash", "-e", "-c", read_script(job, name)]
        return subprocess.run(command, env=environment, cwd=checkout, check=False).returncode

    command = ["bash", "-e", "-c", read_script("preview", "Preview")]
    (tmp_path / "closed.txt").write_text("")
    earlier = {**environment, "PREVIEW": "pr-6"}
    subprocess.run(command, env=earlier, cwd=checkout, check=True)
    assert run_step("preview", "Lint") == 1
    for name in (
        "Lint the base",
        "Find closed pull requests",
        "Preview",
        "Plan and check",
        "Comment",
    ):
        assert run_step("preview", name) == 0
    copies = [uid for uid in memory_grafana.store.dashboards if uid.startswith("tbp-")]
    assert len(copies) == 2
    [comment] = json.loads(comments.read_text())
    assert "create" in comment["body"]
    assert all(f"/d/{uid})" in comment["body"] for uid in copies)
    assert "new finding" in comment["body"]
    assert "at monitoring/changed.json" in comment["body"]
    assert "at monitoring/orders.json" not in comment["body"]
    assert summary.read_text() == comment["body"]
    environment["CLOSED"] = "[7]"
    for name in ("Find closed pull requests", "Remove the previews of closed pull requests"):
        assert run_step("publish", name) == 0
    assert not memory_grafana.store.dashboards
    environment["CLOSED"] = "[]"
    for name in ("Find closed pull requests", "Preview"):
        assert run_step("preview", name) == 0
    assert memory_grafana.store.dashboards
    assert run_step("remove-preview", "Remove the preview") == 0
    assert not memory_grafana.store.dashboards
    assert not memory_grafana.store.folders


@pytest.mark.parametrize(
    ("variables", "arguments", "credentials"),
    [
        ({}, [], {}),
        ({"RULES": "mimir"}, ["--rules", "mimir"], {}),
        (
            {
                "RULES": "mimir",
                "TARGETS": "production eu",
                "TARGET_CREDENTIALS": "GRAFANA_EU_TOKEN=a=\r\n\nRULER_EU_TOKEN=b c\nPATH=/",
            },
            ["--target", "production", "--target", "eu"],
            {"GRAFANA_EU_TOKEN": "a=", "RULER_EU_TOKEN": "b c"},
        ),
    ],
    ids=["neither", "rules", "targets"],
)
def test_a_merge_publishes_to_the_rules_and_targets_that_the_inputs_name(
    tmp_path: Path,
    variables: dict[str, str],
    arguments: list[str],
    credentials: dict[str, str],
) -> None:
    program = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
    write_program(tmp_path / "tailboard", f"#!{sys.executable}\n{program}\n")
    [script] = [
        step["run"]
        for step in read_dashboard_jobs()["publish"]["steps"]
        if step.get("name") == "Publish"
    ]
    environment = {
        "DEFINITIONS": "monitoring",
        "FOLDER": "",
        "OWNER": "shop",
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    result = subprocess.run(
        ["bash", "-e", "-c", script],
        env={**environment, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    *masks, call = result.stdout.splitlines()
    given_arguments, given_environment = json.loads(call)
    assert given_arguments == [
        *["publish", "monitoring", "--owner", "shop", "--folder", ""],
        *[*arguments, "--prune"],
    ]
    assert credentials.items() <= given_environment.items()
    assert given_environment["PATH"] == environment["PATH"]
    assert masks == [f"::add-mask::{value}" for value in credentials.values()]


def test_every_secret_of_a_workflow_is_declared_for_those_who_call_it() -> None:
    text = DASHBOARDS_WORKFLOW.read_text("utf-8")
    secrets = read_workflow(DASHBOARDS_WORKFLOW)[True]["workflow_call"]["secrets"]
    assert set(re.findall(r"secrets\.(\w+)", text)) == set(secrets)


class Notes(QuietHandler):
    """The notes of a merge request on GitLab, which `notes` holds."""

    notes: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        content = json.dumps(self.notes).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.notes.append({"id": len(self.notes) + 40, "body": self._read_text()})
        self._confirm()

    def do_PUT(self) -> None:
        [note] = [note for note in self.notes if str(note["id"]) == self.path.rpartition("/")[2]]
        note["body"] = self._read_text()
        self._confirm()

    def _read_text(self) -> str:
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        return parse_qs(content)["body"][0]

    def _confirm(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_a_merge_request_on_gitlab_has_one_comment_which_is_updated(tmp_path: Path) -> None:
    require_program("curl", "curl")
    jobs = yaml.safe_load(find_blocks("docs/ci.md", "yaml")[2].text)
    script = jobs["preview"]["script"][-1]
    Notes.notes = [{"id": 3, "body": "looks good"}]
    with LoopbackServer(Notes) as server:
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}",
            "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_IID": "7",
            "GITLAB_TOKEN": "secret",
        }
        for text in ("first", "second & last"):
            (tmp_path / "report.md").write_text(f"{build_marker('shop')}\n{text}\n")
            subprocess.run(["bash", "-e", "-c", script], env=environment, cwd=tmp_path, check=True)
    assert [note["body"].strip().split("\n")[-1] for note in Notes.notes] == [
        "looks good",
        "second & last",
    ]


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
    caller = yaml.safe_load(find_blocks("docs/ci.md", "yaml")[0].text)
    assert set(caller) == {True, "jobs"}
    [job] = caller["jobs"].values()
    path = re.fullmatch(r"OWNER/tailboard/(\S+)@main", job["uses"])
    assert path
    call = read_workflow(ROOT / path[1])[True]["workflow_call"]
    assert set(job["with"]) <= set(call["inputs"])
    assert set(call["inputs"]) <= set(find_inline_code("docs/ci.md"))
    longer_caller = yaml.safe_load(find_blocks("docs/ci.md", "yaml")[1].text)
    own_workflow = read_workflow(OWN_WORKFLOW)
    assert longer_caller[True] == own_workflow[True]
    assert longer_caller["permissions"] == own_workflow["permissions"]
