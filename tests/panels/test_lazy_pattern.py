"""Patterns that are compiled at their first use."""

import re

import pytest

from tailboard.panels.lazy_pattern import declare_pattern


def test_it_has_the_methods_of_a_compiled_pattern() -> None:
    pattern = declare_pattern("(?P<word>[a-z]+)", re.IGNORECASE)
    assert pattern.findall("one Two") == ["one", "Two"]
    assert [match["word"] for match in pattern.finditer("one Two")] == ["one", "Two"]
    assert pattern.sub("x", "one Two") == "x x"
    assert pattern.split("1one2") == ["1", "one", "2"]
    assert pattern.fullmatch("One")
    assert not pattern.match("1")
    assert pattern.search("1 one")


def test_it_has_the_attributes_of_a_compiled_pattern_before_and_after_its_first_use() -> None:
    pattern = declare_pattern("a|b", re.DOTALL)
    for _ in range(2):
        assert pattern.pattern == "a|b"
        assert pattern.flags == re.compile("a|b", re.DOTALL).flags
        assert pattern.match("b")


def test_bytes_have_patterns_too() -> None:
    assert declare_pattern(rb"\d+").search(b"a12")


def test_a_wrong_pattern_raises_at_its_first_use() -> None:
    pattern = declare_pattern("(")
    with pytest.raises(re.error):
        pattern.match("")
