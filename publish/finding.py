"""One place where a document or a rule is not as it should be."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
"""`error`: it is wrong or shows nothing. `warning`: it misleads, or costs more than it should."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning")


@dataclass(frozen=True, order=True)
class Place:
    """Where: a definition, a dashboard's uid or a rule file's slug, a panel or rule, a query."""

    source: str
    dashboard: str = ""
    panel: str = ""
    query: str = ""

    def __str__(self) -> str:
        return ": ".join(it for it in (self.source, self.dashboard, self.panel, self.query) if it)


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to do about it."""

    rule: str
    severity: Severity
    place: Place
    problem: str
    tip: str
