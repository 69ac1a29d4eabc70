"""Strings and comments are what Prometheus takes them for, and nesting is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_parser import parse

from tailboard.queries.parser.lexer import (
    convert_raw_string,
    estimate_size,
    measure_size,
    split_text,
)
from tailboard.queries.parser.syntax_tree import convert_tree
from tests.tailboard.queries.trees import measure_depth

PROMQL_TEXTS = st.text("abx_()[]{}\"'`#\\=~,:+-*/^ 015m\n", max_size=60)


@st.composite
def build_expressions(draw: st.DrawFn, depth: int = 6) -> str:
    """PromQL with every kind of node that a tree can have."""
    inner = build_expressions(depth=depth - 1)
    if not depth or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["x", "1", 'x{a="(("}', "x # ((\n", "-1", "x offset -5m"]))
    form = draw(
        st.sampled_from(
            [
                "({})",
                "-{}",
                "abs({})",
                "sum by (a) ({})",
                "topk(3, {})",
                "rate({}[5m:1m])",
                "{} + {}",
                "{} ^ -{}",
                "{} == bool on (a) -{}",
                "{} or {}",
                "label_replace({}, 'a', 'b', 'c', '(')",
            ]
        )
    )
    return form.format(*(draw(inner) for _ in range(form.count("{}"))))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("x", ["code"]),
        ('x{a="b"}', ["code", "string", "code"]),
        ("x # it's\n + y", ["code", "comment", "code"]),
        ("# a\r(", ["comment", "code"]),
        ('x{a="#"} # "', ["code", "string", "code", "comment"]),
        (r"x{a='\'#'}", ["code", "string", "code"]),
        ("x{a=`\\`}", ["code", "string", "code"]),
        ('x{a="b\n}', ["code", "string", "code"]),
        ("x{a=`b\n`}", ["code", "string", "code"]),
        ("", []),
    ],
)
def test_strings_and_comments_end_where_they_end_for_prometheus(
    text: str, kinds: list[str]
) -> None:
    pieces = split_text(text)
    assert [piece.kind for piece in pieces] == kinds
    assert "".join(piece.text for piece in pieces) == text


@given(PROMQL_TEXTS)
def test_the_pieces_make_up_the_text(text: str) -> None:
    pieces = split_text(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@pytest.mark.parametrize("content", ["b", "\\", "\\d+", '"', "\n", "\\n", "é'"])
def test_a_raw_string_means_the_same_in_double_quotes(content: str) -> None:
    selector = convert_tree(parse(f"x{{a={convert_raw_string(f'`{content}`')}}}"))
    assert selector.matchers == (("a", "=", content),)


@given(build_expressions())
def test_no_tree_is_deeper_than_what_is_measured_before_it_is_parsed(text: str) -> None:
    try:
        tree = parse(text)
    except ValueError:
        return
    assert measure_depth(convert_tree(tree)) <= measure_size(split_text(text)).depth


@given(st.one_of(build_expressions(), PROMQL_TEXTS))
def test_a_size_is_never_estimated_too_small(text: str) -> None:
    measured_size, estimated_size = measure_size(split_text(text)), estimate_size(text)
    assert estimated_size.tokens >= measured_size.tokens
    assert estimated_size.depth >= measured_size.depth


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("x", 1),
        ("((x))", 3),
        ("# ((((\nx", 1),
        ("x{a='(((('}", 2),
        ("x + x + x + x", 4),
        ("label_join(x, 'a', ',', 'b', 'c', 'd')", 2),
        ("((((((", 7),
        ("))))))", 1),
        ("#'\n" + "(" * 100_000 + "\n#'", 100_001),
    ],
)
def test_nesting_is_measured_in_code_alone(text: str, depth: int) -> None:
    assert measure_size(split_text(text)).depth == depth


@pytest.mark.parametrize("part", ['\\"', "\\'", "'", "`", "#", "${a:", "[[a:", '"\\', "(", "a "])
def test_the_pieces_of_a_long_text_are_no_more_than_its_characters(part: str) -> None:
    text = part * (300_000 // len(part))
    pieces = split_text(text)
    assert sum(len(piece.text) for piece in pieces) == len(text)
    assert measure_size(pieces).tokens <= len(text)
