"""An alert that does not say how bad it is, or what is wrong.

The person on call has to find out first, and routes by severity pass it over. It needs a label
`severity`, annotations `summary` and `description`, and a `for`, so that one sample does not wake
anybody. What all alerts of a file lack is reported once.

Bad: `"annotations": {"summary": "Orders fail"}`
Good: `"annotations": {"summary": "Orders fail", "description": "...", "runbook_url": "https://..."}`

A person has to write the texts. Exclude it where alerts are routed by another label than severity.
"""

from collections.abc import Callable, Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, merge_common_problem
from tailboard.queries.subject import JsonMapping, Subject

Requirement = tuple[Callable[[JsonMapping], bool], tuple[str, str], str]
"""Whether an alert has something, what is wrong without it, and what to do."""


def _has_annotation(name: str) -> Callable[[JsonMapping], bool]:
    return lambda rule: bool(str((rule.get("annotations") or {}).get(name) or "").strip())


REQUIREMENTS: tuple[Requirement, ...] = (
    (
        lambda rule: bool((rule.get("labels") or {}).get("severity")),
        ("it has no severity", "none of {count} alerts has a severity"),
        "label it critical or warning.",
    ),
    (
        _has_annotation("summary"),
        ("it has no summary", "none of {count} alerts has a summary"),
        "say in one line what is wrong, and where.",
    ),
    (
        _has_annotation("description"),
        ("it has no description", "none of {count} alerts has a description"),
        "say who is affected and what to look at first.",
    ),
    (
        lambda rule: bool(rule.get("for")),
        ("it fires at the first sample", "all {count} alerts fire at the first sample"),
        "let it last: `for: 1m`.",
    ),
)


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    alerts = [(query.place, rule) for query, rule in subject.rules if "alert" in rule]
    for is_met, problems, tip in REQUIREMENTS:
        places = [place for place, rule in alerts if not is_met(rule)]
        yield from merge_common_problem(places, len(alerts), problems, tip)


RULE = LintRule(
    "silent-alert",
    "warning",
    "an alert that does not say what is wrong",
    __doc__,
    check_document=_check_document,
)
