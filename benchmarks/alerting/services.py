"""The service whose rules are measured, and the rule files that are measured beside its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tailboard.alerts import rules_of
from tests.alerts.sample_services import write_rules
from tests.alerts.sloth_rules import write_sloth_rules
from tests.alerts.timelines import SERVICE

JsonObject = dict[str, Any]

SLOTH = "sloth"
SLOTH_ADVICE = "go install github.com/slok/sloth/cmd/sloth@v0.16.0"
TAILBOARD = "tailboard"


@dataclass(frozen=True)
class RuleFile:
    """Rules of one service: who wrote them, and where they are."""

    title: str
    path: Path

    @property
    def groups(self) -> list[JsonObject]:
        """Its rule groups."""
        groups: list[JsonObject] = yaml.safe_load(self.path.read_text("utf-8"))["groups"]
        return groups


def write_rule_files(folder: Path) -> dict[str, RuleFile]:
    """The rules of tailboard, and those of sloth where it is on the PATH."""
    files = {TAILBOARD: RuleFile(TAILBOARD, write_rules(rules_of(SERVICE), folder))}
    sloth_path = shutil.which(SLOTH)
    if sloth_path:
        files[SLOTH] = RuleFile(SLOTH, write_sloth_rules(sloth_path, folder))
    return files
