"""Every example of the README and of the pages in docs/ runs, and prints what the page says.

A page's blocks run in their order in one folder. A block whose first line is a comment with a file
name, such as `# orders.py`, is written there; Python without one is run. Of a `sh` block each line
runs whose program is in `RUNNABLE`, and has to exit with 0, or with what its comment says:
`# exits 1`. A `text` block is what the `sh` block before it prints, where `...` stands for
anything. `tailboard` runs in this process, all else in one of its own.
Addresses of servers are replaced by those of a Grafana in memory, of a Prometheus that knows what
the convention prometheus_client exposes, and of an application that exposes it; the name of a run
by that of the run before.
"""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tailboard.cli.main import main
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tests.convention_expositions import format_exposition
from tests.documentation import PAGES, Block, find_blocks
from tests.grafana.memory import MemoryGrafana
from tests.loopback_server import LoopbackServer, QuietHandler
from tests.publish.rulers.memory_ruler import MemoryRuler
from tests.slow_marks import mark_slow
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, serve_fake_prometheus

RUNNABLE = {"cat", "cp", "export", "ls", "mkdir", "promtool", "pytest", "tailboard"}
EXIT_COMMENT = re.compile(r"# exits (\d+)$")
RUN_NAME = re.compile(r"\b\d{8}-\d{6}-[0-9a-f]{6}\b")
DEFINITION = re.compile(r"^(dashboard|dashboards|rules|services)\b.* = ", re.MULTILINE)
EXPOSITION = format_exposition(PROMETHEUS_CLIENT)
GRAFANA_URL = "https://grafana.example.org"
PROMETHEUS_URL = "https://prometheus.example.org"
RULER_URL = "https://mimir.example.org"
METRICS_URL = "http://localhost:8000/metrics"
TOKEN = "GRAFANA_TOKEN=..."
TARGET_TOKEN = "GRAFANA_PRODUCTION_TOKEN=..."


