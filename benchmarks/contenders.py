"""Who is measured: tailboard, and the tools that people use for the same."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.cost import HERE

TAILBOARD = str(Path(sys.executable).with_name("tailboard"))


@dataclass(frozen=True)
class Contender:
    """A tool: its name, its distribution, and the command that writes dashboards to a folder."""

    name: str
    distribution: str
    command: Callable[[Path], list[str]]

    @property
    def title(self) -> str:
        """The name with the version that is installed."""
        return f"{self.name} {version(self.distribution)}"


def _build(folder: Path) -> list[str]:
    return [TAILBOARD, "build", str(HERE / "definition.py"), "--out", str(folder)]


def _module(name: str) -> Callable[[Path], list[str]]:
    return lambda folder: [sys.executable, "-m", f"benchmarks.{name}", str(folder)]


OURS = Contender("tailboard", "tailboard", _build)
GRAFANALIB = Contender("grafanalib", "grafanalib", _module("with_grafanalib"))
FOUNDATION_SDK = Contender(
    "Foundation SDK", "grafana-foundation-sdk", _module("with_foundation_sdk")
)
CONTENDERS = (OURS, GRAFANALIB, FOUNDATION_SDK)
