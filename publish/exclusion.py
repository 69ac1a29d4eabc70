"""Findings that a team lives with: which, where, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from panels.definition_error import did_you_mean
from publish.errors import TailboardError
from publish.finding import Finding, Place

UNUSED = "unused-exclusion"
FIELDS = ("rule", "dashboard", "panel", "query", "reason")


@dataclass(frozen=True)
class Exclusion:
    """What is excluded: a rule, narrowed to places by patterns as the shell has them."""

    rule: str
    reason: str
    dashboard: str = "*"
    panel: str = "*"
    query: str = "*"

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that is excluded."""
        place = finding.place
        return finding.rule == self.rule and all(
            fnmatchcase(there, wanted)
            for there, wanted in (
                (place.dashboard, self.dashboard),
                (place.panel, self.panel),
                (place.query, self.query),
            )
        )


def exclusion(given: Mapping[str, Any], rules: Iterable[str], where: str) -> Exclusion:
    """An exclusion as settings write it; each needs a rule that there is, and a reason."""
    for name, value in given.items():
        if name not in FIELDS or not isinstance(value, str):
            raise TailboardError(
                f"{where} has an exclusion with {name} = {value!r}",
                tip=f"write text for some of: {', '.join(FIELDS)}.",
            )
    rule, reason = given.get("rule", ""), given.get("reason", "")
    if rule not in (known := list(rules)):
        raise TailboardError(
            f"{where} excludes the lint rule {rule!r}, which there is not",
            tip=did_you_mean(rule, known),
        )
    if not reason.strip():
        raise TailboardError(
            f"{where} excludes {rule} without a reason", tip='write reason = "...".'
        )
    return Exclusion(**given)


def without(
    findings: Iterable[Finding], exclusions: Iterable[Exclusion], where: str
) -> list[Finding]:
    """The findings that nothing excludes, and one for each exclusion that excludes nothing."""
    kept, idle = [], dict.fromkeys(exclusions)
    for finding in findings:
        covering = [it for it in idle if it.covers(finding)]
        for it in covering:
            idle[it] = finding
        if not covering:
            kept.append(finding)
    return [*kept, *(_unused(it, where) for it, used in idle.items() if used is None)]


def _unused(excluded: Exclusion, where: str) -> Finding:
    narrowed = ", ".join(
        f"{name} {value!r}"
        for name in ("dashboard", "panel", "query")
        if (value := getattr(excluded, name)) != "*"
    )
    problem = f"nothing is found by {excluded.rule}{f' at {narrowed}' if narrowed else ''}"
    return Finding(UNUSED, "warning", Place(where), problem, "take the exclusion away.")