@dataclass
class Reader:
    """Somebody who does in a folder what a page says, block after block."""

    folder: Path
    replacements: dict[str, str]
    environment: dict[str, str]
    output: str = ""
    _example_count: int = field(default=0, init=False)
    _run_name: str = field(default="", init=False)

    def follow(self, block: Block) -> None:
        actions: dict[str, Callable[[Block], None]] = {
            "python": self._run_python,
            "sh": self._run_shell,
            "text": self._compare_output,
            "toml": self._write_file,
            "yaml": self._write_file,
            "json": self._write_file,
        }
        assert block.language in actions, f"{block.place}: {block.language!r} is not tested"
        actions[block.language](block)

    def _write_file(self, block: Block) -> None:
        parsers: dict[str, Callable[[str], object]] = {
            "toml": tomllib.loads,
            "yaml": yaml.safe_load,
            "json": json.loads,
        }
        if block.language in parsers:
            parsers[block.language](block.text)
        if block.file_name:
            path = self.folder / block.file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._replace_addresses(block.text), "utf-8")

    def _replace_addresses(self, text: str) -> str:
        for documented, actual in self.replacements.items():
            text = text.replace(documented, actual)
        return text

    def _run_python(self, block: Block) -> None:
        self._write_file(block)
        name = block.file_name
        if name.rpartition("/")[2].startswith("test_"):
            self._run_command(block, f"pytest -q -p no:cacheprovider {name}")
            return
        if not name:
            self._example_count += 1
            name = f"_example_{self._example_count}.py"
            (self.folder / name).write_text(block.text, "utf-8")
        if DEFINITION.search(block.text):
            self._run_command(block, f"tailboard build {name} --out .examples/{name}")
        else:
            self._run_command(block, f"python {name}")

    def _run_shell(self, block: Block) -> None:
        self.output = ""
        for line in block.text.replace("\\\n", " ").splitlines():
            command = line.partition("#")[0].split()
            program = command[0] if command else ""
            if program not in RUNNABLE or not (
                program == "export" or shutil.which(program, path=self.environment["PATH"])
            ):
                continue
            exit_comment = EXIT_COMMENT.search(line)
            self.output += self._run_command(
                block, line, int(exit_comment[1]) if exit_comment else 0
            )

    def _run_command(self, block: Block, line: str, exit_code: int = 0) -> str:
        """What a command prints; what it exports stays for the next one."""
        command = RUN_NAME.sub(self._run_name, self._replace_addresses(line))
        words = shlex.split(command, comments=True)
        is_plain = words[0] == "tailboard" and ">" not in words
        code, output = self._run_tailboard(words[1:]) if is_plain else self._run_script(command)
        assert code == exit_code, f"{block.place}: {line}\n{output}"
        for documented, actual in self.replacements.items():
            output = output.replace(actual, documented)
        self._run_name = next(iter(RUN_NAME.findall(output)), self._run_name)
        return output

    def _run_tailboard(self, arguments: list[str]) -> tuple[int, str]:
        """The exit code and all that it prints, as in a process of its own."""
        output = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True)
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, self.environment, clear=True),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            code = main(arguments)
        output.seek(0)
        return code, output.read()

    def _run_script(self, command: str) -> tuple[int, str]:
        """The exit code and all that a shell prints, whose variables are kept."""
        script = f'{command}\ncode=$?\nenv -0 > "$TAILBOARD_TEST_ENVIRONMENT"\nexit $code'
        saved = self.folder.parent / "environment"
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env={**self.environment, "TAILBOARD_TEST_ENVIRONMENT": str(saved)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        variables = (part.partition("=") for part in saved.read_text("utf-8").split("\0") if part)
        self.environment = {name: value for name, _, value in variables}
        return result.returncode, result.stdout

    def _compare_output(self, block: Block) -> None:
        pattern = re.escape(block.text.strip()).replace(re.escape("..."), ".*?")
        assert re.fullmatch(pattern, self.output.strip(), re.DOTALL), (
            f"{block.place} is not what is printed:\n{self.output[:3000]}"
        )


@pytest.fixture
def application_url() -> Iterator[str]:
    """An application that exposes all that the convention prometheus_client knows."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(EXPOSITION.encode())

    with LoopbackServer(Handler) as server:
        yield f"{server.url}/metrics"


@pytest.fixture
def prometheus_url() -> Iterator[str]:
    """A Prometheus that scrapes this application as the job orders-api."""
    target = {"job": "orders-api", "instance": "orders:8000"}
    fake = FakePrometheus()
    fake.add_series("up", target)
    for family in text_string_to_metric_families(EXPOSITION):
        fake.metadata.append({"metric": family.name, "type": family.type, "target": target})
        for sample in family.samples:
            fake.add_series(sample.name, {**target, **sample.labels}, value=str(sample.value))
    with serve_fake_prometheus(fake):
        yield fake.url


@pytest.fixture
def memory_ruler() -> Iterator[MemoryRuler]:
    """An empty ruler that answers as Mimir does."""
    with MemoryRuler("mimir") as server:
        yield server


@pytest.fixture
def reader(
    tmp_path: Path,
    memory_grafana: MemoryGrafana,
    memory_ruler: MemoryRuler,
    application_url: str,
    prometheus_url: str,
) -> Reader:
    source = {"uid": "p", "name": "Prometheus", "type": "prometheus", "access": "proxy"}
    admin = memory_grafana.build_credentials("admin")
    requests.post(f"{memory_grafana.url}/api/datasources", json=source, headers=admin, timeout=10)
    folder, programs = tmp_path / "repository", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for name, module in (("tailboard", "tailboard"), ("pytest", "pytest"), ("python", "")):
        arguments = f"-m {module} " if module else ""
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', "utf-8")
        program.chmod(0o755)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GRAFANA_", "RULER_", "PROMETHEUS_", "PYTEST_", "COV_"))
    }
    return Reader(
        folder,
        {
            GRAFANA_URL: memory_grafana.url,
            PROMETHEUS_URL: prometheus_url,
            RULER_URL: memory_ruler.url,
            METRICS_URL: application_url,
            TOKEN: f"GRAFANA_TOKEN={memory_grafana.create_token('editor')}",
            TARGET_TOKEN: f"GRAFANA_PRODUCTION_TOKEN={memory_grafana.create_token('editor')}",
        },
        {**kept, "NO_PROXY": "127.0.0.1", "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
    )


SLOW_PAGES = {"README.zh-CN.md", "docs/preview.md"}
"""The examples of the one are those of README.md, the other draws many pictures."""


@pytest.mark.parametrize("page", mark_slow(PAGES, {*PAGES} - SLOW_PAGES))
def test_what_a_page_says_works_word_by_word(page: str, reader: Reader) -> None:
    for block in find_blocks(page):
        reader.follow(block)
