"""PromQL as others wrote it: read whatever variables it has, and never a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.queries.promql import (
    expand_variables,
    find_selectors,
    find_variables,
    mask_quotes,
    parse_expression,
)


@pytest.mark.parametrize(
    "text",
    [
        "rate(x_total[$__rate_interval])",
        "rate(x_total[${window}])",
        "topk($n, x)",
        "sum by ($label) (x)",
        "rate($metric[$__interval])",
        'x{a=~"$b", c="[[d]]"}',
        "increase(x[$__range]) / $__range_s",
        "quantile_over_time(0.9, x[5m:$__interval])",
        "x * ${factor:raw}",
    ],
)
def test_an_expression_with_variables_is_read(text: str) -> None:
    assert not parse_expression(text).problem
    assert parse_expression(text).tree is not None


@pytest.mark.parametrize("text", ["sum(", "rate(x)", "x >", "", "}{"])
def test_what_is_not_promql_says_why(text: str) -> None:
    assert parse_expression(text).tree is None
    assert parse_expression(text).problem


def test_a_selector_knows_what_is_done_with_it() -> None:
    tree = parse_expression(
        'histogram_quantile(0.9, sum by (le, a) (rate(t_bucket{b!="c"}[5m]))) + topk(3, up)'
    ).tree
    bucket, up = find_selectors(tree)
    assert (bucket.name, bucket.is_range, bucket.by_labels) == ("t_bucket", True, ("le", "a"))
    assert bucket.operations == ("rate", "sum", "histogram_quantile")
    assert bucket.matchers == (("b", "!=", "c"),)
    assert (up.name, up.is_range, up.operations, up.by_labels) == ("up", False, ("topk",), None)


def test_the_innermost_aggregation_says_which_labels_are_left() -> None:
    (series,) = find_selectors(parse_expression("topk(3, sum by (a) (sum by (a, b) (x)))").tree)
    assert series.by_labels == ("a", "b")
    (without,) = find_selectors(parse_expression("sum without (a) (x)").tree)
    assert without.by_labels is None
    (everything,) = find_selectors(parse_expression("sum(x)").tree)
    assert everything.by_labels == ()


@pytest.mark.parametrize(
    ("text", "left", "dropped"),
    [
        ("x", None, set()),
        ("topk(3, x)", None, set()),
        ("sum(sum by (a) (x))", set(), set()),
        ("sum by (a) (sum by (a, b) (x))", {"a"}, set()),
        ("sum by (a, b) (sum by (b) (x))", {"b"}, set()),
        ("sum without (a) (x)", None, {"a"}),
        ("sum without (a) (max without (b) (x))", None, {"a", "b"}),
        ("sum without (a) (max by (a, b) (x))", {"a", "b"}, {"a"}),
    ],
)
def test_all_aggregations_together_say_which_labels_are_left(
    text: str, left: set[str] | None, dropped: set[str]
) -> None:
    (series,) = find_selectors(parse_expression(text).tree)
    assert series.remaining_labels == left
    assert series.dropped_labels == dropped


@pytest.mark.parametrize("text", ['x{a="[5m]"}[1h]', "x{a='\\'[5m]'}[1h]", "x{a=`[5m]`}[1h]"])
def test_nothing_is_found_within_quotes_and_the_rest_stands_where_it_stood(text: str) -> None:
    bare = mask_quotes(text)
    assert len(bare) == len(text)
    assert "[5m]" not in bare
    assert bare.index("[1h]") == text.index("[1h]")


def test_a_name_in_a_matcher_is_the_name() -> None:
    (series,) = find_selectors(parse_expression('{__name__="up", job="a"}').tree)
    assert series.name == "up"


def test_what_stands_in_quotes_is_left_alone() -> None:
    assert expand_variables('x{a="$b [5m] [[c]]"}') == 'x{a="$b [5m] [[c]]"}'
    assert find_variables('x{a="$b", c=~"${d:regex}", e="[[f]]"}') == {"b", "d", "f"}


@given(st.text("abx_${}[]()\"'=~,:+-*/ 0159mstopk", max_size=40))
def test_nothing_written_by_anybody_is_a_crash(text: str) -> None:
    reading = parse_expression(text)
    if reading.tree is None:
        assert reading.problem
    else:
        assert isinstance(find_selectors(reading.tree), list)
