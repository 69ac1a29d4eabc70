"""Expressions of one form are read as each of them alone would be."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tailboard.queries.parser.expression_forms import mask_values, read_expression
from tailboard.queries.parser.promql import (
    Expression,
    Selector,
    find_selectors,
    parse_expression,
)
from tests.tailboard.queries.expressions import expressions

VALUES = st.text("ab1.*()[]{}$=,\\\"'`# \n\ufdd0", max_size=6)


def read_alone(text: str) -> tuple[Expression, tuple[Selector, ...]]:
    expression = parse_expression(text)
    tree = expression.tree
    return expression, tuple(find_selectors(tree)) if tree is not None else ()


@given(expressions, VALUES)
@example('x{job="a"}', "\ufdd0(")
@example('x{job="a"} $operator 5', "b")
@example('count_values("b", x{job="a"})', "c")
def test_an_expression_is_read_as_if_it_were_the_only_one(text: str, value: str) -> None:
    for variant in (text, text.replace('"a"', f'"{value}"'), text.replace("'b c'", f"'{value}'")):
        assert read_expression(variant) == read_alone(variant)


def test_expressions_that_differ_in_values_are_parsed_once() -> None:
    text = 'sum by (le) (rate(took_bucket{job="JOB",code!~"5.."}[5m])) > 3'
    read_expression(text.replace("JOB", "orders"))
    parsed_count = parse_expression.cache_info().misses
    _, (selector,) = read_expression(text.replace("JOB", "payments"))
    assert parse_expression.cache_info().misses == parsed_count
    assert selector.matchers == (("job", "=", "payments"), ("code", "!~", "5.."))


@pytest.mark.parametrize(
    ("form", "value", "problem"),
    [
        ('rate({{job=~"{}"}}[7m])', "(", "a regular expression of job is not valid"),
        ('rate(x{{job=~"{}"}}[7m])', "a{1001}", "it repeats something more than 1000 times"),
        ('rate({{job="{}"}}[7m])', "", "must contain at least one non-empty matcher"),
        ('rate({{job!="{}"}}[7m])', "b", "must contain at least one non-empty matcher"),
        ('rate(x{{job="{}"}}[7m])', '"', "unterminated quoted string"),
    ],
)
def test_a_value_that_is_refused_is_refused_beside_one_that_is_not(
    form: str, value: str, problem: str
) -> None:
    good_value = "" if "!=" in form else "a"
    assert not read_expression(form.format(good_value))[0].problem
    expression, selectors = read_expression(form.format(value))
    assert problem in expression.problem
    assert not selectors


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{__name__="NAME", job="a"}', ["NAME"]),
        ('{"NAME", job="a"}', ["NAME"]),
        ('label_replace(NAME{job="a"}, "b", "$1", "c", "(.*)")', ["NAME"]),
        ('topk(scalar(n{job="a"}), NAME{job="b"})', ["NAME"]),
    ],
)
def test_a_name_in_quotes_is_that_of_its_own_expression(text: str, names: list[str]) -> None:
    for name in ("first", "second"):
        _, selectors = read_expression(text.replace("NAME", name))
        assert [selector.name for selector in selectors] == [
            each.replace("NAME", name) for each in names
        ]


def test_expressions_that_differ_in_values_are_one_when_these_are_masked() -> None:
    texts = [f'rate(x_total{{job="{job}",code!~"5.."}}[5m])' for job in ("orders", "", "a|b")]
    assert {mask_values(text) for text in texts} == {'rate(x_total{job="x",code!~"x"}[5m])'}


@pytest.mark.parametrize("text", ['x{a="\\""}', "x{a='\"'}", 'x # "a"'])
def test_a_string_that_is_no_plain_value_is_not_masked(text: str) -> None:
    assert mask_values(text) == text
