"""What a team lives with: which findings, or which queries without data; where, and why."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tailboard.findings.finding import Finding, Place
from tailboard.panels.definition_error import suggest_name
from tailboard.panels.record import record
from tailboard.publish.errors import TailboardError

UNUSED_EXCLUSION = "unused-exclusion"
SCOPE_FIELDS = ("dashboard", "panel", "query")
FIELDS = ("rule", *SCOPE_FIELDS, "reason")


@record
class Exclusion:
    """What is excluded: a rule, narrowed to places by patterns as the shell has them."""

    rule: str
    reason: str
    dashboard: str = "*"
    panel: str = "*"
    query: str = "*"

    def is_applicable(self, finding: Finding) -> bool:
        """Whether the finding is one that is excluded."""
        return finding.rule == self.rule and self.is_at(finding.place)

    def is_at(self, place: Place) -> bool:
        """Whether it is about this place."""
        return all(
            _is_name_match(getattr(place, field), getattr(self, field)) for field in SCOPE_FIELDS
        )

    @property
    def scope(self) -> str:
        """Where it is about, in words; empty if it is about everywhere."""
        fields = ((name, getattr(self, name)) for name in SCOPE_FIELDS)
        text = ", ".join(f"{name} {value!r}" for name, value in fields if value != "*")
        return f" at {text}" if text else ""


def _is_name_match(name: str, pattern: str) -> bool:
    """Whether it equals the name, or is a pattern that matches it: names may have brackets."""
    return name == pattern or fnmatchcase(name, pattern)


def parse_exclusion(entry: Mapping[str, Any], rules: Iterable[str], source: str) -> Exclusion:
    """An exclusion as settings write it; each needs a rule that there is, and a reason."""
    _check_texts(entry, FIELDS, f"{source} has an exclusion")
    rule = entry.get("rule", "")
    if rule not in (names := list(rules)):
        raise TailboardError(
            f"{source} excludes {rule!r}, which there is not",
            tip=suggest_name(rule, names),
        )
    _check_reason(entry, f"{source} excludes {rule}")
    return Exclusion(**entry)


def parse_allowance(entry: Mapping[str, Any], name: str, source: str) -> Exclusion:
    """An entry of a list of places, as settings write it; each needs a reason."""
    _check_texts(entry, (*SCOPE_FIELDS, "reason"), f"{source} has an entry of {name}")
    _check_reason(entry, f"{source} has an entry of {name}")
    return Exclusion(rule=name, **entry)


def apply_exclusions(
    findings: Iterable[Finding], exclusions: Iterable[Exclusion], source: str
) -> list[Finding]:
    """The findings that nothing excludes, and one for each exclusion that excludes nothing."""
    remaining, uses = [], dict.fromkeys(exclusions)
    for finding in findings:
        applicable = [exclusion for exclusion in uses if exclusion.is_applicable(finding)]
        for exclusion in applicable:
            uses[exclusion] = finding
        if not applicable:
            remaining.append(finding)
    unused = [exclusion for exclusion, use in uses.items() if use is None]
    return [
        *remaining,
        *(
            build_unused_finding(exclusion, f"nothing is found by {exclusion.rule}", source)
            for exclusion in unused
        ),
    ]


def build_unused_finding(exclusion: Exclusion, problem: str, source: str) -> Finding:
    """What there is to say of one that is about nothing."""
    tip = "take the exclusion away."
    return Finding(UNUSED_EXCLUSION, "warning", Place(source), f"{problem}{exclusion.scope}", tip)


def _check_texts(entry: Mapping[str, Any], fields: Iterable[str], context: str) -> None:
    for name, value in entry.items():
        if name not in fields or not isinstance(value, str):
            raise TailboardError(
                f"{context} with {name} = {value!r}",
                tip=f"write text for some of: {', '.join(fields)}.",
            )


def _check_reason(entry: Mapping[str, Any], context: str) -> None:
    if not str(entry.get("reason", "")).strip():
        raise TailboardError(f"{context} without a reason", tip='write reason = "...".')
