"""`build --jobs`: definitions in several processes, with the result of one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tailboard.cli.commands import build as build_command
from tests.workspace import RUN_PROGRAM, CommandResult, Workspace

DASHBOARD = """
from tailboard import Dashboard, Row
from tailboard.panels.kinds import text

print("reading {name}")
dashboard = Dashboard("{name}", uid="{name}", rows=[Row("Words", [text("Hello", "world")])])
"""
SERVICE = """
from tailboard import Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT_JOBS

services = [Service("{name}", selector={{"job": "{name}"}}, convention=PROMETHEUS_CLIENT_JOBS)]
"""
DOCUMENT = '{{"title": "{name}", "uid": "{name}", "panels": [], "schemaVersion": 42}}'

OWN_CLASS = """
import dataclasses
from tailboard import Service
from tailboard.panels import Convention
from tailboard.panels.conventions import PUSHGATEWAY_JOBS

@dataclasses.dataclass(frozen=True)
class OwnConvention(Convention):
    pass

print("reading own")
fields = {f.name: getattr(PUSHGATEWAY_JOBS, f.name) for f in dataclasses.fields(PUSHGATEWAY_JOBS)}
services = [Service("own", selector={"job": "own"}, convention=OwnConvention(**fields))]
"""
ENDING = """
import os
print("ending")
os.write(2, b"the end\\n")
os._exit(7)
"""


def write_definitions(workspace: Workspace) -> None:
    for number in range(7):
        workspace.write_file(
            f"all/d{number}.py", DASHBOARD.format(name=f"board-{number}").lstrip("\n")
        )
    for number in range(2):
        workspace.write_file(f"all/s{number}.py", SERVICE.format(name=f"service-{number}"))
    workspace.write_file("all/j.json", DOCUMENT.format(name="written"))
    workspace.write_file("all/k.json", DOCUMENT.format(name="board-3"))


def run_build(workspace: Workspace, jobs: int, *arguments: str) -> CommandResult:
    """Build into `out`, and move that to a folder of the number of jobs."""
    run = workspace.run_process("build", "all", "--out", "out", "--jobs", str(jobs), *arguments)
    if (workspace.root / "out").exists():
        (workspace.root / "out").rename(workspace.root / f"jobs-{jobs}")
    return run


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def check_same_result(workspace: Workspace) -> CommandResult:
    """Build with one job and with three, and compare; the result of one."""
    one, three = run_build(workspace, 1), run_build(workspace, 3)
    assert three == one
    assert read_files(workspace.root / "jobs-3") == read_files(workspace.root / "jobs-1")
    return one


def test_several_processes_write_the_same_files_and_messages(workspace: Workspace) -> None:
    write_definitions(workspace)
    run = check_same_result(workspace)
    assert run.exit_code == 0, run.output
    printed_lines = [line for line in run.stderr.splitlines() if line.startswith("reading")]
    assert printed_lines == [f"reading board-{number}" for number in range(7)]
    files = read_files(workspace.root / "jobs-3")
    assert {"dashboards/board-6.json", "dashboards/written.json", "dashboards/fleet.json"} <= {
        *files
    }
    assert "takes the place of 'board-3'" in run.stderr


def test_several_processes_find_the_same_mistakes_in_the_same_order(workspace: Workspace) -> None:
    write_definitions(workspace)
    workspace.write_file("all/d1.py", "1 / 0\n")
    workspace.write_file("all/d4.py", DASHBOARD.format(name="board-2"))
    workspace.write_file("all/d5.py", "dashboard = 5\n")
    workspace.write_file("all/s1.py", SERVICE.format(name="service-0"))
    run = check_same_result(workspace)
    assert run.exit_code == 2
    assert "ZeroDivisionError" in run.stderr
    assert "'board-2', which 'board-2' in all/d2.py has too" in run.stderr
    assert "has rules already" in run.stderr


def test_what_only_its_own_process_can_hold_is_compiled_in_its_turn(workspace: Workspace) -> None:
    write_definitions(workspace)
    workspace.write_file("all/d3.py", OWN_CLASS)
    run = check_same_result(workspace)
    assert run.exit_code == 0, run.output
    assert run.stderr.count("reading own") == 1


def test_a_definition_that_ends_its_process_ends_the_build_as_with_one(
    workspace: Workspace,
) -> None:
    write_definitions(workspace)
    workspace.write_file("all/d3.py", ENDING)
    one, three = run_build(workspace, 1), run_build(workspace, 3)
    assert (one.exit_code, three.exit_code) == (7, 7)
    assert one.stderr.count("the end") == three.stderr.count("the end") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups of this kind")
def test_ctrl_c_ends_all_processes_and_leaves_nothing(workspace: Workspace) -> None:
    for name in ("a", "b", "c"):
        workspace.write_file(
            f"all/{name}.py",
            f"""
            import os, pathlib, time
            pathlib.Path("{name}.new").write_text(str(os.getpid()))
            pathlib.Path("{name}.new").rename("{name}.pid")
            time.sleep(300)
            """,
        )
    arguments = ["build", "all", "--jobs", "3"]
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_PROGRAM, *arguments],
        cwd=workspace.root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(list(workspace.root.glob("*.pid"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    pids = [int(path.read_text()) for path in workspace.root.glob("*.pid")]
    assert len(pids) == 3
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert not (workspace.root / "dist").exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    ("jobs", "sources", "expected_jobs"),
    [(None, 99, 1), (None, 100, 4), (None, 1, 1), (2, 99, 2), (8, 3, 3), (1, 1000, 1)],
)
def test_there_are_as_many_jobs_as_processors_for_many_definitions(
    jobs: int | None, sources: int, expected_jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.definitions.side_by_side.count_processors", lambda: 4)
    assert build_command._choose_jobs(jobs, sources) == expected_jobs
