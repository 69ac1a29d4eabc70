"""Child processes of the live tests: start one, wait until it answers, stop it by its pid."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tailboard.publish.closeable import Closeable
from tests.required_programs import require_program

HOST = "127.0.0.1"
PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-pushgateway": "prometheus-pushgateway",
    "redis-server": "redis-server",
}
GUARD_COMMAND = [
    "/bin/sh",
    "-c",
    'while read -r pid; do all="$all $pid"; done; '
    'for pid in $all; do kill -s KILL -- "-$pid"; done',
]
FOREIGN_SETTINGS = ("OTEL_", "PROMETHEUS_", "DRAMATIQ_", "FLASK_", "DJANGO_")


class StartUpError(Exception):
    """A child did not answer in time; the message ends with what it wrote."""


def require_binary(name: str) -> str:
    """Return the path of a program, or skip (on CI: fail) with the package that has it."""
    return require_program(name, PACKAGES[name])


def find_free_ports(count: int) -> list[int]:
    """Return that many different ports nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in sockets:
            listener.bind((HOST, 0))
        return [listener.getsockname()[1] for listener in sockets]


def find_free_port() -> int:
    """Return a port nobody listens on."""
    return find_free_ports(1)[0]


def wait_until(condition: Callable[[], bool], timeout: float, interval: float = 0.05) -> bool:
    """Poll until the condition holds; False if it does not within the timeout."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True


def is_port_open(port: int) -> bool:
    """Whether a loopback port accepts connections."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


@dataclass(frozen=True)
class ChildProcess:
    """A running child: the leader of a process group of its own, and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_for_ports(self, ports: Sequence[int], timeout: float = 30) -> None:
        """Return when every port answers; raise with the log when the child ends or is late."""
        wait_until(lambda: self._is_ended() or all(map(is_port_open, ports)), timeout)
        self.check_running()
        silent = [port for port in ports if not is_port_open(port)]
        if silent:
            words = self._read_log_tail()
            raise StartUpError(f"{self.name} does not answer on {silent}; it wrote:\n{words}")

    def check_running(self) -> None:
        """Raise with the log when the child ended by itself."""
        if self._is_ended():
            raise StartUpError(f"{self.name} ended; it wrote:\n{self._read_log_tail()}")

    def terminate(self) -> None:
        """Send SIGTERM to the whole group."""
        self._send_signal(signal.SIGTERM)

    def stop(self, timeout: float = 5) -> None:
        """Terminate the leader, kill it after the timeout, and kill what is left of its group."""
        self.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout)
        self._send_signal(signal.SIGKILL)
        self.process.wait(timeout)

    def _read_log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def _is_ended(self) -> bool:
        return self.process.poll() is not None

    def _send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class ChildProcesses(Closeable):
    """All started children, which are stopped at the end of the `with` block.

    A guard process kills them if this process is itself killed.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the logs in this folder."""
        self.folder = folder
        self._children: list[ChildProcess] = []
        self._guard = subprocess.Popen(GUARD_COMMAND, stdin=subprocess.PIPE, start_new_session=True)
        self._lock = Lock()

    def start_process(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        working_folder: Path | None = None,
    ) -> ChildProcess:
        """Start a child in a process group of its own; what it writes goes to a log file."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=working_folder or self.folder,
                env={**_build_environment(), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = ChildProcess(name, process, log)
        with self._lock:
            self._children.append(child)
            self._register_with_guard(child)
        return child

    def check_running(self) -> None:
        """Raise with the log of a child that ended by itself."""
        for child in self._children:
            child.check_running()

    def close(self) -> None:
        """Terminate all, so that they end in parallel, then wait for each."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.stop()
        self._guard.kill()
        self._guard.communicate()

    def _register_with_guard(self, child: ChildProcess) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{child.process.pid}\n".encode())
        self._guard.stdin.flush()


def _build_environment() -> dict[str, str]:
    """Return the environment without settings that would change what the apps expose."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(FOREIGN_SETTINGS)
    }
    return {**environment, "NO_PROXY": HOST, "no_proxy": HOST, "PYTHONUNBUFFERED": "1"}
