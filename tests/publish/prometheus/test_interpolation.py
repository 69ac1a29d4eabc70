"""How variables are written into an expression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.prometheus.interpolation import Value, names, written

ONE = Value(("/a.b",))
MAYBE = Value(("/a.b",), several=True)
TWO = Value(("/a.b", "c|d"), several=True)
ALL = Value(raw=".*")


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('{r="$v"}', ONE, '{r="/a.b"}'),
        ('{r=~"$v"}', MAYBE, r'{r=~"/a\\.b"}'),
        ('{r=~"${v}"}', TWO, r'{r=~"(/a\\.b|c\\|d)"}'),
        ('{r=~"[[v]]"}', TWO, r'{r=~"(/a\\.b|c\\|d)"}'),
        ('{r=~"$v"}', ALL, '{r=~".*"}'),
        ("${v:pipe}", TWO, "/a.b|c|d"),
        ("${v:csv}", TWO, "/a.b,c|d"),
        ("${v:raw}", TWO, "/a.b,c|d"),
        ("${v:regex}", TWO, r"(\/a\.b|c\|d)"),
        ("${v:glob}", TWO, "{/a.b,c|d}"),
        ("${v:json}", TWO, '["/a.b", "c|d"]'),
        ("${v:doublequote}", TWO, '"/a.b","c|d"'),
        ("${v:singlequote}", TWO, "'/a.b','c|d'"),
        ("${v:text}", TWO, "/a.b + c|d"),
        ("${v:percentencode}", ONE, "%2Fa.b"),
        ("${v.text}", ONE, "/a.b"),
        ("${v:unknown}", ONE, "/a.b"),
        ("$vv $w", ONE, "$vv $w"),
        ("$v", Value(('say "hi" \\o/',)), r"say \"hi\" \\o/"),
        ("[$v]", "5m", "[5m]"),
    ],
)
def test_a_variable_is_written_as_grafana_does(
    text: str, value: Value | str, expected: str
) -> None:
    assert written(text, {"v": value}) == expected


def test_names_are_found_however_they_are_written() -> None:
    assert names("$a ${b} ${c:csv} [[d]] [[e:pipe]] ${f.text}") == {"a", "b", "c", "d", "e", "f"}


@given(st.text(), st.lists(st.text()))
def test_nothing_makes_it_fail(text: str, values: list[str]) -> None:
    for several in (False, True):
        written(text, {"a": Value(tuple(values), several), **dict.fromkeys(names(text), "x")})
