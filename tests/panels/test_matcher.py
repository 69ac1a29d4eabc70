"""Matchers: any value, taken as it is meant, and nothing that selects everything by accident."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import (
    Matcher,
    avoids,
    build_matchers,
    differs,
    equals,
    escape_regex,
    matches,
    one_of,
    quote_label,
    quote_string,
    validate_label,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("make", "op"), [(equals, "="), (differs, "!="), (matches, "=~"), (avoids, "!~")]
)
def test_each_matcher_has_its_operator(make: Callable[[str], Matcher], op: str) -> None:
    assert make("a.b") == Matcher(op, "a.b")  # type: ignore[arg-type]


def test_a_plain_string_means_equality_and_the_order_is_kept() -> None:
    matcher_pairs = build_matchers({"job": "orders", "env": matches("p.*"), "a": "b"})
    assert matcher_pairs == (("job", equals("orders")), ("env", matches("p.*")), ("a", equals("b")))


@pytest.mark.parametrize("value", [5, None, True, ["a"], b"a"])
def test_a_value_that_is_no_string_is_refused_with_its_label(value: Any) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        build_matchers({"status": value})
    assert f"the label 'status' is compared with {value!r}" in excinfo.value.problem
    assert "in quotes" in excinfo.value.tip


@pytest.mark.parametrize("make", [equals, differs, matches, avoids])
def test_a_matcher_of_what_is_no_string_is_refused(make: Callable[[Any], Matcher]) -> None:
    with pytest.raises(DefinitionError, match=r"compared with 200.*\nTip: write '200' in quotes"):
        make(200)


def test_one_of_nothing_is_refused() -> None:
    """It would match every series without the label."""
    with pytest.raises(DefinitionError, match="at least one value"):
        one_of()


@pytest.mark.parametrize("name", ["job", "_x", "__name__", "Job2", "le"])
def test_a_plain_label_name_needs_no_quotes(name: str) -> None:
    assert quote_label(validate_label(name)) == name


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("http.route", '"http.route"'),
        ("job name", '"job name"'),
        ("1job", '"1job"'),
        ("标签", '"标签"'),
        ('a"b', r'"a\"b"'),
        ("a}b", '"a}b"'),
        ("a:b", '"a:b"'),
        ("a\n", r'"a\n"'),
    ],
)
def test_any_other_label_name_stands_in_quotes(name: str, quoted: str) -> None:
    assert quote_label(validate_label(name)) == quoted


@pytest.mark.parametrize("name", ["", "\ud800"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="is not a label name\nTip: label names are letters"):
        build_matchers({name: "x"})


@given(texts, texts)
def test_literal_text_matches_itself_and_nothing_else(text: str, candidate: str) -> None:
    assert re.fullmatch(escape_regex(text), text, re.DOTALL)
    assert bool(re.fullmatch(escape_regex(text), candidate, re.DOTALL)) == (text == candidate)


@pytest.mark.parametrize("text", ["a.b", "a|b", "a*", "[a]", "(a", "a{2}", "a+?", "^a$", "\\d"])
def test_what_a_regular_expression_would_take_for_its_own_is_taken_literally(text: str) -> None:
    assert re.fullmatch(escape_regex(text), text)
    assert not re.fullmatch(escape_regex(text), text.replace(".", "x") + "a")
    assert escape_regex("orders-api 订单") == "orders-api 订单"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("orders", '"orders"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("C:\\x", '"C:\\\\x"'),
        ("a\nb\tc\rd", '"a\\nb\\tc\\rd"'),
        ("\x00\x1b\x7f", '"\\x00\\x1b\\x7f"'),
        ("订单😀", '"订单😀"'),
        ("\ufffd", '"\\ufffd"'),
        ("", '""'),
    ],
)
def test_a_value_is_written_so_that_prometheus_reads_it_back(value: str, literal: str) -> None:
    assert quote_string(value) == literal


@given(texts)
def test_a_written_value_has_no_quote_or_line_break_that_ends_it(value: str) -> None:
    inside = quote_string(value)[1:-1]
    assert re.fullmatch(r'(?:[^"\\\n]|\\(?:[\\"ntr]|x[0-9a-f]{2}|ufffd))*', inside)
