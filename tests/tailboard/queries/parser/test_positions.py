"""The positions of nodes and names in the text of an expression."""

import pytest
from hypothesis import given

from tailboard.queries.parser.positions import (
    Matcher,
    PlacedNode,
    PositionError,
    place_nodes,
    walk_placed_nodes,
)
from tailboard.queries.parser.promql import (
    find_selectors,
    list_children,
    parse_expression,
    walk_nodes,
)
from tests.tailboard.queries.expressions import expressions


def place_text(text: str) -> list[PlacedNode]:
    return walk_placed_nodes(place_nodes(text, parse_expression(text)))


def list_texts(text: str) -> list[tuple[str, str]]:
    """The kinds of all nodes, with the text of each."""
    return [(node.kind, text[node.start : node.end]) for node in place_text(text)]


@given(expressions)
def test_every_node_has_its_place_and_every_name_its_text(text: str) -> None:
    expression = parse_expression(text)
    if expression.tree is None:
        return
    placed_nodes = place_text(text)
    assert [node.node for node in placed_nodes] == list(walk_nodes(expression.tree))
    for node in placed_nodes:
        assert [child.node for child in node.children] == list(list_children(node.node))
        assert all(node.start <= child.start < child.end <= node.end for child in node.children)
        for name in node.names:
            assert text[name.start : name.end].strip("\"'`") == name.value
    names = [node.names[0].value for node in placed_nodes if node.kind.endswith("Selector")]
    assert names == [selector.name for selector in find_selectors(expression.tree)]


def test_a_node_reaches_from_its_first_token_to_its_last() -> None:
    assert list_texts("sum by (job) (rate(x{a='b'}[5m] offset 1m)) > bool -1") == [
        ("BinaryExpr", "sum by (job) (rate(x{a='b'}[5m] offset 1m)) > bool -1"),
        ("AggregateExpr", "sum by (job) (rate(x{a='b'}[5m] offset 1m))"),
        ("Call", "rate(x{a='b'}[5m] offset 1m)"),
        ("MatrixSelector", "x{a='b'}[5m] offset 1m"),
        ("NumberLiteral", "-1"),
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("sum(x) by (a, b)", ["a", "b"]),
        ('sum by ("a.b") (x)', ["a.b"]),
        ("x / on(a) group_left(b) y", ["a", "b"]),
        ("x / on(a) group_left y", ["a"]),
        ('count_values("version", x)', ["version"]),
        ('label_replace(x, "a", "$1", "b", "(.*)")', ["a", "b"]),
        ('label_join(x, "a", "-", "b", "c")', ["a", "b", "c"]),
        ("SUM BY (a) (x)", ["a"]),
    ],
)
def test_labels_are_found_where_they_are_named(text: str, labels: list[str]) -> None:
    names = [name for node in place_text(text) for name in node.names if name.kind == "label"]
    assert [name.value for name in names] == labels
    assert [text[name.start : name.end].strip('"') for name in names] == labels


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ('{"a.metric", b="c"}', "a.metric"),
        ('{__name__="x"}', "x"),
        ("$metric{a='b'}", "$metric"),
        ("x_${suffix:csv}_total[[y]]", "x_${suffix:csv}_total[[y]]"),
        ("by{by='by'}", "by"),
    ],
)
def test_the_metric_of_a_selector_may_be_quoted_or_made_of_variables(
    text: str, metric: str
) -> None:
    (node,) = place_text(text)
    assert [name.value for name in node.names] == [metric]


def test_a_matcher_has_the_places_of_its_label_and_its_value() -> None:
    text = "x{ path =~ '/a\\'' }"
    (node,) = place_text(text)
    (matcher,) = node.matchers
    assert matcher[:1] + matcher[3:5] == ("path", "=~", "/a'")
    assert isinstance(matcher, Matcher)
    assert text[matcher.label_start : matcher.label_end] == "path"
    assert text[matcher.start : matcher.end] == r"'/a\''"


@pytest.mark.parametrize(
    "text", ["sum(x) $op 5", "rate(x[5m+1m])", "rate(x[5m] anchored)", "x offset (1h)", "+x", "-+x"]
)
def test_syntax_that_only_newer_servers_and_grafana_know_is_followed(text: str) -> None:
    assert {text[node.start : node.end] for node in place_text(text)} >= {text.lstrip("+")}


def test_comments_and_strings_are_no_names() -> None:
    text = 'x # y{z="1"}\n + label_replace(x, "a", "x", "b", "x")'
    names = [name for node in place_text(text) for name in node.names if name.kind == "metric"]
    assert [text[name.start : name.end] for name in names] == ["x", "x"]


def test_what_cannot_be_parsed_has_no_places() -> None:
    with pytest.raises(PositionError):
        place_nodes("sum(", parse_expression("sum("))


def test_a_text_that_is_not_the_one_that_was_parsed_is_refused() -> None:
    with pytest.raises(PositionError):
        place_nodes("x + y + z", parse_expression("x + y"))
