"""An alert whose `for` is shorter than the time between two evaluations of its group.

Nothing is looked at in between: it lasts until the next evaluation at least, and what was meant as
patience is none. And a `keep_firing_for` without a `for`: one bad sample now and then keeps the
alert firing without an end, and nobody sees that it comes and goes.

Bad: `"for": "0s", "keep_firing_for": "1h"`
Good: `"for": "5m", "keep_firing_for": "10m"`

What is read over a range at least as long, `changes(x[10m]) > 4`, is steady without a `for`, and is
no finding. Exclude the rule where one sample is reason enough to hold an alert.
"""

from collections.abc import Iterator
from datetime import timedelta

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.lint.rule_files.durations import parse_prometheus_duration
from tailboard.queries.subject import JsonMapping, Query, Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    intervals = {
        id(rule): str(group["interval"])
        for group in subject.json.get("groups") or []
        if group.get("interval")
        for rule in group.get("rules") or []
    }
    for query, rule in subject.rules:
        if "alert" not in rule or query.is_in_grafana_rule:
            continue
        interval = intervals.get(id(rule), "")
        patience, held = _read_duration(rule, "for"), _read_duration(rule, "keep_firing_for")
        between = parse_prometheus_duration(interval) or 0
        if 0 < patience < between:
            yield (
                f"its `for` of {rule['for']} is shorter than the group's interval of {interval}",
                f"let it last longer than {interval}, or evaluate the group more often.",
                query.place,
            )
        if held > _find_longest_range(query) and patience == 0:
            yield (
                f"`keep_firing_for: {rule['keep_firing_for']}` without a `for` hides that it "
                "comes and goes",
                "let it last first: `for: 5m`.",
                query.place,
            )


def _find_longest_range(query: Query) -> float:
    """Milliseconds; 0 where the expression reads no range."""
    windows = (selector.window for selector in query.selectors)
    return max((window / timedelta(milliseconds=1) for window in windows if window), default=0)


def _read_duration(rule: JsonMapping, name: str) -> int:
    """Milliseconds; 0 where there is none."""
    return parse_prometheus_duration(str(rule.get(name) or "0")) or 0


RULE = LintRule(
    "short-for",
    "warning",
    "an alert that waits less than it says",
    __doc__,
    check_document=_check_document,
)
