"""What changes in a rule group, in the words of who is paged by it."""

from typing import Any

import pytest

from tailboard.publish.rulers.difference import describe_group_differences, find_threshold_change
from tailboard.publish.rulers.rule_group import RuleGroup

LATENCY = {
    "alert": "LatencyAboveObjective",
    "expr": 'histogram_quantile(0.99, x{le=~"1([.]0)?"}) > 1',
    "for": "2m",
    "labels": {"service": "orders", "severity": "warning"},
    "annotations": {"summary": "P99 is {{ humanizeDuration $value }}"},
}
ERRORS = {
    "alert": "ErrorRatioHigh",
    "expr": "ratio > 0.01",
    "annotations": {"summary": "{{ humanizePercentage $value }} fail"},
}
RATE = {"record": "service:rate5m", "expr": "sum(rate(a[5m]))", "labels": {"service": "orders"}}


def describe(old: dict[str, Any], new: dict[str, Any], **fields: Any) -> list[str]:
    """The differences of two groups of one rule each."""
    return describe_group_differences(
        RuleGroup({"name": "g", "rules": [old]}), RuleGroup({"name": "g", "rules": [new], **fields})
    )


def test_a_threshold_has_the_unit_of_the_alerts_value() -> None:
    expression = 'histogram_quantile(0.99, x{le=~"0[.]5"}) > 0.5'
    assert describe(LATENCY, {**LATENCY, "expr": expression, "for": "5m"}) == [
        "alert LatencyAboveObjective of orders: threshold 1 s -> 0.5 s, lasting 2m -> 5m"
    ]
    assert describe(ERRORS, {**ERRORS, "expr": "ratio > 0.025"}) == [
        "alert ErrorRatioHigh: threshold 1% -> 2.5%"
    ]


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        (
            RATE,
            {**RATE, "expr": "sum(rate(b[5m]))"},
            ["recording rule service:rate5m of orders: query changed"],
        ),
        (ERRORS, {**ERRORS, "expr": "other > 0.01"}, ["alert ErrorRatioHigh: query changed"]),
        (ERRORS, {**ERRORS, "annotations": {}}, ["alert ErrorRatioHigh: summary changed"]),
        (
            LATENCY,
            {**LATENCY, "labels": {"service": "orders", "severity": "warning", "team": "a"}},
            ["alert LatencyAboveObjective of orders: label team none -> a"],
        ),
        (
            RATE,
            ERRORS,
            ["alert ErrorRatioHigh added", "recording rule service:rate5m of orders removed"],
        ),
        (RATE, dict(RATE), []),
    ],
)
def test_a_change_is_a_phrase(old: dict[str, Any], new: dict[str, Any], phrases: list[str]) -> None:
    assert describe(old, new) == phrases


def test_the_interval_and_the_order_of_a_group_are_told() -> None:
    assert describe(RATE, RATE, interval="30s") == ["interval none -> 30s"]
    old = RuleGroup({"name": "g", "rules": [RATE, ERRORS]})
    new = RuleGroup({"name": "g", "rules": [ERRORS, RATE]})
    assert describe_group_differences(old, new) == ["order of rules changed"]


def test_alerts_of_one_name_are_told_apart() -> None:
    critical = {**ERRORS, "labels": {"severity": "critical"}, "for": "1m"}
    warning = {**ERRORS, "labels": {"severity": "warning"}}
    old = RuleGroup({"name": "g", "rules": [critical, warning]})
    new = RuleGroup({"name": "g", "rules": [{**critical, "for": "2m"}, warning]})
    assert describe_group_differences(old, new) == [
        "alert ErrorRatioHigh (critical): lasting 1m -> 2m"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a > 1", "a > 2", ("1", "2")),
        ("a > 1e-3", "a > 0.5", ("1e-3", "0.5")),
        ("a > (1)", "a > (2)", ("1", "2")),
        ("a * 2 > 1", "a * 3 > 1", None),
        ("a > 1", "b > 1", None),
        ("a[5m] > 1", "a[6m] > 1", None),
        ('a{b="x 1"} > 1', 'a{b="x 2"} > 1', None),
        ("a > 1", "a > 1 or b", None),
    ],
)
def test_only_a_number_that_is_compared_with_is_a_threshold(
    old: str, new: str, expected: tuple[str, str] | None
) -> None:
    assert find_threshold_change(old, new) == expected
