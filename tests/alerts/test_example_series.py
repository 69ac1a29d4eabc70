"""The series that rules are tried on, and the numbers that guard them."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.alerts import example_series, rules_of, significance
from tailboard.alerts.template import escape_template, format_percentage, format_seconds
from tailboard.alerts.unit_tests import build_unit_tests
from tailboard.panels import Service, matches, one_of
from tailboard.panels.concept import DURATION, IN_FLIGHT, REQUESTS
from tailboard.panels.conventions import (
    DJANGO_PROMETHEUS,
    OTEL_HTTP_OLD,
    PROMETHEUS_CLIENT,
    RQ_EXPORTER,
)
from tailboard.panels.matcher import Matcher
from tailboard.panels.metric import Role
from tests.alerts.sample_services import build_service


@pytest.mark.parametrize(
    "pattern",
    ["orders", "orders|shop", "orders-.*", ".+", "orders-[0-9]+", r"a\.b", "(eu|us)-shop", "^x.*$"],
)
def test_a_value_is_invented_that_the_usual_patterns_match(pattern: str) -> None:
    service = Service("orders", {"job": matches(pattern)}, PROMETHEUS_CLIENT)
    assert example_series.has_possible_labels(service)
    assert re.fullmatch(pattern, example_series.invent_value(matches(pattern)))
    assert build_unit_tests(rules_of(service), "x")


def test_where_none_can_be_invented_there_are_no_tests() -> None:
    service = Service("orders", {"job": matches("[^a]{3}")}, PROMETHEUS_CLIENT)
    assert not example_series.has_possible_labels(service)
    assert build_unit_tests(rules_of(service), "x") is None


@given(st.lists(st.text("abz059-._/:+ *?$", min_size=1), min_size=1))
def test_one_of_several_literal_values_is_the_first(values: list[str]) -> None:
    matcher: Matcher = one_of(*values)
    assert example_series.invent_value(matcher) == values[0]


def test_a_histogram_is_in_the_unit_of_its_metric() -> None:
    series = example_series.build_histogram_series(
        build_service(OTEL_HTTP_OLD), DURATION, {0.3: 2.0, 2.0: 1.0}
    )
    buckets = {
        match[1]: values
        for name, values in series.items()
        if (match := re.search(r'_bucket\{.*le="(.*?)"', name))
    }
    assert buckets["250"] == "0+0"
    assert buckets["500"] == buckets["1000"] == "0+30"
    assert buckets["2500"] == buckets["+Inf"] == "0+45"
    (spent,) = [values for name, values in series.items() if "_sum{" in name]
    assert spent == "0+39000"  # 2.6 s a second for 15 s, in milliseconds


def test_labels_that_tell_services_apart_keep_their_order() -> None:
    """The order of a set changes from run to run, and a build must not."""
    by = ("region", "cluster", "zone", "tier", "shard")
    service = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT, by=by)
    assert [*example_series.build_target_labels(service)] == ["instance", "job", *by]


def test_what_a_metric_is_made_of_is_all_there() -> None:
    assert (
        len(example_series.build_counter_series(build_service(RQ_EXPORTER), _load_tasks(), 1.0))
        == 2
    )
    assert (
        len(example_series.build_gauge_series(build_service(DJANGO_PROMETHEUS), IN_FLIGHT, "1+0"))
        == 2
    )
    (name,) = example_series.build_counter_series(
        build_service(PROMETHEUS_CLIENT), REQUESTS, 1.0, {Role.STATUS: "503"}
    )
    assert 'http_status="503"' in name
    assert 'job="orders-api"' in name


def _load_tasks() -> Any:
    from tailboard.panels.concept import TASKS

    return TASKS


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_a_number_is_rounded_up_and_by_little(value: float) -> None:
    rounded = significance.round_up(value)
    assert value * (1 - 1e-6) <= rounded <= value * 1.0011


def test_a_percentile_needs_as_many_requests_as_its_name_says() -> None:
    assert significance.compute_minimum_rate(0.99) == pytest.approx(100 / 300, rel=1e-3)
    assert significance.compute_minimum_rate(0.95) == pytest.approx(20 / 300, rel=1e-3)


@given(st.text())
def test_a_literal_text_begins_no_template_of_its_own(text: str) -> None:
    assert escape_template(text).replace('{{ "{{" }}', "{{") == text
    assert "{{" not in escape_template(text).replace('{{ "{{" }}', "")


def test_known_numbers_are_written_as_people_do() -> None:
    assert [format_percentage(number) for number in (0.001, 0.05, 0.0001, 0.1)] == [
        "0.1%",
        "5%",
        "0.01%",
        "10%",
    ]
    assert [format_seconds(number) for number in (0.25, 1, 1.5, 90, 120, 86_400)] == [
        *("250ms", "1s", "1.5s", "90s", "2m", "24h")
    ]
