"""The machine and the programs that a benchmark ran on."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

CPU_FACTS = Path("/proc/cpuinfo")


def describe_machine() -> str:
    """Processors, memory, system and Python, in one line."""
    parts = [
        f"{os.cpu_count()} x {_read_cpu_model()}",
        *_describe_memory(),
        platform.system(),
        f"Python {platform.python_version()}",
    ]
    return ", ".join(parts)


def describe_versions(distributions: Iterable[str]) -> str:
    """The distributions with their installed versions, in one line."""
    return ", ".join(f"{name} {version(name)}" for name in distributions)


def _read_cpu_model() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.machine() or "processor"


def _describe_memory() -> Iterable[str]:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return
    yield f"{size / 1024**3:.0f} GiB"
