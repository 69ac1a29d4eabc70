"""How variables are written into an expression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.prometheus.variables.interpolation import (
    VariableValue,
    find_variable_names,
    interpolate_variables,
)

SINGLE_VALUE = VariableValue(("/a.b",))
MULTI_VALUE_VARIABLE = VariableValue(("/a.b",), is_multi=True)
TWO_VALUES = VariableValue(("/a.b", "c|d"), is_multi=True)
ALL_VALUE = VariableValue(expression=".*")


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('{r="$v"}', SINGLE_VALUE, '{r="/a.b"}'),
        ('{r=~"$v"}', MULTI_VALUE_VARIABLE, r'{r=~"/a\\.b"}'),
        ('{r=~"${v}"}', TWO_VALUES, r'{r=~"(/a\\.b|c\\|d)"}'),
        ('{r=~"[[v]]"}', TWO_VALUES, r'{r=~"(/a\\.b|c\\|d)"}'),
        ('{r=~"$v"}', ALL_VALUE, '{r=~".*"}'),
        ("${v:pipe}", TWO_VALUES, "/a.b|c|d"),
        ("${v:csv}", TWO_VALUES, "/a.b,c|d"),
        ("${v:raw}", TWO_VALUES, "/a.b,c|d"),
        ("${v:regex}", TWO_VALUES, r"(\/a\.b|c\|d)"),
        ("${v:glob}", TWO_VALUES, "{/a.b,c|d}"),
        ("${v:json}", TWO_VALUES, '["/a.b", "c|d"]'),
        ("${v:doublequote}", TWO_VALUES, '"/a.b","c|d"'),
        ("${v:singlequote}", TWO_VALUES, "'/a.b','c|d'"),
        ("${v:text}", TWO_VALUES, "/a.b + c|d"),
        ("${v:percentencode}", SINGLE_VALUE, "%2Fa.b"),
        ("${v.text}", SINGLE_VALUE, "/a.b"),
        ("${v:unknown}", SINGLE_VALUE, "/a.b"),
        ("$vv $w", SINGLE_VALUE, "$vv $w"),
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
