"""The tools that are measured: tailboard, grafanalib and the Foundation SDK."""

import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
TAILBOARD = str(PROGRAMS / "tailboard")
DEFINITION = str(Path(__file__).with_name("definition.py"))
BUILD = (TAILBOARD, "build", DEFINITION, "--format", "api", "--out")
"""Without `--format`, the settings of this repository would choose several formats."""


@dataclass(frozen=True)
class Tool:
    """A tool: its name, its distribution, and the command that writes dashboards to a folder.

    `prepare` writes one definition a dashboard into the folder, for a tool that needs that.
    """

    name: str
    distribution: str
    command: Callable[[Path], list[str]]
    prepare: Callable[[Path, int], None] = lambda folder, count: None

    @property
    def title(self) -> str:
        """The name with the version that is installed."""
        return f"{self.name} {version(self.distribution)}"


def _build_command(folder: Path) -> list[str]:
    return [*BUILD, str(folder)]


def _module_command(name: str) -> Callable[[Path], list[str]]:
    return lambda folder: [sys.executable, "-m", f"benchmarks.writing.{name}", str(folder)]


def _generate_command(folder: Path) -> list[str]:
    definitions = sorted(str(path) for path in folder.glob("*.dashboard.py"))
    return [str(PROGRAMS / "generate-dashboards"), *definitions]


def _write_definitions(folder: Path, count: int) -> None:
    """Write minimal definitions for grafanalib; a real one would hold its own panels."""
    for index in range(count):
        text = f"""\
            from benchmarks.writing.with_grafanalib import build_grafanalib_dashboard
            from benchmarks.writing.workload import build_workload_dashboard

            dashboard = build_grafanalib_dashboard(build_workload_dashboard({index}))
            """
        (folder / f"service-{index:04}.dashboard.py").write_text(textwrap.dedent(text), "utf-8")


TAILBOARD_TOOL = Tool("tailboard", "tailboard", _build_command)
GRAFANALIB_ENCODER = Tool("grafanalib's encoder", "grafanalib", _module_command("with_grafanalib"))
GENERATE_DASHBOARDS = Tool(
    "generate-dashboards", "grafanalib", _generate_command, _write_definitions
)
FOUNDATION_SDK = Tool(
    "Foundation SDK", "grafana-foundation-sdk", _module_command("with_foundation_sdk")
)
TOOLS = (TAILBOARD_TOOL, GRAFANALIB_ENCODER, GENERATE_DASHBOARDS, FOUNDATION_SDK)
