"""`python -m demo.run`, really run."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from demo import run as demo_run
from demo.addresses import PORTS, choose_addresses, replace_addresses
from demo.configuration import DEMO
from tests.required_programs import require_program

PROCESS_MARK = "TAILBOARD_DEMO_TEST"

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


class DemoProcess:
    """A running demo, and everything that it started."""

    def __init__(self, *options: str, path: str | None = None) -> None:
        self.mark = uuid.uuid4().hex
        environment = {**os.environ, PROCESS_MARK: self.mark}
        if path is not None:
            environment["PATH"] = path
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo.run", *options],
            cwd=DEMO.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def read_until(self, text: str) -> None:
        """Read the output up to a line that contains `text`."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(f"never said {text!r}:\n{self.output}")

    def wait_for_exit(self) -> int:
        """Read the rest of the output and return the exit code."""
        self.output += self.process.communicate(timeout=30)[0]
        return self.process.returncode

    def list_processes(self) -> dict[int, str]:
        """Return the command lines of all processes that carry the mark, by id."""
        commands = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"{PROCESS_MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                    commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        return commands

    def find_pid(self, words: str) -> int:
        """Return the process whose command line contains `words`."""
        [pid] = [pid for pid, command in self.list_processes().items() if words in command]
        return pid


@pytest.fixture
def start_demo() -> Iterator[Callable[..., DemoProcess]]:
    """Start demos; whatever a failed test leaves behind is killed."""
    runs: list[DemoProcess] = []

    def start(*options: str, path: str | None = None) -> DemoProcess:
        runs.append(DemoProcess(*options, path=path))
        return runs[-1]

    yield start
    for run in runs:
        for pid in run.list_processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        run.process.communicate()


def test_it_starts_everything_and_leaves_no_child_behind(
    start_demo: Callable[..., DemoProcess],
) -> None:
    for name in ("prometheus", "prometheus-alertmanager", "prometheus-pushgateway"):
        require_program(name, name)
    run = start_demo("--seconds", "5")
    run.read_until("Mend the missing index")
    time.sleep(0.5)
    commands = " ".join(run.list_processes().values())
    for program in ("orders_api", "worker", "load", "nightly_report", "pushgateway", "prometheus"):
        assert program in commands
    assert run.wait_for_exit() == 0, run.output
    assert run.list_processes() == {}
    assert "Traceback" not in run.output
    for name in ("orders-api", "prometheus", "alertmanager", "pushgateway", "preview"):
        assert re.search(rf"^  {name} +http://127\.0\.0\.1:\d+ ", run.output, re.MULTILINE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(
    start_demo: Callable[..., DemoProcess], number: signal.Signals
) -> None:
    with occupy_port(PORTS["orders-api"]):
        run = start_demo("--no-load", path="")
        run.read_until("Mend the missing index")
        run.process.send_signal(number)
        assert run.wait_for_exit() == 0, run.output
    assert run.list_processes() == {}
    assert "Traceback" not in run.output
    assert "Port 8000 is taken: orders-api listens on 127.0.0.1:" in run.output
    assert "No prometheus on this machine (apt install prometheus)." in run.output
    assert "Dashboards > New > Import" in run.output


def test_a_child_that_dies_ends_everything_and_is_named(
    start_demo: Callable[..., DemoProcess],
) -> None:
    run = start_demo("--no-load", path="")
    run.read_until("Mend the missing index")
    os.kill(run.find_pid("demo.worker"), signal.SIGKILL)
    assert run.wait_for_exit() == 1
    assert run.list_processes() == {}
    assert "worker ended with exit code -9. The end of its log:" in run.output
    assert "Traceback" not in run.output


def test_without_a_build_it_says_that_nothing_alerts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = "No rules are generated yet, so nothing alerts: run `make dashboards` first."
    addresses = {name: f"127.0.0.1:{port}" for name, port in PORTS.items()}
    for rule_files in ([], [Path("orders.rules.yaml")]):
        monkeypatch.setattr(demo_run, "find_generated_rules", lambda files=rule_files: files)
        demo_run.print_addresses([], addresses)
        assert (hint in capsys.readouterr().out) is not bool(rule_files)


def occupy_port(port: int) -> socket.socket:
    """Listen on a port, unless somebody does already."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        holder.bind(("127.0.0.1", port))
        holder.listen()
    return holder


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with occupy_port(PORTS["worker"]):
        addresses = choose_addresses()
    assert addresses["worker"] != "127.0.0.1:8001"
    assert len(set(addresses.values())) == len(PORTS)


def test_only_whole_addresses_are_replaced() -> None:
    text = "worker:8001 http://worker:8001/x orders-worker:8001 worker:80010"
    replaced = replace_addresses(text, {"worker": "127.0.0.1:5"})
    assert replaced == "127.0.0.1:5 http://127.0.0.1:5/x orders-worker:8001 worker:80010"
