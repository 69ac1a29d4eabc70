"""What publishing says, and where: changes are data, the bar and the summary are talk."""

import os
import pty
import subprocess
import sys
from threading import Thread

from tests.publish.grafana.shop import Shop
from tests.publish.workshop import RUN

MANY = 25


def on_a_terminal(shop: Shop, **environment: str) -> tuple[int, str, str]:
    """Publish with stderr on a terminal and stdout elsewhere: exit code, stdout, stderr."""
    ours, theirs = pty.openpty()
    shown = bytearray()

    def look() -> None:
        try:
            while said := os.read(ours, 4096):
                shown.extend(said)
        except OSError:  # the terminal is gone with its last program
            return

    looking = Thread(target=look)
    looking.start()
    command = [sys.executable, "-c", RUN, "publish", "definitions", "--api", shop.grafana.api]
    done = subprocess.run(
        [*command, "--no-data-source-check"],
        cwd=shop.workshop.root,
        env={**os.environ, "TERM": "xterm", **environment},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=False,
        timeout=120,
    )
    os.close(theirs)
    looking.join()
    os.close(ours)
    return done.returncode, done.stdout, shown.decode()


def test_changes_go_to_stdout_though_a_bar_is_drawn(shop: Shop) -> None:
    for number in range(MANY):
        shop.declare(f"d{number}")
    code, out, err = on_a_terminal(shop)
    assert code == 0, err
    assert len(out.splitlines()) == MANY
    assert all(line.startswith("created") for line in out.splitlines())
    assert f"{MANY} created" in err


def test_colour_is_given_and_taken_as_asked(shop: Shop) -> None:
    shop.declare("a")
    assert "\x1b[" in on_a_terminal(shop, FORCE_COLOR="1")[1]
    shop.declare("b")
    code, out, _ = on_a_terminal(shop, NO_COLOR="1")
    assert (code, "\x1b[" in out) == (0, False)
