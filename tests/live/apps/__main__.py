"""Serve one app in several roles.

`python -m tests.live.apps flask_exporter busy=8001 clean=8002 idle=8003`

The app is imported once and forked once a role, so every role has its own port and its own copy
of the metrics. Nothing may have started a thread or a server before the fork.
"""

import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable

Serve = Callable[[int, str], None]


def main(name: str, *places: str) -> int:
    """Fork one child for each place; when one of them ends, end them all."""
    serve: Serve = importlib.import_module(f"{__package__}.{name}").serve
    gc.freeze()
    children = [_fork_server(serve, *place.split("=")) for place in places]
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the children get it, too: wait for them
    pid, status = os.wait()
    sys.stderr.write(f"{name}: child {pid} ended: {os.waitstatus_to_exitcode(status)}\n")
    children.remove(pid)
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        os.waitpid(child, 0)
    return 1


def _fork_server(serve: Serve, role: str, port: str) -> int:
    """Serve one role in a child and return its pid."""
    pid = os.fork()
    if pid == 0:
        _serve_and_exit(serve, int(port), role)
    return pid


def _serve_and_exit(serve: Serve, port: int, role: str) -> None:
    """Serve until the process is told to stop; never return into the launcher."""
    try:
        serve(port, role)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
