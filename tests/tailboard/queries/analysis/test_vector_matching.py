"""Operators whose two sides never match, and those whose sides may."""

import pytest

from tailboard.queries.analysis.recordings import Recordings, find_recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.analysis.vector_matching import Mismatch, find_mismatches
from tailboard.queries.parser.promql import parse_expression
from tailboard.queries.subject import build_rules_subject


def list_mismatches(text: str, recordings: Recordings | None = None) -> list[Mismatch]:
    tree = parse_expression(text).tree
    assert tree is not None
    return [*find_mismatches(tree, LabelReader(recordings or {}))]


def list_reasons(text: str, recordings: Recordings | None = None) -> list[str]:
    """Why operators never match, whatever there is."""
    mismatches = list_mismatches(text, recordings)
    return [mismatch.reason for mismatch in mismatches if mismatch.is_certain]


def build_recordings(**expressions: str) -> Recordings:
    rules = [{"record": name, "expr": text} for name, text in expressions.items()]
    return find_recordings(build_rules_subject([{"rules": rules}], "r", "r.yaml").rules)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sum(rate(a[5m])) > 1 and b == 0", "the left side never has instance and job"),
        ("sum by (job) (a) / b", "the left side never has instance"),
        ("sum by (job) (a) / sum(b)", "the right side never has job"),
        ('a / b{job=""}', "the right side never has job"),
        ("sum without (job) (a) / b", "the left side never has job"),
        ('a{job="x"} / b{job="y"}', 'job is "x" on the left and "y" on the right'),
        ('sum by (c) (a{c="x"}) / sum by (c) (b{c="y"})', 'c is "x" on the left'),
        ('absent(up{job="a"}) and up', "the left side never has instance"),
        ("vector(1) == up", "the left side never has instance and job"),
        ("a * on (job, c) sum by (c) (b)", "the right side never has job"),
        ("(sum(a) > 1) and (b or c)", "the left side never has instance and job"),
        ("1 - (sum by (le) (a) / b)", "the left side never has instance and job"),
    ],
)
def test_sides_that_never_match_are_found(text: str, reason: str) -> None:
    (problem,) = list_reasons(text)
    assert reason in problem


@pytest.mark.parametrize(
    "text",
    [
        "a / b",
        "sum(a) / sum(b)",
        "sum(a) / on() b",
        "sum(a) / ignoring(job, instance) b",
        "sum(a) > 5",
        "sum(a) / scalar(b)",
        "time() - a",
        "sum(a) or b",
        "sum(a) unless b",
        "sum by (a) (x) / sum by (b) (y)",
        "up == 0 and on(job) sum by (job) (x) > 1",
        "sum by (job) (a) * on (job) group_left (v) max by (job, v) (b)",
        'label_replace(sum(a), "job", "x", "", "") / sum by (job) (b)',
        "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1 and sum(y) > 1",
        'count_values("job", a) / sum by (job) (b)',
        "a:b / sum(c)",
        "ALERTS / sum(c)",
        "sum($metric) / sum by ($label) (b)",
        "a / on ($label) sum(b)",
        "sum by ($label) (a) / sum by (job, pod) (b)",
        "sum by (job, pod) (a) / ignoring (pod) sum by (job) (b)",
        "sum by (job) (a) / on (job) sum by (job, pod) (b)",
        "sum(a) * pi() > time() - 5",
        'a{job="$job"} / b{job="x"}',
        'a{job=~"x|y"} / b{job="x"}',
        'a{instance=""} / on (instance) sum(b)',
    ],
)
def test_sides_that_may_match_are_not(text: str) -> None:
    assert list_reasons(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sum by (job, pod) (a) / sum by (job) (b)", "only one of them has pod"),
        ("sum by (c) (a) / sum by (d) (b)", "only one of them has c and d"),
        ("sum by (c) (a) / on (c) sum(b)", "only one of them has c"),
        ("sum by (c, d) (a) / ignoring (c) sum(b)", "only one of them has d"),
        ("sum by (c) (a) and count(b)", "only one of them has c"),
    ],
)
def test_labels_that_only_one_side_keeps_are_found_and_may_be_empty(text: str, reason: str) -> None:
    (mismatch,) = list_mismatches(text)
    assert (mismatch.reason, mismatch.is_certain) == (reason, False)


def test_the_innermost_operator_is_named_first_with_its_metrics() -> None:
    first, *_ = list_mismatches("sum by (le) (errors / sum(requests)) / on (job) up")
    assert str(first).startswith("the sides of `errors / requests` never match: the right side")


def test_a_recording_rule_has_the_labels_of_its_expression() -> None:
    recordings = build_recordings(total="sum(rate(a[5m]))", by_job="sum by (job) (rate(a[5m]))")
    assert list_reasons("total / sum(b)", recordings) == []
    assert list_reasons("by_job / sum(b)", recordings)
    assert list_reasons("total and b", recordings)


def test_rules_that_name_each_other_have_an_end() -> None:
    expressions = {f"r{number}": f"r{number + 1} + r{number + 1}" for number in range(300)}
    recordings = build_recordings(**expressions, r300="r0 + r0")
    assert list_reasons("r0 / sum(b)", recordings) == []
