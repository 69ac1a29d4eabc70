"""Objectives: their budgets, judged as their alerts judge them."""

from dataclasses import replace
from typing import Any

import pytest

from tailboard.panels import Objectives, Service, slo
from tailboard.panels.conventions import (
    FASTAPI_INSTRUMENTATOR,
    OTEL_HTTP_OLD,
    PROMETHEUS_CLIENT,
    VLLM,
)
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.objective import (
    BURN_RATE_ALERTS,
    Objective,
    build_bad_rate,
    check_objective_metrics,
    find_slow_bound,
    list_objectives,
)
from tailboard.panels.objective import build_request_rate as counted_by
from tests.panels.panel_contents import (
    STRICT_OBJECTIVES,
    build_service,
    expand_ranges,
    list_expressions,
    list_threshold_steps,
    parse_expression,
)

OBJECTIVE_SERVICE = build_service(PROMETHEUS_CLIENT, objectives=STRICT_OBJECTIVES)
RECORDED_SERVICE = replace(OBJECTIVE_SERVICE, recorded=True)


def test_a_service_has_an_objective_for_each_promise() -> None:
    assert [
        (objective.name, objective.title, objective.budget)
        for objective in list_objectives(OBJECTIVE_SERVICE)
    ] == [
        ("availability", "Availability 99.9 %", 0.001),
        ("latency-p50", "P50 within 0.1 s", 0.5),
        ("latency-p95", "P95 within 0.5 s", 0.05),
        ("latency-p99", "P99 within 1 s", 0.01),
    ]


def test_the_burn_rates_lines_are_those_of_the_alerts() -> None:
    panel = slo.burn_rate(RECORDED_SERVICE)
    assert [value for value, _ in list_threshold_steps(panel)] == [None, 1, 3, 6, 14.4, 500.5]
    assert [burn_rate.legendFormat for burn_rate in panel.targets] == [
        "orders 5m",
        *(f"orders {burn_rate.long_window}" for burn_rate in BURN_RATE_ALERTS),
    ]


@pytest.mark.parametrize(
    ("target", "burn_rate"), [(0.999, 500.5), (0.99, 50.5), (0.95, 10.5), (0.5, 1.5), (0.1, 1.056)]
)
def test_an_outage_burns_at_least_half_of_what_the_budget_leaves(
    target: float, burn_rate: float
) -> None:
    objective = Objective("availability", "", target)
    assert objective.outage_burn_rate == burn_rate
    assert objective.budget < burn_rate * objective.budget < 1


@pytest.mark.parametrize("service", [OBJECTIVE_SERVICE, RECORDED_SERVICE])
@pytest.mark.parametrize(
    "builder", [slo.compliance, slo.budget_left, slo.burn_rate, slo.budget_by_route]
)
def test_every_panel_works_from_raw_metrics_and_from_recorded_ones(
    builder: Any, service: Service
) -> None:
    for objective in list_objectives(service):
        for expression in list_expressions(builder(service, objective=objective)):
            parse_expression(expression)
            recorded = "service_" in expression
            assert recorded == service.recorded
            assert ("http_request" in expression and "rate(http" in expression) != recorded


def test_recorded_panels_read_the_ratio_over_the_whole_window() -> None:
    (left,) = list_expressions(slo.budget_left(RECORDED_SERVICE))
    assert left == (
        '1 - (service_objective:bad_requests:ratio_rate30d{service="orders",'
        'objective="availability"} / 0.001)'
    )


def test_the_budget_over_time_needs_recording_rules_and_says_so() -> None:
    assert slo.budget_over_time(RECORDED_SERVICE).targets
    with pytest.raises(MissingMetricError) as excinfo:
        slo.budget_over_time(OBJECTIVE_SERVICE)
    assert "recorded=True" in excinfo.value.tip


