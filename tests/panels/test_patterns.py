"""Regular expressions of matchers: RE2's syntax, and matching that always comes to an end."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tailboard.panels.patterns import (
    MAX_STEPS,
    compile_pattern,
    find_pattern_problem,
    has_pattern_match,
)


@pytest.mark.parametrize(
    "pattern",
    ["", "a|b", ".*", r"\d+", "(?i)a", "a(?i)b", "[[:alpha:]]+", r"\pL", r"\z", "(?P<n>a)", "^*",
     r"\b+", "[]a]", "x{,3}", "(?s:.)", r"\Qa.b\E", "a{1000}", "(a{3}){0}"],
)  # fmt: skip
def test_what_prometheus_takes_has_no_problem(pattern: str) -> None:
    assert find_pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "a**", "a*+", "a{2}+", "(?!a)", "(?<=a)", r"(a)\1", r"\Z", r"\u0041", r"\é",
     "(?#a)", "(?>a)", "(?x)a", "a{1001}", "(a{500}){3}", "[b-a]", "+", "a|*", "a{2,1}", "a{3}{2}"],
)  # fmt: skip
def test_what_prometheus_refuses_has_one(pattern: str) -> None:
    assert find_pattern_problem(pattern)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("(a+)+", "a" * 1000 + "!"),
        ("(a|a)*", "a" * 1000 + "!"),
        ("(a|b|ab)*c", "ab" * 500),
        ("(.*)*x", "a" * 1000),
        (".*" * 20 + "x", "a" * 1000),
        ("a?" * 30 + "a" * 30, "a" * 30),
        ("((a{1,9}){1,9}){1,9}b", "a" * 1000),
    ],
)
def test_what_python_cannot_match_in_time_may_match(pattern: str, value: str) -> None:
    assert has_pattern_match(pattern, [value], is_negated=False)
    assert has_pattern_match(pattern, [value], is_negated=True)


@pytest.mark.parametrize(
    ("pattern", "value", "is_match"),
    [
        ("/api/.*", "/api/orders", True),
        ("/api/.*/items/.+", "/api/orders", False),
        ("5..|4..", "404", True),
        ("(GET|POST)", "PUT", False),
        ("(a+)+", "aaaa!", False),
        ("[(]*", "((", True),
        (r"\(+", "((", True),
    ],
)
def test_ordinary_patterns_are_matched(pattern: str, value: str, *, is_match: bool) -> None:
    assert has_pattern_match(pattern, [value], is_negated=False) == is_match
    assert has_pattern_match(pattern, [value], is_negated=True) != is_match


def test_many_values_are_matched_within_the_same_number_of_steps() -> None:
    pattern = compile_pattern(".*a.*b.*c")
    assert pattern is not None
    values = ["x" * 500] * 1000
    assert sum(map(pattern.count_steps, values)) > MAX_STEPS
    assert has_pattern_match(".*a.*b.*c", values, is_negated=False)


@given(st.text("ab(|)*+?{},1[]^\\.", max_size=30), st.text("ab", max_size=8))
def test_any_pattern_is_judged_and_matched(text: str, value: str) -> None:
    assert isinstance(find_pattern_problem(text), str)
    assert has_pattern_match(text, [value], is_negated=False) in {True, False}


@given(st.text("ab(|)*+?.", max_size=12), st.text("ab", max_size=6))
def test_what_is_known_not_to_match_does_not_match(text: str, value: str) -> None:
    assume(compile_pattern(text) is not None)
    if not has_pattern_match(text, [value], is_negated=False):
        assert not re.fullmatch(text, value)
