"""A rule file that Prometheus does not load: none of its rules is evaluated.

What `promtool check rules` refuses is found: an unknown field, a key or a group's name that is
there twice, a duration that is none, a rule without a name, a recording rule with what only alerts
have, a name of a label that cannot be one. Expressions and templates have rules of their own,
parse-error and template-error.

Bad: `"for": "5 minutes"`
Good: `"for": "5m"`

Exclude it where another program loads the file: Mimir, Thanos and VictoriaMetrics know more fields.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.lint.rule_files.durations import parse_prometheus_duration
from tailboard.queries.subject import JsonMapping, Subject

ALERT_FIELDS = ("annotations", "for", "keep_firing_for")
"""What a recording rule must not have."""

DURATION_FIELDS = ("for", "keep_firing_for")
GROUP_DURATION_FIELDS = ("interval", "query_offset")
METRIC_NAME_LABEL = "__name__"

Problem = tuple[str, str, Place]


def _check_document(subject: Subject) -> Iterator[Problem]:
    for load_problem in subject.load_problems:
        if load_problem.lint_rule == RULE.name:
            yield load_problem.problem, load_problem.tip, load_problem.place
    yield from _check_groups(subject)
    for query, rule in subject.rules:
        if not query.is_in_grafana_rule:
            for problem, tip in _check_rule(rule):
                yield problem, tip, query.place


def _check_groups(subject: Subject) -> Iterator[Problem]:
    groups: list[dict[str, Any]] = subject.json.get("groups") or []
    names = Counter(str(group.get("name") or "") for group in groups)
    for name, group_count in names.items():
        if not name:
            yield "a group has no name", "give each group a name of its own.", subject.place
        elif group_count > 1:
            yield (
                f"{group_count} groups are called {name!r}",
                "give each group a name of its own.",
                subject.place,
            )
    for group in groups:
        for problem, tip in _check_group(group):
            yield f"group {group.get('name')!r}: {problem}", tip, subject.place


def _check_group(group: JsonMapping) -> Iterator[tuple[str, str]]:
    yield from _check_durations(group, GROUP_DURATION_FIELDS)
    for label in group.get("labels") or {}:
        if not label or label == METRIC_NAME_LABEL:
            yield _describe_label(label)


def _check_durations(fields: JsonMapping, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        text = fields.get(name)
        if text is not None and parse_prometheus_duration(str(text)) is None:
            yield (
                f"{name!r} is {str(text)!r}, which is no duration of Prometheus",
                "write 30s, 5m or 1h30m: whole numbers, the largest unit first.",
            )


def _check_rule(rule: JsonMapping) -> Iterator[tuple[str, str]]:
    if not rule.get("alert") and not rule.get("record"):
        yield "the rule has no name", "write `alert: Name` or `record: name`."
    if rule.get("alert") and rule.get("record"):
        yield "the rule is an alert and records", "split it: `alert` and `record` are two rules."
    if rule.get("record"):
        for name in ALERT_FIELDS:
            if rule.get(name) and parse_prometheus_duration(str(rule[name])) != 0:
                yield (
                    f"the recording rule has the field {name!r}, which only alerts have",
                    "take it away.",
                )
        if any(brace in str(rule["record"]) for brace in "{}"):
            yield (
                f"{str(rule['record'])!r} has braces, as an expression has",
                "name the new series in `record`, and what it computes in `expr`.",
            )
    yield from _check_durations(rule, DURATION_FIELDS)
    for label in rule.get("labels") or {}:
        if not label or label == METRIC_NAME_LABEL:
            yield _describe_label(label)
    if "" in (rule.get("annotations") or {}):
        yield "an annotation has no name", "name it: summary, description, runbook_url."


def _describe_label(label: str) -> tuple[str, str]:
    return f"{label!r} cannot be the name of a label", "give the label another name."


RULE = LintRule(
    "refused-rule-file",
    "error",
    "a rule file that Prometheus does not load",
    __doc__,
    check_document=_check_document,
)
