"""One place where a document or a rule is wrong or misleading."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""`error`: it is wrong or shows nothing. `warning`: it misleads, or costs more than it should.

`note`: it could be better; a team decides whether it wants that.
"""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, order=True)
class Place:
    """Where: a definition, a dashboard's uid or a rule file's slug, a panel or rule, a query.

    `panel_id` is that of a panel whose title another one has too; else 0.
    """

    source: str
    dashboard: str = ""
    panel: str = ""
    query: str = ""
    panel_id: int = 0

    @property
    def location(self) -> str:
        """Where in the source; empty where it is about all of it."""
        panel = f"{self.panel} (id {self.panel_id})" if self.panel_id else self.panel
        return ": ".join(part for part in (self.dashboard, panel, self.query) if part)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.location) if part)


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to do about it."""

    rule: str
    severity: Severity
    place: Place
    problem: str
    tip: str
