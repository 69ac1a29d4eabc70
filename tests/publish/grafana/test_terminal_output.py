"""What publishing says, and where: changes are data, the bar and the summary are talk."""

import os
import pty
import subprocess
import sys
from threading import Thread

from tests.publish.grafana.publisher import Publisher
from tests.workspace import RUN_PROGRAM

DASHBOARD_COUNT = 25


def publish_on_terminal(publisher: Publisher, **environment: str) -> tuple[int, str, str]:
    """Publish with stderr on a terminal and stdout elsewhere: exit code, stdout, stderr."""
    controller, terminal = pty.openpty()
    shown = bytearray()

    def look() -> None:
        try:
            while text := os.read(controller, 4096):
                shown.extend(text)
        except OSError:  # the terminal is gone with its last program
            return

    looking = Thread(target=look)
    looking.start()
    command = [
        sys.executable,
        "-c",
        RUN_PROGRAM,
        "publish",
        "definitions",
        "--api",
        publisher.grafana.api,
    ]
    process = subprocess.run(
        [*command, "--no-data-source-check"],
        cwd=publisher.workspace.root,
        env={**os.environ, "TERM": "xterm", **environment},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        check=False,
        timeout=120,
    )
    os.close(terminal)
    looking.join()
    os.close(controller)
    return process.returncode, process.stdout, shown.decode()


def test_changes_go_to_stdout_though_a_bar_is_drawn(publisher: Publisher) -> None:
    for number in range(DASHBOARD_COUNT):
        publisher.declare_dashboard(f"d{number}")
    code, out, err = publish_on_terminal(publisher)
    assert code == 0, err
    assert len(out.splitlines()) == DASHBOARD_COUNT
    assert all(line.startswith("created") for line in out.splitlines())
    assert f"{DASHBOARD_COUNT} created" in err


def test_colour_is_given_and_taken_as_asked(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    assert "\x1b[" in publish_on_terminal(publisher, FORCE_COLOR="1")[1]
    publisher.declare_dashboard("b")
    code, out, _ = publish_on_terminal(publisher, NO_COLOR="1")
    assert (code, "\x1b[" in out) == (0, False)
