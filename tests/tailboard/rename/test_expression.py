"""Expressions with other names, labels and units: by the tree, and nothing else changes."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given

from tailboard.queries.analysis.structure import describe_tree
from tailboard.queries.parser.promql import parse_expression
from tailboard.rename.errors import RenameError, UnevenUnitError
from tailboard.rename.expression import rewrite_expression
from tailboard.rename.renames import Renames, parse_renames
from tests.tailboard.queries.expressions import expressions

RENAMES = parse_renames(
    ["took=duration", "requests_total=calls_total"], ["path=route"], None, is_both=False
)
BACK = parse_renames(
    ["duration=took", "calls_total=requests_total"], ["route=path"], None, is_both=False
)


def build_renames(
    metrics: Sequence[str] = ("x=y",),
    labels: Sequence[str] = (),
    unit: str | None = None,
    *,
    is_both: bool = False,
) -> Renames:
    return parse_renames(metrics, labels, unit, is_both=is_both)


def rename(text: str, renames: Renames, *, is_value_kept: bool = True) -> str:
    return rewrite_expression(text, renames, is_value_kept=is_value_kept).text


# Names


@given(expressions)
def test_names_change_in_the_tree_and_no_other_character_does(text: str) -> None:
    try:
        new_text = rename(text, RENAMES)
    except RenameError:
        return
    names = r"\b(took|duration)(?=_)|\b(requests_total|calls_total|path|route)\b"
    assert re.sub(names, "NAME", text) == re.sub(names, "NAME", new_text)
    assert rename(new_text, BACK) == text
    if new_text != text:
        assert parse_expression(new_text).tree is not None


@given(expressions)
def test_an_expression_without_the_names_stays_byte_for_byte(text: str) -> None:
    renames = build_renames(["other_total=another_total"])
    assert rewrite_expression(text, renames).text == text


@given(expressions)
def test_what_reads_both_names_reads_the_new_one_alone_later(text: str) -> None:
    names = ["took=duration", "requests_total=calls_total"]
    try:
        both_text = rename(text, build_renames(names, is_both=True))
    except RenameError:
        return
    assert rename(both_text, build_renames(names, is_both=True)) == both_text
    assert describe(rename(both_text, build_renames(names))) == describe(
        rename(text, build_renames(names))
    )


def describe(text: str) -> object:
    tree = parse_expression(text).tree
    return text if tree is None else describe_tree(tree)


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("x", "y"),
        ("x_bucket + x_sum + x_count", "y_bucket + y_sum + y_count"),
        ("x_total + xx + x:rate5m", "x_total + xx + x:rate5m"),
        ('sum(x{a="x"}) by (x)  # x', 'sum(y{a="x"}) by (x)  # x'),
        ('{__name__="x"}', '{__name__="y"}'),
        ('{"x", a="b"}', '{"y", a="b"}'),
        ("rate(x[$__rate_interval]) > $x", "rate(y[$__rate_interval]) > $x"),
        ("x_$suffix + x", "x_$suffix + y"),
    ],
)
def test_a_metric_is_renamed_where_it_is_selected_with_the_parts_of_its_histogram(
    text: str, new_text: str
) -> None:
    assert rename(text, build_renames()) == new_text


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("x", '{"http.y"}'),
        ('x{a="b"}[5m]', '{"http.y", a="b"}[5m]'),
        ("x{}", '{"http.y"}'),
        ("{'x'}", "{'http.y'}"),
    ],
)
def test_a_name_with_dots_is_written_in_quotes(text: str, new_text: str) -> None:
    call = f"rate({text})" if text.endswith("]") else text
    assert rename(call, build_renames(["x=http.y"])) == call.replace(text, new_text)


@pytest.mark.parametrize("pattern", ["=~'.+'", "=~'x|y'", "!~'[xy](_.*)?'"])
def test_a_pattern_of_names_that_means_the_new_name_too_stays(pattern: str) -> None:
    text = f"count by (__name__) ({{job='a', __name__{pattern}}})"
    assert rename(text, build_renames()) == text


def test_names_may_be_exchanged() -> None:
    assert rename("a / b", build_renames(["a=b", "b=a"])) == "b / a"


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("sum by (path) (x{path!='/'})", "sum by (route) (x{route!='/'})"),
        ("sum(x) without (path)", "sum(x) without (route)"),
        ("x / on(job) group_left(path) x", "x / on(job) group_left(route) x"),
        (
            'label_replace(x, "path", "$1", "path", "path")',
            'label_replace(x, "route", "$1", "route", "path")',
        ),
        ('count_values("path", x)', 'count_values("route", x)'),
        ("sum by (path) (z)", "sum by (path) (z)"),
        ("x{path='a'} / z{path='a'}", "x{route='a'} / z{path='a'}"),
    ],
)
def test_a_label_is_renamed_where_it_is_one_of_the_metrics(text: str, new_text: str) -> None:
    assert rename(text, build_renames(["x"], ["path=route"])) == new_text


def test_a_label_of_all_metrics_is_renamed_everywhere() -> None:
    renames = build_renames([], ["path=route"])
    assert rename('sum by (path) ({job="a"}) / on(path) z', renames) == (
        'sum by (route) ({job="a"}) / on(route) z'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sum by (path) (x or z)", "label of z"),
        ("x / on(path) z", "label of z"),
        ("sum by (path, route) (x)", "'route' beside 'path'"),
        ('x{path="a", route="b"}', "'route' beside 'path'"),
        ('{__name__=~"x|z"}', "by a pattern"),
        ('{__name__!~"x_.*", job="a"}', "by a pattern"),
        ("sum(x", "cannot be parsed"),
    ],
)
def test_what_cannot_be_sure_is_left_to_a_person(text: str, reason: str) -> None:
    with pytest.raises(RenameError, match=reason):
        rename(text, build_renames(["x=y"], ["path=route"]))


# Both names


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("x", "y or x"),
        ("-x", "-(y or x)"),
        ("x > 1", "(y or x) > 1"),
        ("rate(x[5m]) / 2", "(rate(y[5m]) or rate(x[5m])) / 2"),
        ("sum(rate(x[5m] offset 1d))", "sum(rate(y[5m] offset 1d) or rate(x[5m] offset 1d))"),
        ('absent(x{a="b"})', 'absent(y{a="b"}) and on () absent(x{a="b"})'),
        ("absent_over_time(x[5m])", "absent_over_time(y[5m]) and on () absent_over_time(x[5m])"),
        ("timestamp(x)", "timestamp(y) or timestamp(x)"),
        ("max_over_time(x[1h:])", "max_over_time(y[1h:]) or max_over_time(x[1h:])"),
        ("max_over_time(rate(x[5m])[1h:])", "max_over_time((rate(y[5m]) or rate(x[5m]))[1h:])"),
        (
            "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))",
            "histogram_quantile(0.9, sum by (le) (rate(y_bucket[5m]) or rate(x_bucket[5m])))",
        ),
        ("rate(x[5m]\n  offset 1d)", "rate(y[5m]\n  offset 1d) or rate(x[5m] offset 1d)"),
    ],
)
def test_both_names_are_read_at_the_smallest_part_that_can_be_joined(
    text: str, new_text: str
) -> None:
    assert rename(text, build_renames(is_both=True)) == new_text


def test_the_old_labels_are_renamed_in_the_result_so_that_no_series_counts_twice() -> None:
    renames = build_renames(["x=y"], ["path=route"], is_both=True)
    assert rename('rate(x{path="/"}[5m])', renames) == (
        'rate(y{route="/"}[5m]) or label_replace(label_replace(rate(x{path="/"}[5m]), '
        '"route", "$1", "path", "(.*)"), "path", "", "path", ".*")'
    )


def test_a_label_alone_is_renamed_in_series_that_have_the_old_one() -> None:
    renames = build_renames(["x"], ["path=route"], is_both=True)
    assert rename("sum(rate(x[5m]))", renames) == "sum(rate(x[5m]))"
    assert rename("sum by (path) (x)", renames) == (
        'sum by (route) (label_replace(label_replace(x, "route", "$1", "path", "(.+)"), '
        '"path", "", "path", ".*"))'
    )
    with pytest.raises(RenameError, match="also matches"):
        rename('sum(x{path!="/"})', renames)


# Units


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("x > 500", "(y * 1000) > 500"),
        ("rate(x_sum[5m]) / rate(x_count[5m])", "(rate(y_sum[5m]) * 1000) / rate(y_count[5m])"),
        ("sum(x) / 1000", "sum(y)"),
        ("0.001 * sum(x)", "sum(y)"),
        ("sum(x) / 60", "sum(y * 1000) / 60"),
        ("count(x_bucket{le='250'})", "count(y_bucket{le='0.25'})"),
        ("x_bucket{le='1000.0'}", "y_bucket{le='1.0'}"),
        ("x_bucket{le=~'500|1000'}", "y_bucket{le=~'0[.]5|1'}"),
        ("x_bucket{le='+Inf'}", "y_bucket{le='+Inf'}"),
        (
            "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))",
            "histogram_quantile(0.9, sum by (le) (rate(y_bucket[5m]))) * 1000",
        ),
        ("histogram_avg(rate(x[5m]))", "histogram_avg(rate(y[5m])) * 1000"),
        ("histogram_fraction(0, 200, rate(x[5m]))", "histogram_fraction(0, 0.2, rate(y[5m]))"),
        ("count_over_time(x[5m])", "count_over_time(y[5m])"),
        ("stdvar_over_time(x[5m])", "stdvar_over_time(y[5m]) * 1000000"),
    ],
)
def test_numbers_stay_what_they_are(text: str, new_text: str) -> None:
    assert rename(text, build_renames(unit="ms=s")) == new_text


@pytest.mark.parametrize(
    ("text", "new_text", "degree"),
    [
        ("x > 500", "y > 0.5", 1),
        ("500 < x", "0.5 < y", 1),
        ("x > bool (1500)", "y > bool (1.5)", 0),
        ("avg(x) or vector(0)", "avg(y) or vector(0)", 1),
        ("avg(x) or vector(100)", "avg(y) or vector(0.1)", 1),
        ("clamp_max(x, 2e3)", "clamp_max(y, 2)", 1),
        ("rate(x_sum[5m]) / rate(x_count[5m])", "rate(y_sum[5m]) / rate(y_count[5m])", 1),
        ("rate(x_count[5m]) > 500", "rate(y_count[5m]) > 500", 0),
        ("x / x offset 1d", "y / y offset 1d", 0),
        ("x * 2 + 10", "y * 2 + 0.01", 1),
        ("count(x > 500)", "count(y > 0.5)", 0),
        ("stdvar(x)", "stdvar(y)", 2),
        ("x > -Inf", "y > -Inf", 1),
    ],
)
def test_numbers_come_in_the_new_unit(text: str, new_text: str, degree: int) -> None:
    rewriting = rewrite_expression(text, build_renames(unit="ms=s"), is_value_kept=False)
    assert (rewriting.text, rewriting.degree) == (new_text, degree)


@pytest.mark.parametrize(
    ("text", "new_text"),
    [
        ("x > z", "(y * 1000) > z"),
        ("x + z", "(y * 1000) + z"),
        ("ceil(x)", "ceil(y * 1000)"),
        ("x > $limit", "(y * 1000) > $limit"),
        ("x ^ 2", "(y * 1000) ^ 2"),
        ("x > 2 * 250", "(y * 1000) > 2 * 250"),
    ],
)
def test_a_result_that_is_in_no_power_of_the_unit_keeps_its_numbers(
    text: str, new_text: str
) -> None:
    renames = build_renames(unit="ms=s")
    with pytest.raises(UnevenUnitError):
        rename(text, renames, is_value_kept=False)
    assert rename(text, renames) == new_text


def test_the_old_unit_is_converted_beside_the_new_one() -> None:
    renames = build_renames(unit="ms=s", is_both=True)
    assert rename("x > 500", renames) == "(y * 1000 or x) > 500"
    assert rename("x > 500", renames, is_value_kept=False) == "(y or x / 1000) > 0.5"
    assert rename("x_bucket{le='500'}", renames) == (
        'y_bucket{le=\'0.5\'} or label_replace(x_bucket{le=\'500\'}, "le", "0.5", "le", "500")'
    )
    with pytest.raises(RenameError, match="bounds in two units"):
        rename("sum by (le) (rate(x_bucket[5m]))", renames)


def test_a_pattern_of_bounds_that_is_no_list_of_numbers_is_left_to_a_person() -> None:
    with pytest.raises(RenameError, match="bound"):
        rename('x_bucket{le=~"1.*"}', build_renames(unit="ms=s"))


def test_the_new_unit_may_be_the_smaller_one() -> None:
    renames = build_renames(unit="s=ms")
    assert rename("x_bucket{ le = '0.5' }", renames) == "y_bucket{ le =~ '500([.]0)?' }"
    assert rename('x_bucket{le!="0.5"}', renames) == 'y_bucket{le!~"500([.]0)?"}'
    assert rename("x > 0.5", renames) == "(y / 1000) > 0.5"
    assert rename("x > 0.5", renames, is_value_kept=False) == "y > 500"
