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

GOOD = """
from tailboard.dashboards import Dashboard, Row
from tailboard.panels.kinds import text

dashboard = Dashboard("Good", uid="good", rows=[Row("Words", [text("Hello", "world")])])
"""
"""A definition with nothing wrong in it."""

RUN = "from tailboard.cli.main import run; run()"

State = dict[str, tuple[bytes, int]]


@dataclass(frozen=True)
class Run:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that the user saw."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """What a program reads from stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Workshop:
    """The current folder of a test."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def write(self, name: str, content: str | bytes) -> Path:
        """A file, with the folders that it needs."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = textwrap.dedent(content).lstrip().encode()
        path.write_bytes(content)
        return path

    def tailboard(self, *arguments: str | Path) -> Run:
        """Run the command in this process."""
        self.capture.readouterr()
        code = main([str(it) for it in arguments])
        captured = self.capture.readouterr()
        return Run(code, captured.out, captured.err)

    def child(self, *arguments: str, program: str = RUN, **environment: str) -> Run:
        """Run the command, or another program, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def build(self, *arguments: str | Path) -> Run:
        """Build, and see that it went well."""
        run = self.tailboard("build", *arguments)
        assert run.code == 0, run.said
        return run

    def document(self, uid: str, folder: str = "dist/dashboards") -> Any:
        """The document of a dashboard that was built."""
        return json.loads((self.root / folder / f"{uid}.json").read_bytes())

    def uids(self) -> set[str]:
        """The uids of all documents that were built."""
        return {path.stem for path in (self.root / "dist/dashboards").glob("*.json")}

    def state(self, folder: str = "dist") -> State:
        """Every file and folder below, with the bytes and the time of change of the files."""
        return {
            str(path.relative_to(self.root)): (
                (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else (b"", 0)
            )
            for path in sorted((self.root / folder).rglob("*"))
        }

    def temporary(self) -> list[Path]:
        """The temporary files that somebody forgot."""
        return [it for it in self.root.rglob(".tailboard-*") if it.is_file()]


def files(state: State) -> dict[str, bytes]:
    """The contents alone."""
    return {name: content for name, (content, _) in state.items()}
