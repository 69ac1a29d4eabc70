"""PromQL as others wrote it: read whatever variables it has, and never a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.check.query_states import check_queries
from tailboard.lint.engine import lint_subject
from tailboard.lint.rules import LINT_RULES
from tailboard.metrics.catalogue import Catalogue
from tailboard.queries.parser.promql import (
    MAX_DEPTH,
    MAX_PROBLEM_LENGTH,
    find_selectors,
    find_variables,
    list_children,
    mask_quotes,
    parse_expression,
    walk_nodes,
)
from tailboard.queries.parser.syntax_tree import BinaryExpr
from tailboard.queries.subject import build_rules_subject
from tests.tailboard.queries.trees import measure_depth


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
    (match,) = find_selectors(parse_expression("sum(x)").tree)
    assert match.by_labels == ()


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
    (series,) = find_selectors(parse_expression('x{a="$b [5m] [[c]]"}').tree)
    assert series.matchers == (("a", "=", "$b [5m] [[c]]"),)
    assert find_variables('x{a="$b", c=~"${d:regex}", e="[[f]]"}') == {"b", "d", "f"}


def test_a_comment_is_no_part_of_an_expression() -> None:
    (series,) = find_selectors(parse_expression("# it's (((\nx{a='b'} # \"").tree)
    assert (series.name, series.matchers) == ("x", (("a", "=", "b"),))
    assert "[5m]" not in mask_quotes("x # [5m]")


@pytest.mark.parametrize(
    ("text", "matchers"),
    [
        ('x{a=~"b|c", d!~"e"}', (("a", "=~", "b|c"), ("d", "!~", "e"))),
        ("x{a =~ # b\n `\\d`}", (("a", "=~", "\\d"),)),
        ("x{a=~'$b', c!~'(${d:regex})'}", (("a", "=~", "$b"), ("c", "!~", "(${d:regex})"))),
        ('x{a=~"\\\\d"}', (("a", "=~", "\\d"),)),
        ('x{a="=~"}', (("a", "=", "=~"),)),
    ],
)
def test_a_regular_expression_is_a_matcher_like_another(
    text: str, matchers: tuple[tuple[str, str, str], ...]
) -> None:
    (series,) = find_selectors(parse_expression(text).tree)
    assert series.matchers == matchers


@pytest.mark.parametrize(
    "text",
    [
        'x{a=~"("}',
        'x{a=~"(?!b)"}',
        'x{a=~"b**"}',
        '{a=~".*"}',
        '{a!~"b"}',
        'x{a="b" or c="d"}',
        'x{a="\\d"}',
        'x{a="b\n"}',
        "x[99999999999y]",
        "x offset 99999999y",
        'x{a="\ud800"}',
    ],
)
def test_what_prometheus_refuses_has_no_tree(text: str) -> None:
    assert parse_expression(text).tree is None
    assert parse_expression(text).problem


FORMS = ("({})", "-{}", "abs({})", "sum({})", "max_over_time({}[5m:1m])", "1 + {}", "{} or x")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("depth", [60, 190])
def test_whatever_is_parsed_can_be_followed(form: str, depth: int) -> None:
    text = "x"
    for _ in range(depth):
        text = form.format(text)
    subject = build_rules_subject([{"rules": [{"alert": "A", "expr": text}]}], "a", "a")
    tree = parse_expression(text).tree
    if tree is not None:
        assert measure_depth(tree) <= MAX_DEPTH
    assert isinstance(list(lint_subject(subject, LINT_RULES)), list)
    assert len(check_queries([subject], Catalogue())) == 1


HOSTILE_TEXTS = {
    "parentheses": "(" * 100_000 + "1" + ")" * 100_000,
    "parentheses behind a quote in a comment": "#'\n" + "(" * 10_000 + "1" + ")" * 10_000 + "\n#'",
    "parentheses that are never closed": "(" * 99_000,
    "calls": "abs(" * 20_000,
    "signs": "-" * 99_000 + "x",
    "a sum": "+".join(["1"] * 1999),
    "powers": "^".join(["2"] * 1999),
    "keywords in capitals": " OR ".join(["x"] * 1999),
    "subqueries": "x" + "[5m:1m]" * 5000,
    "arguments in parentheses": "(" * 190 + "label_join(x" + ',"b"' * 10_000 + ")" * 191,
    "a long string": f'x{{a="{"b" * 1_000_000}"}}',
    "quotes behind backslashes": '\\"' * 20_000,
    "variables that are never closed": "${a:" * 20_000,
    "old variables that are never closed": "[[a:" * 20_000,
    "ranges that are never closed": "x[" * 20_000,
    "a duration": f"x[{'9' * 50_000}m]",
    "a number": "9" * 50_000,
}


@pytest.mark.parametrize("kind", HOSTILE_TEXTS)
def test_a_hostile_text_has_no_tree_and_a_short_problem(kind: str) -> None:
    expression = parse_expression(HOSTILE_TEXTS[kind])
    assert expression.tree is None or kind == "a number"
    assert len(expression.problem) <= MAX_PROBLEM_LENGTH
    assert isinstance(find_variables(HOSTILE_TEXTS[kind]), set)


@pytest.mark.parametrize("pattern", [r"\\w{900}", r"(\\pL{30}){30}", r"(a|\\w{50}){20}"])
def test_the_parser_compiles_no_regular_expression(pattern: str) -> None:
    matchers = ",".join(f'a{number}=~"{pattern}"' for number in range(200))
    text = f"x{{{matchers}}}"
    (series,) = find_selectors(parse_expression(text).tree)
    assert len(series.matchers) == 200


def test_a_node_of_the_tree_holds_its_operands_and_no_copy_of_them() -> None:
    tree = parse_expression("+".join(["x"] * 150)).tree
    inner_nodes = [node for node in walk_nodes(tree) if list_children(node)]
    assert len(inner_nodes) == 149
    assert {type(node) for node in inner_nodes} == {BinaryExpr}


@given(st.text("abx_${}[]()\"'=~,:+-*/ 0159mstopk", max_size=40))
def test_nothing_written_by_anybody_is_a_crash(text: str) -> None:
    reading = parse_expression(text)
    if reading.tree is None:
        assert reading.problem
    else:
        assert isinstance(find_selectors(reading.tree), list)
