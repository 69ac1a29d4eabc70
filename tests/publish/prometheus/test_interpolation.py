"""How variables are written into an expression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.prometheus.interpolation import (
    VariableValue,
    find_variable_names,
    interpolate_variables,
)

ONE = VariableValue(("/a.b",))
MAYBE = VariableValue(("/a.b",), is_multi=True)
TWO = VariableValue(("/a.b", "c|d"), is_multi=True)
ALL = VariableValue(expression=".*")


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
        ("$v", VariableValue(('say "hi" \\o/',)), r"say \"hi\" \\o/"),
        ("[$v]", "5m", "[5m]"),
    ],
)
def test_a_variable_is_written_as_grafana_does(
    text: str, value: VariableValue | str, expected: str
) -> None:
    assert interpolate_variables(text, {"v": value}) == expected


def test_names_are_found_however_they_are_written() -> None:
    assert find_variable_names("$a ${b} ${c:csv} [[d]] [[e:pipe]] ${f.text}") == {
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
    }


@given(st.text(), st.lists(st.text()))
def test_nothing_makes_it_fail(text: str, values: list[str]) -> None:
    for several in (False, True):
        interpolate_variables(
            text,
            {
                "a": VariableValue(tuple(values), several),
                **dict.fromkeys(find_variable_names(text), "x"),
            },
        )
