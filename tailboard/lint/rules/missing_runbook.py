"""An alert without a page that says what to do: the person on call begins from nothing.

The annotation `runbook_url` leads there. Where no alert of a file has one, it is reported once.

Bad: `"annotations": {"summary": "Orders fail", "description": "d"}`
Good: `"annotations": {"summary": "Orders fail", "description": "d", "runbook_url": "https://..."}`

A person has to write the page. Exclude the rule where runbooks are found in another way.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, merge_common_problem
from tailboard.queries.subject import Subject

TIP = (
    "write down what to look at first, and link the page: runbook_url: https://... "
    "A build writes the page of a service; the setting runbook_url says where people read it."
)


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    alerts = [(query.place, rule) for query, rule in subject.rules if "alert" in rule]
    places = [
        place
        for place, rule in alerts
        if not str((rule.get("annotations") or {}).get("runbook_url") or "").strip()
    ]
    yield from merge_common_problem(
        places,
        len(alerts),
        ("it has no runbook_url", "none of {count} alerts has a runbook_url"),
        TIP,
    )


RULE = LintRule(
    "missing-runbook",
    "note",
    "an alert without a runbook",
    __doc__,
    check_document=_check_document,
)