def test_a_service_that_promises_nothing_has_no_budget() -> None:
    with pytest.raises(MissingMetricError) as excinfo:
        slo.burn_rate(build_service(PROMETHEUS_CLIENT))
    assert "promises nothing" in excinfo.value.problem
    assert "Objectives(availability=0.999" in excinfo.value.tip


def test_a_budget_is_spent_by_route_where_durations_have_one() -> None:
    titles = []
    for convention in (PROMETHEUS_CLIENT, OTEL_HTTP_OLD):
        service = build_service(convention, objectives=Objectives(latency={0.99: 1.0}))
        panel = slo.budget_by_route(service)
        (expression,) = list_expressions(panel)
        assert expression.startswith("topk(10, ")
        assert "group_left" in expression
        titles.append(panel.title)
    assert set(titles) == {"Budget spent by route: P99 within 1 s"}


def test_routes_whose_buckets_end_before_the_promise_have_no_such_panel() -> None:
    service = build_service(FASTAPI_INSTRUMENTATOR, objectives=Objectives(latency={0.99: 5.0}))
    with pytest.raises(MissingMetricError, match="no bucket of http_request_duration_seconds"):
        slo.budget_by_route(service)
    assert slo.burn_rate(service).targets


def test_what_passes_as_good_by_route_is_said() -> None:
    service = build_service(FASTAPI_INSTRUMENTATOR, objectives=Objectives(latency={0.99: 0.25}))
    assert "what takes longer than 0.5 s counts" in slo.budget_by_route(service).description
    service = build_service(FASTAPI_INSTRUMENTATOR, objectives=Objectives(latency={0.99: 0.5}))
    assert "counts" not in slo.budget_by_route(service).description


def test_slow_is_what_lies_beyond_the_first_bound_that_is_enough() -> None:
    for seconds, bound in ((1.0, 1.0), (1.5, 2.5), (0.001, 0.005)):
        service = build_service(PROMETHEUS_CLIENT, objectives=Objectives(latency={0.99: seconds}))
        (objective,) = list_objectives(service)
        duration = service.select_concept(_load_duration(), "test")
        assert find_slow_bound(duration, objective) == bound


def test_a_promise_beyond_the_largest_bucket_cannot_be_judged() -> None:
    service = build_service(PROMETHEUS_CLIENT, objectives=Objectives(latency={0.99: 30.0}))
    with pytest.raises(DefinitionError, match="can never be seen to be broken"):
        slo.compliance(service)


def test_the_whole_services_finer_buckets_judge_it() -> None:
    service = build_service(FASTAPI_INSTRUMENTATOR, objectives=Objectives(latency={0.99: 3.0}))
    (objective,) = list_objectives(service)
    assert "highr" in expand_ranges(counted_by(service, objective, "test", "1h"))


def _load_duration() -> Any:
    from tailboard.panels.concept import DURATION

    return DURATION


def test_a_first_token_has_a_budget_like_a_latency_and_of_its_own_histogram() -> None:
    objectives = Objectives(latency={0.99: 60.0}, first_token={0.95: 2.5})
    service = Service("chat", {"job": "chat"}, VLLM, objectives)
    latency_objective, first_token = list_objectives(service)
    assert (first_token.name, first_token.target) == ("first-token-p95", 0.95)
    assert first_token.title == "First token P95 within 2.5 s"
    bad_rate = build_bad_rate(service, first_token, "any", "5m")
    assert 'vllm:time_to_first_token_seconds_bucket{job="chat",le="2.5"}' in bad_rate
    assert "first_token" not in build_bad_rate(service, latency_objective, "any", "5m")


def test_a_first_token_is_not_promised_where_none_is_measured() -> None:
    service = Service("orders", {"job": "a"}, PROMETHEUS_CLIENT, Objectives(first_token={0.95: 2}))
    with pytest.raises(DefinitionError, match="promises 'First token P95 within 2 s'") as excinfo:
        check_objective_metrics(service, *list_objectives(service))
    assert "vllm:time_to_first_token_seconds" in excinfo.value.tip
