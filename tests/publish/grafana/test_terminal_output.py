"""What publishing says, and where: changes are data, the bar and the summary are talk."""

import json
import os
import pty
import subprocess
from threading import Thread

import pytest

from tests.grafana.conftest import typical_api
from tests.grafana.fault_proxy import Fault, FaultProxy, Harm
from tests.publish.grafana.publisher import Publisher
from tests.steering_text import WILD_TITLE, find_steering

pytestmark = typical_api

DASHBOARD_COUNT = 25


def publish_on_terminal(publisher: Publisher, **environment: str) -> tuple[int, str, str]:
    """Publish with stderr on a terminal and stdout elsewhere: exit code, stdout, stderr."""
    controller, terminal = pty.openpty()
    output = bytearray()

    def look() -> None:
        try:
            while text := os.read(controller, 4096):
                output.extend(text)
        except OSError:  # the terminal is gone with its last program
            return

    looking = Thread(target=look)
    looking.start()
    process = subprocess.run(
        publisher.publish_command,
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
    return process.returncode, process.stdout, output.decode()


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


@pytest.mark.parametrize("command", [("plan",), ("plan", "--markdown"), ("plan", "--json")])
def test_no_title_or_message_of_a_server_steers_a_plan(
    command: tuple[str, ...], publisher: Publisher
) -> None:
    publisher.monkeypatch.setenv("FORCE_COLOR", "1")
    # Grafana's /apis refuse a byte order mark anywhere in a document.
    publisher.declare_dashboard("wild", title=WILD_TITLE.replace("\ufeff", ""), folder="A")
    publisher.run_publish()
    publisher.declare_dashboard("wild", "down", title=f"new {WILD_TITLE}", folder="A")
    publisher.declare_dashboard("new", title=WILD_TITLE)
    run = publisher.run_command(*command)
    assert run.exit_code == 0, run.output
    assert "wild" in run.stdout
    assert not find_steering(run.stdout)
    assert not find_steering(run.stderr)


@pytest.mark.parametrize("command", [("plan",), ("publish",), ("publish", "--json")])
@pytest.mark.parametrize("status", [400, 403, 500])
def test_no_refusal_of_a_server_steers(
    command: tuple[str, ...], status: int, publisher: Publisher, proxy: FaultProxy
) -> None:
    publisher.monkeypatch.setenv("FORCE_COLOR", "1")
    publisher.declare_dashboard("a")
    answer = json.dumps({"message": WILD_TITLE}).encode()
    headers = {"Content-Type": "application/json"}
    proxy.add_fault(Fault(Harm.ANSWER, status, headers, answer), path="/api")
    publisher.set_url(proxy.url)
    run = publisher.run_command(*command)
    assert run.exit_code
    assert not find_steering(run.stdout)
    assert not find_steering(run.stderr)
