"""Which labels an expression's series can have."""

import pytest

from tailboard.findings.finding import Place
from tailboard.queries.label_sets import LabelReader
from tailboard.queries.promql import parse_expression
from tailboard.queries.recordings import find_recordings
from tailboard.queries.subject import build_query

RULES = [
    ("job:x:rate", "sum by (job) (rate(x[5m]))", {"service": "shop"}),
    ("self:x", "self:x + 1", {}),
    ("ping:x", "pong:x", {}),
    ("pong:x", "ping:x", {}),
]


def list_possible(expression: str, labels: str = "abcdef") -> str:
    """Those of some labels that the result can have."""
    rules = [
        (build_query(Place("s"), text, {}), {"record": name, "expr": text, "labels": added})
        for name, text, added in RULES
    ]
    reader = LabelReader(find_recordings(rules))
    labels_set = reader.infer_labels(parse_expression(expression).tree)
    return "".join(label for label in labels if labels_set.can_have(label))


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
        ("self:x", "abcdef"),
        ("ping:x", "abcdef"),
    ],
)
def test_labels_follow_aggregations_functions_and_matching(expression: str, possible: str) -> None:
    assert list_possible(expression) == possible


def test_the_labels_of_a_recording_rule_are_its_expressions_and_its_own() -> None:
    labels = LabelReader(
        find_recordings(
            [
                (build_query(Place("s"), text, {}), {"record": name, "labels": added})
                for name, text, added in RULES
            ]
        )
    ).infer_labels(parse_expression("job:x:rate").tree)
    assert labels.possible == frozenset({"job", "service"})
