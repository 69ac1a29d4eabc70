"""One place where a document or a rule is wrong or misleading."""

from typing import Literal

from tailboard.panels.record import record

Severity = Literal["error", "warning", "note"]
"""`error`: it is wrong or shows nothing. `warning`: it misleads, or costs more than it should.

`note`: it could be better; a team decides whether it wants that.
"""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@record
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

    def __lt__(self, other: "Place") -> bool:
        return self._sort_key < other._sort_key

    @property
    def _sort_key(self) -> tuple[str, str, str, str, int]:
        return self.source, self.dashboard, self.panel, self.query, self.panel_id


@record
class Finding:
    """What is wrong, where, and what to do about it."""

    rule: str
    severity: Severity
    place: Place
    problem: str
    tip: str
