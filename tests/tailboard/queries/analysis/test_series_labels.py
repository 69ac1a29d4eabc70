"""Which labels an expression's series can have."""

import pytest

from tailboard.findings.finding import Place
from tailboard.queries.analysis.recordings import Recordings, find_recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.parser.promql import parse_expression
from tailboard.queries.subject import build_query

RULES = [
    ("job:x:rate", "sum by (job) (rate(x[5m]))", {"service": "shop"}),
    ("self:x", "self:x + 1", {}),
    ("ping:x", "pong:x", {}),
    ("pong:x", "ping:x", {}),
]


def build_recordings() -> Recordings:
    return find_recordings(
        (build_query(Place("s"), text, {}), {"record": name, "expr": text, "labels": added})
        for name, text, added in RULES
    )


def list_possible(expression: str, labels: str = "abcdef") -> str:
    """Those of some labels that the result can have."""
    reader = LabelReader(build_recordings())
    labels_set = reader.infer_labels(parse_expression(expression).tree)
    return "".join(label for label in labels if labels_set.has_possible_label(label))


@pytest.mark.parametrize(
    ("expression", "possible"),
    [
        ("x", "abcdef"),
        ('x{a="", b!=""}', "bcdef"),
        ("sum(x)", ""),
        ("sum by (a, b) (x)", "ab"),
        ("sum by (a, b) (sum by (b, c) (x))", "b"),
        ("sum without (a) (x)", "bcdef"),
        ("topk by (a) (5, x)", "abcdef"),
        ('count_values by (a) ("f", x)', "af"),
        ("rate(x[5m]) * 5", "abcdef"),
        ("5 * sum by (a) (x)", "a"),
        ("scalar(x) + sum by (a) (x)", "a"),
        ("vector(1)", ""),
        ("hour()", ""),
        ("hour(x)", "abcdef"),
        ("absent(x)", ""),
        ('absent(x{a="1", b=~"2", c="", d="1", d="2"})', "a"),
        ('absent_over_time(x{a="1"}[5m])', "a"),
        ("absent(sum(x))", ""),
        ('label_replace(sum(x), "a", "$1", "b", "(.*)")', "a"),
        ('label_join(sum by (b) (x), "a", ",", "b")', "ab"),
        ("histogram_quantile(0.9, sum by (a) (x))", "a"),
        ("clamp_max(sum by (a) (x), 5)", "a"),
        ("quantile_over_time(0.9, x[5m])", "abcdef"),
        ("max_over_time(sum by (a) (x)[1h:])", "a"),
        ("x > on (a, b) y", "ab"),
        ("x / ignoring (a, b) y", "cdef"),
        ("sum by (a, b) (x) / on (a) group_left (c) y", "abc"),
        ("y / on (a) group_right (c) sum by (a, b) (x)", "abc"),
        ("sum by (a) (x) and on (b) y", "a"),
        ("sum by (a) (x) unless y", "a"),
        ("sum by (a) (x) or sum by (b) (y)", "ab"),
        ('sum by (a) (x) or y{b="", a=""}', "acdef"),
        ("(-sum by (a) (x))", "a"),
        ("info(sum(x))", "abcdef"),
        ('histogram_quantiles(sum by (a, le) (x), "b", 0.5, 0.9)', "ab"),
        ("sum by ($label) (x)", "abcdef"),
        ('absent(x{a="$a"})', "a"),
        ("scalar(sum by (a) (x))", ""),
        ("vector(scalar(x))", ""),
        ("self:x", "abcdef"),
        ("ping:x", "abcdef"),
    ],
)
def test_labels_follow_aggregations_functions_and_matching(expression: str, possible: str) -> None:
    assert list_possible(expression) == possible


@pytest.mark.parametrize(
    ("expression", "certain"),
    [
        ("x", "instance job"),
        ('x{a="1", b=~"1|2", c=~".*", d=""}', "a b instance job"),
        ('x{job="", a="$a"}', "instance"),
        ("sum by (job, a) (x)", "job"),
        ('label_replace(x, "job", "$1", "b", "(.*)")', "instance"),
        ('x or sum by (job) (y{a="1"})', "job"),
        ('absent(x{a="1", b="$b"})', "a"),
        ("job:x:rate", "job service"),
        ("a:b", ""),
        ("ALERTS", ""),
        ("$metric", ""),
    ],
)
def test_targets_and_matchers_say_which_labels_each_series_has(
    expression: str, certain: str
) -> None:
    reader = LabelReader(build_recordings())
    labels = reader.infer_labels(parse_expression(expression).tree)
    assert " ".join(sorted(labels.certain)) == certain


def test_the_labels_of_a_recording_rule_are_its_expressions_and_its_own() -> None:
    reader = LabelReader(build_recordings())
    labels = reader.infer_labels(parse_expression("job:x:rate").tree)
    assert labels.possible == frozenset({"job", "service"})
