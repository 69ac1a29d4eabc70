"""A dramatiq worker with its Prometheus middleware; each role has a namespace of its own."""

import os
import subprocess
import sys

ACTORS = "tests.live.apps.shared.dramatiq_actors"


def serve(port: int, role: str) -> None:
    """Become the worker of one role, beside a process that sends it messages."""
    settings = {
        "LIVE_ROLE": role,
        "dramatiq_prom_host": "127.0.0.1",
        "dramatiq_prom_port": str(port),
        "dramatiq_prom_db": f"{os.environ['LIVE_FOLDER']}/dramatiq-{role}",
    }
    os.environ.update(settings)
    if role != "idle":
        subprocess.Popen([sys.executable, "-m", ACTORS])
    worker = [sys.executable, "-m", "dramatiq", ACTORS, "--processes", "1", "--threads", "2"]
    os.execv(sys.executable, worker)
