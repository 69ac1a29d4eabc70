"""What a team lives with: which findings, or which queries without data; where, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tailboard.findings.finding import Finding, Place
from tailboard.panels.definition_error import did_you_mean
from tailboard.publish.errors import TailboardError

UNUSED = "unused-exclusion"
NARROWING = ("dashboard", "panel", "query")
FIELDS = ("rule", *NARROWING, "reason")


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
        return finding.rule == self.rule and self.is_at(finding.place)

    def is_at(self, place: Place) -> bool:
        """Whether it is about this place."""
        return all(_fits(getattr(place, it), getattr(self, it)) for it in NARROWING)

    @property
    def narrowed(self) -> str:
        """Where it is about, in words; empty if it is about everywhere."""
        said = ((name, getattr(self, name)) for name in NARROWING)
        shown = ", ".join(f"{name} {value!r}" for name, value in said if value != "*")
        return f" at {shown}" if shown else ""


def _fits(name: str, pattern: str) -> bool:
    """Whether it is the name as it is written, or a pattern of it: names may have brackets."""
    return name == pattern or fnmatchcase(name, pattern)


def exclusion(given: Mapping[str, Any], rules: Iterable[str], where: str) -> Exclusion:
    """An exclusion as settings write it; each needs a rule that there is, and a reason."""
    _check_texts(given, FIELDS, f"{where} has an exclusion")
    rule = given.get("rule", "")
    if rule not in (known := list(rules)):
        raise TailboardError(
            f"{where} excludes {rule!r}, which there is not",
            tip=did_you_mean(rule, known),
        )
    _check_reason(given, f"{where} excludes {rule}")
    return Exclusion(**given)


def allowance(given: Mapping[str, Any], name: str, where: str) -> Exclusion:
    """An entry of a list of places, as settings write it; each needs a reason."""
    _check_texts(given, (*NARROWING, "reason"), f"{where} has an entry of {name}")
    _check_reason(given, f"{where} has an entry of {name}")
    return Exclusion(rule=name, **given)


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
    unused = [it for it, used in idle.items() if used is None]
    return [*kept, *(not_used(it, f"nothing is found by {it.rule}", where) for it in unused)]


def not_used(excluded: Exclusion, problem: str, where: str) -> Finding:
    """What there is to say of one that is about nothing."""
    tip = "take the exclusion away."
    return Finding(UNUSED, "warning", Place(where), f"{problem}{excluded.narrowed}", tip)


def _check_texts(given: Mapping[str, Any], fields: Iterable[str], what: str) -> None:
    for name, value in given.items():
        if name not in fields or not isinstance(value, str):
            raise TailboardError(
                f"{what} with {name} = {value!r}",
                tip=f"write text for some of: {', '.join(fields)}.",
            )


def _check_reason(given: Mapping[str, Any], what: str) -> None:
    if not str(given.get("reason", "")).strip():
        raise TailboardError(f"{what} without a reason", tip='write reason = "...".')
