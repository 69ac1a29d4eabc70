"""A template that shows nothing, or an error: a label that the alert has not, a field of others.

An alert has the labels of the expression's result: `sum by (job)` leaves `job` alone, `absent` has
what its selector fixes. The labels that the rule adds are not among those that templates see. It is
also a finding where a template uses a field of Alertmanager's or Grafana's templates, and where
the PromQL of its `query` cannot be parsed.

Bad: `sum by (job) (up) == 0` with the summary `{{ $labels.instance }} is down`
Good: `sum by (job, instance) (up) == 0` with the same

Exclude it where the same text is meant for several alerts, and the label may be missing.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.series_labels import LabelReader, SeriesLabels
from tailboard.queries.parser.promql import parse_expression
from tailboard.queries.subject import JsonMapping, Subject

if TYPE_CHECKING:
    from tailboard.lint.alert_template import AlertTemplate

Problem = tuple[str, str]


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    if not rules:
        return
    from tailboard.lint.alert_template import read_template  # dashboards have no templates

    reader = LabelReader(find_recordings(rules))
    for query, rule in rules:
        if "alert" not in rule or query.is_in_grafana_rule or query.expression.tree is None:
            continue
        labels = reader.infer_labels(query.expression.tree)
        for name, text in _list_texts(rule):
            template = read_template(text)
            for problem, tip in (*_check_labels(template, labels, rule), *_check_calls(template)):
                yield f"{name}: {problem}", tip, query.place


def _list_texts(rule: JsonMapping) -> Iterator[tuple[str, str]]:
    for kind in ("label", "annotation"):
        for name, text in (rule.get(f"{kind}s") or {}).items():
            yield f"the {kind} {name!r}", str(text)


def _check_labels(
    template: "AlertTemplate", labels: SeriesLabels, rule: JsonMapping
) -> Iterator[Problem]:
    rule_labels = rule.get("labels") or {}
    for label in sorted(template.labels):
        if labels.has_possible_label(label):
            continue
        reason = (
            "which the rule adds, and templates do not see"
            if label in rule_labels
            else "which the expression does not keep"
        )
        yield f"it shows the label {label!r}, {reason}", _suggest_label(label, labels, rule_labels)


def _suggest_label(label: str, labels: SeriesLabels, rule_labels: JsonMapping) -> str:
    if label in rule_labels:
        return "write its value."
    if not labels.possible:
        return "the result has no labels: keep one with `by`, or leave it out of the text."
    return f"keep it with `by`, or show one of {', '.join(sorted(labels.possible))}."


def _check_calls(template: "AlertTemplate") -> Iterator[Problem]:
    from tailboard.lint.alert_template import ROOT_FIELDS

    for field in sorted(template.fields - ROOT_FIELDS):
        yield f"an alert has no field .{field}", f"it has {', '.join(sorted(ROOT_FIELDS))}."
    for query in template.queries:
        expression = parse_expression(query)
        if expression.tree is None:
            yield f"{query!r} is not PromQL: {expression.problem}", "try it in Prometheus."


RULE = LintRule(
    "empty-template",
    "error",
    "a template that shows a label which the alert has not",
    __doc__,
    check_run=_check_run,
)
