"""The cost of a command: time and memory of its process."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(ROOT)}
"""With bytecode, as in an installation: else each run would compile the sources again."""

RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """Wall-clock `seconds`, `cpu_seconds` of user and system, peak memory."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def measure_cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command with the sources of this repository and measure it."""
    process = subprocess.run(
        [sys.executable, "-I", "-S", str(FOLDER / "resource_usage.py"), *command],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, **(environment or {})},
        text=True,
    )
    seconds, cpu_seconds, peak, code = process.stdout.split() or ("0", "0", "0", "1")
    if int(code):
        raise click.ClickException(f"{' '.join(command)} failed:\n{process.stderr}")
    return Cost(float(seconds), float(cpu_seconds), int(peak) * RSS_UNIT)
