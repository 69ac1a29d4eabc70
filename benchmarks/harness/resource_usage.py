"""Run a command and print its cost: `python -I -S resource_usage.py COMMAND ARGUMENT...`.

On Linux the peak memory of a new process begins at that of its parent. So this small process, which
imports next to nothing, runs between the benchmark and the command.
"""

import os
import sys
import time

DISCARD_OUTPUT = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]


def _run_command(command: list[str]) -> None:
    """Print seconds, CPU seconds, peak memory as the system counts it, and the exit code."""
    started = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=DISCARD_OUTPUT)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    print(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, code)


if __name__ == "__main__":
    _run_command(sys.argv[1:])
