"""Start the demo's programs, watch them and stop all of them."""

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from demo.addresses import is_reachable
from demo.programs import Program
from demo.stop_signal import StopSignal

ROOT = Path(__file__).resolve().parent.parent
STOP_TIMEOUT = 10
"""Seconds between SIGTERM and SIGKILL."""


@dataclass(frozen=True)
class ChildProcess:
    """A running program."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path

    def read_last_lines(self, count: int = 15) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def start_process(program: Program, logs: Path) -> ChildProcess:
    """Start a program in a session of its own: Ctrl-C reaches this process, which passes it on."""
    log = logs / f"{program.name}.log"
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_DISABLE_CREATED_SERIES": "true",
        **program.environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return ChildProcess(program, process, log)


def find_dead_process(children: Iterable[ChildProcess]) -> ChildProcess | None:
    """Find a child that ended by itself."""
    return next((child for child in children if child.process.poll() is not None), None)


def wait_until_up(
    children: Iterable[ChildProcess], stop: StopSignal, seconds: float
) -> ChildProcess | None:
    """Wait until every child listens; return one that ended or still does not listen."""
    deadline = monotonic() + seconds
    waiting = list(children)
    while waiting and not stop.wait_for_stop(0.1):
        if dead := find_dead_process(waiting):
            return dead
        waiting = [child for child in waiting if not is_up(child)]
        if waiting and monotonic() > deadline:
            return waiting[0]
    return None


def is_up(child: ChildProcess) -> bool:
    """Whether a child listens, or has no address to listen on."""
    return child.program.address is None or is_reachable(child.program.address)


def watch_processes(
    children: Iterable[ChildProcess], stop: StopSignal, seconds: float | None
) -> ChildProcess | None:
    """Wait until a stop is requested or time is up; return a child that ended before."""
    deadline = monotonic() + seconds if seconds is not None else None
    children = list(children)
    while not stop.wait_for_stop(0.2) and (deadline is None or monotonic() < deadline):
        if dead := find_dead_process(children):
            return dead
    return None


def stop_processes(children: Iterable[ChildProcess]) -> None:
    """Terminate all children, wait, and kill those that are left."""
    running = [child.process for child in children if child.process.poll() is None]
    for process in running:
        signal_group(process, signal.SIGTERM)
    deadline = monotonic() + STOP_TIMEOUT
    for process in running:
        try:
            process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            signal_group(process, signal.SIGKILL)
            process.wait()


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a child and its own children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
