"""Somebody who declares services and publishes their rules by the command line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.publish.grafana.publisher import read_run_name
from tests.workspace import CommandResult, Workspace

DEFINITION = """
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [
    Service(
        "{service}",
        selector={{"job": "{job}"}},
        convention=PROMETHEUS_CLIENT,
        objectives={objectives},
    )
]
"""
OWNER = "shop"


@dataclass
class RulesPublisher:
    """Definitions in a folder, and the options that lead to a ruler."""

    workspace: Workspace
    options: list[str] = field(default_factory=list)

    def declare_service(
        self, service: str = "orders", latency: float | None = 1.0, *, job: str = ""
    ) -> Path:
        """Declare a service with an objective, or without one."""
        objectives = f"Objectives(latency={{0.99: {latency}}})" if latency else "Objectives()"
        text = DEFINITION.format(
            service=service, job=job or f"{service}-api", objectives=objectives
        )
        return self.workspace.write_file(f"definitions/{service}.py", text)

    def delete_definition(self, service: str) -> None:
        """Declare it no more."""
        (self.workspace.root / "definitions" / f"{service}.py").unlink()

    def run(self, command: str, *arguments: str, code: int | None = 0) -> CommandResult:
        """Run a command that reads definitions, and see how it ends."""
        result = self.workspace.run_tailboard(
            command, "definitions", "--owner", OWNER, *self.options, *arguments
        )
        assert code is None or result.exit_code == code, result.output
        return result

    def plan_items(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """The plan: each rule group by name."""
        items = self.run("plan", "--json", *arguments).json["items"]
        return {item["title"]: item for item in items if item["kind"] == "rule group"}

    def plan_states(self, *arguments: str) -> dict[str, str]:
        """The plan: the state of each rule group by name."""
        return {name: item["state"] for name, item in self.plan_items(*arguments).items()}

    def rollback(
        self, published: CommandResult, *arguments: str, code: int | None = 0
    ) -> CommandResult:
        """Undo a run, and see how that ends."""
        result = self.workspace.run_tailboard(
            "rollback", read_run_name(published), "--owner", OWNER, *self.options, *arguments
        )
        assert code is None or result.exit_code == code, result.output
        return result
