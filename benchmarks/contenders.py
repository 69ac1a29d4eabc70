"""Who is measured: tailboard, and the tools that people use for the same."""

import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.cost import HERE

PROGRAMS = Path(sys.executable).parent
TAILBOARD = str(PROGRAMS / "tailboard")


@dataclass(frozen=True)
class Contender:
    """A tool: its name, its distribution, and the command that writes dashboards to a folder.

    `prepare` puts so many definitions into the folder, where the tool wants one for each.
    """

    name: str
    distribution: str
    command: Callable[[Path], list[str]]
    prepare: Callable[[Path, int], None] = lambda folder, count: None

    @property
    def title(self) -> str:
        """The name with the version that is installed."""
        return f"{self.name} {version(self.distribution)}"


def _build(folder: Path) -> list[str]:
    return [TAILBOARD, "build", str(HERE / "definition.py"), "--out", str(folder)]


def _module(name: str) -> Callable[[Path], list[str]]:
    return lambda folder: [sys.executable, "-m", f"benchmarks.{name}", str(folder)]


def _generate(folder: Path) -> list[str]:
    definitions = sorted(str(it) for it in folder.glob("*.dashboard.py"))
    return [str(PROGRAMS / "generate-dashboards"), *definitions]


def _define(folder: Path, count: int) -> None:
    """The shortest definitions for grafanalib; a real one holds its own panels."""
    for index in range(count):
        text = f"""\
            from benchmarks.with_grafanalib import grafanalib_dashboard
            from benchmarks.workload import dashboard_of

            dashboard = grafanalib_dashboard(dashboard_of({index}))
            """
        (folder / f"service-{index:04}.dashboard.py").write_text(textwrap.dedent(text), "utf-8")


OURS = Contender("tailboard", "tailboard", _build)
ENCODER = Contender("grafanalib's encoder", "grafanalib", _module("with_grafanalib"))
GENERATE = Contender("generate-dashboards", "grafanalib", _generate, _define)
FOUNDATION_SDK = Contender(
    "Foundation SDK", "grafana-foundation-sdk", _module("with_foundation_sdk")
)
CONTENDERS = (OURS, ENCODER, GENERATE, FOUNDATION_SDK)
