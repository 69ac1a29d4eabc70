"""Which expressions have the same structure."""

import pytest
from hypothesis import given

from tailboard.queries.analysis.structure import Structure, describe_tree
from tailboard.queries.parser.promql import parse_expression
from tests.tailboard.queries.expressions import expressions


def describe(text: str) -> Structure:
    return describe_tree(parse_expression(text).tree)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("(x)", "x"),
        ("x{a='1',b='2'}", 'x{b="2", a="1"}'),
        ("x", '{__name__="x"}'),
        ("sum(x) by (a, b)", "sum by (b, a) (x)"),
        ("x # comment\n > 1", "x > 1.0"),
    ],
)
def test_how_an_expression_is_written_makes_no_difference(text: str, other: str) -> None:
    assert describe(text) == describe(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("x", "y"),
        ("x > 1", "x > 2"),
        ("x > 1", "x > bool 1"),
        ("x[5m]", "x[6m]"),
        ("x offset 5m", "x offset 6m"),
        ("x @ 5", "x @ 6"),
        ("x @ start()", "x @ end()"),
        ("x{a='1'}", "x{a!='1'}"),
        ("sum by (a) (x)", "sum without (a) (x)"),
        ("topk(1, x)", "topk(2, x)"),
        ("x / on(a) y", "x / ignoring(a) y"),
        ("x / on(a) group_left(b) y", "x / on(a) group_left(c) y"),
        ("x / on(a) group_left y", "x / on(a) group_right y"),
        ("a - (b - c)", "a - b - c"),
        ("x[1h:5m]", "x[1h:6m]"),
        ("-x", "x"),
        ("x / on(a) y", "x / on(b) y"),
    ],
)
def test_what_an_expression_computes_makes_one(text: str, other: str) -> None:
    assert describe(text) != describe(other)


@given(expressions)
def test_every_expression_has_a_structure_that_does_not_change(text: str) -> None:
    if parse_expression(text).tree is not None:
        assert describe(text) == describe(f"( {text} \n)")
