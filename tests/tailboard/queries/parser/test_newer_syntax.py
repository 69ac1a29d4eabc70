"""Variables for operators and PromQL of newer Prometheus are read, and nothing else is."""

import pytest

from tailboard.queries.parser.promql import find_selectors, parse_expression


@pytest.mark.parametrize(
    "expression",
    [
        "sum(rate(a_total[$__rate_interval])) $op 5",
        "x ${op} y",
        "x [[op]] 5",
        'x{a="$op b"} $op 5',
        "sum by (a) (x) $op $threshold",
        "x $op bool 5",
        "x $op on (a) y",
        "x ${op:raw} -5",
        "x $op sum(y)",
        "increase(a_total[${__range_ms}ms])",
        "max_over_time(a[${__interval_ms}ms])",
        "rate(x[${window}m])",
        "rate(x[5m+1m])",
        "rate(x[step() * 2])",
        "max_over_time(x[1h-5m:1m*2])",
        "x offset (5m + 1m)",
        "rate(x[5m] anchored)",
        "x smoothed",
        "x </ 5",
    ],
)
def test_it_is_read(expression: str) -> None:
    read = parse_expression(expression)
    assert read.problem == ""
    assert {selector.name for selector in find_selectors(read.tree)} & {"x", "a", "a_total"}


@pytest.mark.parametrize(
    "expression",
    [
        "rate(x[-5m])",
        "x[5m:-1m]",
        "sum(x $op 5",
        "x $op",
        "$op 5 6",
        "sum $by (x)",
        "x and $a y",
        "x $a $b y",
    ],
)
def test_what_is_no_promql_stays_so(expression: str) -> None:
    assert parse_expression(expression).problem


@pytest.mark.parametrize(
    "expression",
    ["x " + "$a " * 20_000, "[" * 50_000, "x[5m+" * 20_000, "a $op " * 15_000 + "5"],
)
def test_no_text_takes_long(expression: str) -> None:
    assert parse_expression(expression).problem
