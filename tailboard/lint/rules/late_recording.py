"""A rule that reads what its group records only after it: it sees the value of the time before.

The rules of a group are evaluated one after the other. Whatever reads a recorded series stands
behind the rule that records it, or in a group that is evaluated on its own.

Bad: an alert on `job:errors:rate5m`, and below it in the group the rule that records it
Good: the rule with `record: job:errors:rate5m` first, the alert below it

A range of ten evaluations and more is no finding: one sample makes little difference to it.

Exclude the rule where the value of one evaluation before is good enough.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.lint.rule_files.durations import parse_prometheus_duration
from tailboard.queries.analysis.recordings import is_selectable
from tailboard.queries.parser.promql import Selector
from tailboard.queries.subject import JsonMapping, Subject

DEFAULT_INTERVAL = 60_000
"""Milliseconds between two evaluations, where neither the group nor Prometheus' settings say it."""

MANY_EVALUATIONS = 10


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    queries = {id(rule): query for query, rule in subject.rules}
    for group in subject.json.get("groups") or []:
        interval = parse_prometheus_duration(str(group.get("interval", ""))) or DEFAULT_INTERVAL
        long_range = timedelta(milliseconds=MANY_EVALUATIONS * interval)
        rules = [rule for rule in group.get("rules") or [] if id(rule) in queries]
        for index, rule in enumerate(rules):
            query = queries[id(rule)]
            late_names = {
                selector.name
                for selector in query.selectors
                if selector.name != rule.get("record")
                and (selector.window or timedelta()) < long_range
                and _is_late(selector, rules, index)
            }
            for name in sorted(late_names):
                yield (
                    f"it reads {name}, which its group records below it",
                    "move the recording rule above it.",
                    query.place,
                )


def _is_late(selector: Selector, rules: Sequence[JsonMapping], index: int) -> bool:
    """Whether all rules of a group that may record a selector's series stand below a position."""
    positions = [
        position
        for position, rule in enumerate(rules)
        if rule.get("record") == selector.name
        and is_selectable(
            {name: str(value) for name, value in (rule.get("labels") or {}).items()},
            selector.matchers,
        )
    ]
    return bool(positions) and min(positions) > index


RULE = LintRule(
    "late-recording",
    "warning",
    "a rule that reads what is recorded after it",
    __doc__,
    check_document=_check_document,
)
