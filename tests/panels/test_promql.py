"""Whatever goes into an expression, what comes out is PromQL and says what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import promql_parser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prometheus_client.utils import floatToGoString

from tailboard.panels import promql
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher, differs, equals, matches, one_of, quote_string
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Role, Total, Unit
from tailboard.panels.selection import HistogramStorage, Selection
from tests.example_counts import count_examples
from tests.panels.panel_contents import expand_ranges

NASTY_TEXT = (
    "\"\\'`\n\r\t\x00\x07\x1b\x7f{}()[]|.*+?^$#,=!~ /%&<>;:@-_\ufffd\u2028\u0085订单价格😀é09azAZ"
)
values = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20) | st.text(
    alphabet=NASTY_TEXT, max_size=20
)
seconds = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)
modest_settings = settings(max_examples=count_examples(60))
format_go_float: Callable[[float], str] = floatToGoString

ALL_HISTOGRAMS: tuple[HistogramStorage, ...] = ("classic", "native", "both")
TIME_UNITS = (Unit.SECONDS, Unit.MILLISECONDS, Unit.MICROSECONDS)
GROUPINGS = ((), ("route",), ("job", "route"))
LABELS = {Role.ROUTE: "route"}

each_histograms = pytest.mark.parametrize("histograms", ALL_HISTOGRAMS)
each_unit = pytest.mark.parametrize("unit", TIME_UNITS, ids=lambda unit: unit.grafana_unit)
each_grouping = pytest.mark.parametrize("by", GROUPINGS, ids=lambda by: "+".join(by) or "ungrouped")


def parse_expression(expression: str) -> promql_parser.Expr:
    return promql_parser.parse(expand_ranges(expression))


def is_same_tree(left: promql_parser.Expr, right: promql_parser.Expr) -> bool:
    """The binding compares by identity, but writes the whole tree."""
    return repr(left) == repr(right)


def build_histogram(
    histograms: HistogramStorage, unit: Unit = Unit.SECONDS
) -> Selection[Histogram]:
    bounds = tuple(bound * unit.scale for bound in (0.25, 1.0, 4.0))
    metric = Histogram("took", LABELS, unit=unit, buckets=bounds)
    return Selection(metric, (("job", equals("shop")),), histograms)


def build_histogram_queries(observed: Selection[Histogram], by: Sequence[str]) -> dict[str, str]:
    """All that can be asked of a histogram, by the name of the function that asks."""
    return {
        "rate": promql.rate(observed, by),
        "increase": promql.increase(observed, by, "$__range"),
        "quantile": promql.quantile(0.99, observed, by),
        "mean": promql.build_mean(observed, by),
        "time_spent": promql.build_time_spent(observed, by),
        "last_mean": promql.build_last_mean(observed, by),
        "buckets": promql.build_bucket_rates(observed),
        "apdex": promql.build_apdex(observed, 0.25, by),
        "within": promql.build_fraction_within(observed, 1, by),
        "existing": promql.select_label_sets(observed),
        "value_count": promql.count_label_values(observed, ["route"], by),
        "series": promql.select_series(observed),
    }


def build_counter_queries(counter: Selection[Counter | Total], by: Sequence[str]) -> dict[str, str]:
    """All that can be asked of a counter, or is made of what was answered."""
    rate = promql.rate(counter, by)
    up: Selection[Gauge] = Selection(Gauge("up"), counter.matchers)
    return {
        "rate": rate,
        "increase": promql.increase(counter, by, "1h"),
        "existing": promql.select_label_sets(counter),
        "value_count": promql.count_label_values(counter, ["route"], by),
        "series": promql.select_series(counter),
        "ratio": promql.ratio(rate, rate),
        "guarded ratio": promql.ratio(rate, rate, promql.build_zero_while_up(up, by)),
        "added": promql.add(rate, rate),
        "top": promql.topk(5, rate),
        "either": promql.union(rate, rate),
        "labelled": promql.add_label(rate, "service", 'a"b\\c$1'),
        "copied_label": promql.copy_label(rate, "service", "job"),
        "aggregated": promql.aggregate("max", rate, by),
    }


def build_gauge_queries(gauge: Selection[Gauge | Difference], by: Sequence[str]) -> dict[str, str]:
    return {
        "value": promql.aggregate_gauge(gauge, by),
        "largest": promql.aggregate_gauge(gauge, by, "max"),
        "age": promql.build_age(promql.aggregate_gauge(gauge, by)),
        "series": promql.select_series(gauge),
    }


def build_queries(histograms: HistogramStorage, unit: Unit, by: Sequence[str]) -> dict[str, str]:
    matchers = (("job", equals("shop")), ("route", matches("/a|/b")))
    counter: Selection[Counter | Total] = Selection(Counter("asked_total", LABELS), matchers)
    total: Selection[Counter | Total] = Selection(
        Total("good_total", LABELS, plus="bad_total"), matchers
    )
    gauge: Selection[Gauge | Difference] = Selection(Gauge("inside", LABELS), matchers)
    difference: Selection[Gauge | Difference] = Selection(
        Difference("came_total", LABELS, minus="went_total"), matchers
    )
    started: Selection[Gauge] = Selection(Gauge("started_seconds"), matchers)
    everything = {
        "histogram": build_histogram_queries(build_histogram(histograms, unit), by),
        "counter": build_counter_queries(counter, by),
        "total": build_counter_queries(total, by),
        "gauge": build_gauge_queries(gauge, by),
        "difference": build_gauge_queries(difference, by),
        "start": {"changes": promql.changes(started, "1h")},
    }
    return {f"{n} {f}": query for n, queries in everything.items() for f, query in queries.items()}


# Label values.


@modest_settings
@given(values, st.sampled_from([equals, differs]))
def test_any_label_value_comes_back_as_it_went_in(
    value: str, matcher: Callable[[str], Matcher]
) -> None:
    selector = promql.selector("up", (("a", equals("x")), ("b", matcher(value))))
    expression = promql_parser.parse(selector)
    assert isinstance(expression, promql_parser.VectorSelector)
    matcher_values = [(matcher.name, matcher.value) for matcher in expression.matchers.matchers]
    assert matcher_values == [("a", "x"), ("b", value)]


@modest_settings
@given(st.lists(values, min_size=1, max_size=3))
def test_one_of_matches_its_values_and_nothing_else(alternatives: list[str]) -> None:
    expression = promql_parser.parse(promql.selector("up", (("b", one_of(*alternatives)),)))
    assert isinstance(expression, promql_parser.VectorSelector)
    pattern = re.compile(expression.matchers.matchers[0].value, re.DOTALL)
    assert all(pattern.fullmatch(value) for value in alternatives)
    assert not any(
        pattern.fullmatch(value + "~") for value in alternatives if value + "~" not in alternatives
    )


@modest_settings
@given(values)
def test_any_value_of_a_new_label_comes_back_as_it_went_in(value: str) -> None:
    expression = promql_parser.parse(promql.add_label("up", "service", value))
    assert isinstance(expression, promql_parser.Call)
    texts = [
        argument.val
        for argument in expression.args
        if isinstance(argument, promql_parser.StringLiteral)
    ]
    assert texts == ["service", value.replace("$", "$$"), "", ""]


@settings(max_examples=count_examples(20))
@given(values, st.sampled_from(ALL_HISTOGRAMS))
def test_every_query_parses_whatever_the_label_value(
    value: str, histograms: HistogramStorage
) -> None:
    matchers = (("job", equals(value)), ("route", one_of(value)))
    metric = Histogram("took", LABELS, unit=Unit.MILLISECONDS, buckets=(250.0, 1_000.0))
    for expression in build_histogram_queries(
        Selection(metric, matchers, histograms), ["route"]
    ).values():
        parse_expression(expression)
        parse_expression(promql.strip_parentheses(expression))


# Shape.


@each_histograms
@each_unit
@each_grouping
def test_everything_composed_parses(
    histograms: HistogramStorage, unit: Unit, by: Sequence[str]
) -> None:
    for name, expression in build_queries(histograms, unit, by).items():
        assert parse_expression(expression), name


@each_histograms
@each_unit
@each_grouping
def test_everything_composed_may_stand_as_an_operand(
    histograms: HistogramStorage, unit: Unit, by: Sequence[str]
) -> None:
    for name, expression in build_queries(histograms, unit, by).items():
        power = parse_expression(f"{expression} ^ {expression}")
        assert isinstance(power, promql_parser.BinaryExpr), name
        assert is_same_tree(power.lhs, parse_expression(expression)), name
        assert is_same_tree(power.rhs, parse_expression(expression)), name


@each_unit
@each_grouping
def test_native_queries_never_ask_for_classic_series(unit: Unit, by: Sequence[str]) -> None:
    for name, expression in build_histogram_queries(build_histogram("native", unit), by).items():
        assert not re.search(r"took_(bucket|count|sum)\b|\ble\b", expression), name


@each_unit
@each_grouping
def test_classic_queries_never_ask_for_native_series(unit: Unit, by: Sequence[str]) -> None:
    queries = build_histogram_queries(build_histogram("classic", unit), by)
    del queries["series"]
    for name, expression in queries.items():
        assert not re.search(r"took[{\[]|histogram_(count|sum|fraction)", expression), name


@each_grouping
def test_both_asks_for_native_series_first(by: Sequence[str]) -> None:
    queries = build_histogram_queries(build_histogram("both"), by)
    del queries["series"], queries["existing"], queries["value_count"]
    for name, expression in queries.items():
        native, classic = re.search(r"took\{", expression), re.search(r"took_", expression)
        assert native, name
        assert classic, name
        assert native.start() < classic.start(), name


@each_grouping
def test_a_classic_percentile_keeps_le_beside_what_it_groups_by(by: Sequence[str]) -> None:
    expression = promql.quantile(0.95, build_histogram("classic"), by)
    grouped = re.search(r"sum by \(([^)]*)\) \(rate\(took_bucket\{", expression)
    assert grouped
    assert grouped[1].split(", ") == ["le", *by]


def test_the_window_is_the_one_asked_for() -> None:
    assert (
        promql.rate(build_histogram("classic"), (), "1h") == 'sum(rate(took_count{job="shop"}[1h]))'
    )
    assert "[2h]" in promql.quantile(0.5, build_histogram("native"), (), "2h")
    assert promql.WINDOW in promql.build_fraction_within(build_histogram("classic"), 1)


def test_increases_are_not_rates() -> None:
    assert "increase(" in promql.increase(build_histogram("native"))
    assert "rate(" not in promql.increase(build_histogram("both")).replace(promql.WINDOW, "")


@pytest.mark.parametrize("fraction", [0, 1, 99, -0.5, float("nan"), True])
def test_a_percentile_that_is_none_is_refused(fraction: float) -> None:
    with pytest.raises(DefinitionError, match=r"is not a percentile\nTip: .*0\.99"):
        promql.quantile(fraction, build_histogram("classic"))


@pytest.mark.parametrize(
    "metric",
    [
        Counter("c_total"),
        Gauge("g"),
        Histogram("h"),
        Total("t_total", plus="u_total"),
        Difference("d_total", minus="e_total"),
    ],
    ids=lambda metric: type(metric).__name__,
)
@each_histograms
def test_what_exists_is_one_selector_that_a_variable_can_ask_for(
    metric: Metric, histograms: HistogramStorage
) -> None:
    selection: Selection[Metric] = Selection(metric, (("job", equals("shop")),), histograms)
    assert isinstance(
        parse_expression(promql.select_label_sets(selection)), promql_parser.VectorSelector
    )


# Bounds of buckets.


@pytest.mark.parametrize(
    ("unit", "known"),
    [(Unit.SECONDS, "0.25, 1, 4"), (Unit.MICROSECONDS, "0.25, 1, 4")],
    ids=["s", "µs"],
)
def test_a_threshold_between_two_bounds_is_answered_with_the_bounds(unit: Unit, known: str) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        promql.build_fraction_within(build_histogram("classic", unit), 0.3)
    assert "no bucket of took ends at 0.3 s" in str(excinfo.value)
    assert known in excinfo.value.tip


def test_a_histogram_without_known_buckets_says_so() -> None:
    unknown: Selection[Histogram] = Selection(Histogram("took"))
    with pytest.raises(DefinitionError, match="none known"):
        promql.build_fraction_within(unknown, 1)


@modest_settings
@given(st.floats(min_value=1e-3, max_value=1e6, allow_nan=False), st.sampled_from(TIME_UNITS))
@example(123.0, Unit.MICROSECONDS)  # 0.000123 s are 123.00000000000001 µs
def test_a_bound_in_seconds_finds_the_bucket_whatever_the_rounding(
    bound: float, unit: Unit
) -> None:
    metric = Histogram("took", unit=unit, buckets=(bound,))
    expression = promql.build_fraction_within(Selection(metric), bound / unit.scale)
    assert quote_string(promql.build_bound_matcher(bound).value) in expression


@modest_settings
@given(seconds | st.integers(min_value=0, max_value=10**9).map(float))
def test_a_bound_matches_however_it_is_spelled_and_no_other(bound: float) -> None:
    matcher = promql.build_bound_matcher(bound)
    pattern = re.escape(matcher.value) if matcher.op == "=" else matcher.value
    spellings = {format_go_float(bound), repr(bound), promql.format_number(bound)}
    assert {spelling for spelling in spellings if re.fullmatch(pattern, spelling)} == spellings
    others = {format_go_float(10 * bound + 1), f"{format_go_float(bound)}1", "+Inf"}
    assert not {value for value in others if re.fullmatch(pattern, value)}


# Numbers and parentheses.


@modest_settings
@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value(value: float) -> None:
    literal = parse_expression(promql.format_number(value))
    assert isinstance(literal, promql_parser.NumberLiteral)
    assert literal.val == value


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.25, "0.25"), (1000, "1000"), (0.999, "0.999")]
)
def test_a_number_is_written_as_people_write_it(value: float, text: str) -> None:
    assert promql.format_number(value) == text


leaves = st.sampled_from(
    [
        "up",
        'up{a="("}',
        'up{a=")\\")"}',
        "up{a='('}",
        "up{a=')'}",
        "up{a=`(`}",
        'rate(up{a="x)"}[5m])',
        "sum by (a) (up) # :-)\n",
    ]
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map("({})".format),
        inner.map("sum({})".format),
        st.tuples(inner, inner).map("{0[0]} + {0[1]}".format),
        st.tuples(inner, inner).map("({0[0]}) / ({0[1]})".format),
    ),
    max_leaves=6,
)


@settings(max_examples=count_examples(200))
@given(expressions)
def test_only_parentheses_that_say_nothing_are_taken_away(expression: str) -> None:
    meant = parse_expression(expression)
    if isinstance(meant, promql_parser.ParenExpr):
        meant = meant.expr
    assert is_same_tree(parse_expression(promql.strip_parentheses(expression)), meant)


@pytest.mark.parametrize(
    ("expression", "bare"),
    [
        ("(a / b)", "a / b"),
        ("(a) / (b)", "(a) / (b)"),
        ("((a))", "(a)"),
        ("sum(a)", "sum(a)"),
        ("", ""),
        ("(a{b='('}) + (c)", "(a{b='('}) + (c)"),
    ],
)
def test_bare_takes_away_one_outer_pair(expression: str, bare: str) -> None:
    assert promql.strip_parentheses(expression) == bare
