"""A folder in which definitions are written and commands are run."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tailboard.cli.main import main

GOOD_DEFINITION = """
from tailboard.dashboards import Dashboard, Row
from tailboard.panels.kinds import text

dashboard = Dashboard("Good", uid="good", rows=[Row("Words", [text("Hello", "world")])])
"""
"""A definition with nothing wrong in it."""

RUN_PROGRAM = "from tailboard.cli.main import run; run()"

FolderState = dict[str, tuple[bytes, int]]


@dataclass(frozen=True)
class CommandResult:
    """The result of a command: its exit code and output."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """stdout and stderr together."""
        return self.stdout + self.stderr

    @property
    def json(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Workspace:
    """The current folder of a test."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def write_file(self, name: str, content: str | bytes) -> Path:
        """Write a file, and its folders."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = textwrap.dedent(content).lstrip().encode()
        path.write_bytes(content)
        return path

    def run_tailboard(self, *arguments: str | Path) -> CommandResult:
        """Run the command in this process."""
        self.capture.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = self.capture.readouterr()
        return CommandResult(code, captured.out, captured.err)

    def run_process(
        self, *arguments: str, program: str = RUN_PROGRAM, **environment: str
    ) -> CommandResult:
        """Run the command, or another program, in a process of its own."""
        process = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return CommandResult(process.returncode, process.stdout, process.stderr)

    def run_build(self, *arguments: str | Path) -> CommandResult:
        """Build, and assert that it succeeds."""
        run = self.run_tailboard("build", *arguments)
        assert run.exit_code == 0, run.output
        return run

    def read_document(self, uid: str, folder: str = "dist/dashboards") -> Any:
        """The document of a dashboard that was built."""
        return json.loads((self.root / folder / f"{uid}.json").read_bytes())

    def list_uids(self) -> set[str]:
        """The uids of all documents that were built."""
        return {path.stem for path in (self.root / "dist/dashboards").glob("*.json")}

    def read_state(self, folder: str = "dist") -> FolderState:
        """Every file and folder below, with the bytes and the time of change of the files."""
        return {
            str(path.relative_to(self.root)): (
                (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else (b"", 0)
            )
            for path in sorted((self.root / folder).rglob("*"))
        }

    def list_temporary_files(self) -> list[Path]:
        """Temporary files that are left over."""
        return [path for path in self.root.rglob(".tailboard-*") if path.is_file()]


def list_contents(state: FolderState) -> dict[str, bytes]:
    """The contents alone."""
    return {name: content for name, (content, _) in state.items()}
