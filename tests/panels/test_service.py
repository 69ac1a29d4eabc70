"""A service: what it selects, what it is called, how it is narrowed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards.library import service_dashboard
from tailboard.dashboards.uid import validate_uid
from tailboard.panels import (
    Objectives,
    Service,
    every_service,
    latency,
    matches,
    one_of,
    promql,
    traffic,
)
from tailboard.panels.concept import CPU, DURATION, EXCEPTIONS, IN_FLIGHT, REQUESTS
from tailboard.panels.conventions import (
    DJANGO_PROMETHEUS,
    OTEL_HTTP_STABLE,
    PROMETHEUS_CLIENT,
    PUSHGATEWAY_JOBS,
)
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.metric import Role
from tests.panels.panel_contents import list_expressions

VALID_ARGUMENTS: dict[str, Any] = {
    "name": "orders",
    "selector": {"job": "orders"},
    "convention": PROMETHEUS_CLIENT,
}
ORDERS = Service(**VALID_ARGUMENTS)

LONGEST_DASHBOARD = "dependencies"
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def format_series(selection: Any) -> str:
    return promql.select_series(selection)


def build_service(name: str) -> Service:
    return Service(**{**VALID_ARGUMENTS, "name": name})


# What is refused.


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_a_service_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match=r"has no name\nTip: give it the name people say"):
        build_service(name)


@pytest.mark.parametrize(
    ("broken", "problem", "tip"),
    [
        ({"selector": {}}, "'orders' selects nothing", 'selector={"job": "orders-api"}'),
        ({"histograms": "nativ"}, "as 'nativ'", "did you mean 'native'?"),
        ({"histograms": True}, "as True", "both, classic, native"),
        ({"by": "job"}, "told apart by 'job', which is not a list", "by=('job',)"),
        ({"by": ("",)}, "'' is not a label name", "letters, digits"),
        ({"selector": {"": "x"}}, "'' is not a label name", "Prometheus 3 takes any text"),
        ({"selector": {"job": 5}}, "'job' is compared with 5", "write '5' in quotes"),
        ({"selector": {"job": None}}, "compared with None", "in quotes"),
    ],
)
def test_a_wrong_field_is_named_with_the_way_out(
    broken: dict[str, Any], problem: str, tip: str
) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Service(**{**VALID_ARGUMENTS, **broken})
    assert problem in excinfo.value.problem
    assert tip in excinfo.value.tip


# What it is called.


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("orders", "orders"),
        ("Orders API", "orders-api"),
        ("  orders / api (v2) ", "orders-api-v2"),
        ("orders_api", "orders-api"),
        ("a" * 27, "a" * 27),
    ],
)
def test_a_plain_name_is_its_own_slug(name: str, slug: str) -> None:
    assert build_service(name).slug == slug


@pytest.mark.parametrize(
    ("first_name", "second_name"),
    [
        ("订单", "库存"),
        ("订单 api", "库存 api"),
        ("Заказы", "Склад"),
        ("café", "caf"),
        ("🚀", "🔥"),
        ("a" * 60, "a" * 59 + "b"),
        ("payments-gateway-production-eu", "payments-gateway-production-us"),
    ],
)
def test_names_that_differ_in_what_a_slug_cannot_hold_have_different_slugs(
    first_name: str, second_name: str
) -> None:
    assert build_service(first_name).slug != build_service(second_name).slug
    assert service_dashboard.build_service_uid(
        build_service(first_name), "overview"
    ) != service_dashboard.build_service_uid(build_service(second_name), "overview")


def test_a_slug_keeps_what_can_be_read_of_a_name() -> None:
    assert build_service("订单 api").slug.startswith("api-")
    assert build_service("payments-gateway-production-eu").slug.startswith("payments-gateway-p")
    assert build_service("订单").slug.startswith("service-")


def test_a_slug_is_the_same_in_every_run() -> None:
    assert build_service("订单").slug == "service-f0bf39c0"


@given(names.filter(str.strip))
def test_every_slug_makes_a_uid_that_grafana_takes(name: str) -> None:
    slug = build_service(name).slug
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,25}[a-z0-9])?", slug)
    uid = f"{slug}-{LONGEST_DASHBOARD}"
    assert (
        validate_uid(uid, name)
        == uid
        == service_dashboard.build_service_uid(build_service(name), LONGEST_DASHBOARD)
    )


def test_a_title_begins_with_a_capital_and_leaves_the_rest() -> None:
    assert [build_service(name).title for name in ("orders API", "iOS", "订单")] == [
        "Orders API",
        "IOS",
        "订单",
    ]


def test_a_line_says_whose_it_is_by_the_name_or_by_the_labels() -> None:
    assert ORDERS.legend == "orders"
    assert Service(**VALID_ARGUMENTS, by=("namespace", "job")).legend == "{{namespace}} {{job}}"


# What it selects.


def test_every_series_of_the_service_has_its_matchers() -> None:
    service = Service(
        **{**VALID_ARGUMENTS, "selector": {"job": "orders", "env": one_of("prod", "test")}}
    )
    both = 'job="orders",env=~"prod|test"'
    assert (
        format_series(service.select_concept(CPU, "any")) == f"process_cpu_seconds_total{{{both}}}"
    )
    assert format_series(service.select_up("any")) == f"up{{{both}}}"


def test_matchers_of_service_convention_metric_and_routes_are_all_there_once() -> None:
    varied = DJANGO_PROMETHEUS.evolve(matchers={"job": "orders", "tier": "web"})
    service = Service(**{**VALID_ARGUMENTS, "convention": varied}, routes=matches("cart|pay"))
    assert format_series(service.select_concept(DURATION, "any")) == (
        "django_http_requests_latency_seconds_by_view_method"
        '{job="orders",tier="web",view!="prometheus-django-metrics",view=~"cart|pay"}'
    )
    assert format_series(service.select_concept(EXCEPTIONS, "any")) == (
        'django_http_exceptions_total_by_type_total{job="orders",tier="web"}'
    )


def test_conditions_name_roles_and_not_labels() -> None:
    selection = ORDERS.select_concept(REQUESTS, "any", {Role.STATUS: matches("5..")})
    assert format_series(selection).endswith(',http_status=~"5.."}')


def test_a_role_that_the_metric_has_no_label_for_is_refused_by_name() -> None:
    with pytest.raises(MissingMetricError) as excinfo:
        ORDERS.select_concept(DURATION, "errors.slow", {Role.STATUS: matches("5..")})
    assert "has no label for the status" in excinfo.value.problem
    assert "the panel 'errors.slow'" in excinfo.value.problem
    assert "add a label for the status to http_request_duration_seconds" in excinfo.value.tip


def test_a_service_knows_what_its_convention_can_feed() -> None:
    assert ORDERS.has_concepts(REQUESTS, DURATION)
    assert not ORDERS.has_concepts(REQUESTS, EXCEPTIONS)


def test_only_what_comes_through_a_gateway_is_pushed() -> None:
    assert Service(**{**VALID_ARGUMENTS, "convention": PUSHGATEWAY_JOBS}).is_pushed
    assert not ORDERS.is_pushed


# Narrowed.


def test_a_narrowed_service_has_more_matchers_and_the_same_name() -> None:
    narrowed = ORDERS.narrow({"instance": matches("$instance")})
    assert format_series(narrowed.select_up("any")) == 'up{job="orders",instance=~"$instance"}'
    assert (narrowed.name, narrowed.slug) == (ORDERS.name, ORDERS.slug)
    assert format_series(ORDERS.select_up("any")) == 'up{job="orders"}'


def test_narrowing_by_a_label_of_the_selector_never_widens_it() -> None:
    """All instances of a variable are `.*`: without its own matcher the service would be lost."""
    service = Service(
        **{**VALID_ARGUMENTS, "selector": {"job": "orders", "instance": matches("eu-.*")}}
    )
    narrowed = service.narrow({"instance": matches("$instance")})
    assert format_series(narrowed.select_up("any")) == (
        'up{job="orders",instance=~"eu-.*",instance=~"$instance"}'
    )


def test_narrowing_twice_keeps_both() -> None:
    narrowed = ORDERS.narrow({"instance": "a"}).narrow({"zone": "b"}, matches("/cart"))
    (expression,) = list_expressions(traffic.rate(narrowed))[:1]
    for matcher in ('instance="a"', 'zone="b"', 'endpoint=~"/cart"'):
        assert matcher in expression


def test_chosen_routes_narrow_only_what_has_a_route() -> None:
    narrowed = ORDERS.narrow(routes=matches("$route"))
    assert 'endpoint=~"$route"' in format_series(narrowed.select_concept(REQUESTS, "any"))
    assert "$route" not in format_series(narrowed.select_concept(IN_FLIGHT, "any"))
    assert narrowed.narrow({"instance": "a"}).routes == matches("$route")


def test_a_narrowed_service_keeps_how_histograms_are_stored_and_its_objectives() -> None:
    objectives = Objectives(latency={0.99: 1.0})
    service = Service(**VALID_ARGUMENTS, histograms="native", objectives=objectives)
    narrowed = service.narrow({"instance": "a"})
    assert narrowed.select_concept(DURATION, "any").histograms == "native"
    assert narrowed.objectives is objectives


# Every service of a convention.


def test_every_service_is_chosen_by_a_variable_and_told_apart_by_its_job() -> None:
    every = every_service(OTEL_HTTP_STABLE, Objectives(availability=0.99))
    assert every.legend == "{{job}}"
    assert every.objectives.availability == 0.99
    panel = latency.percentiles(every)
    assert [target.legendFormat for target in panel.targets] == [
        "{{job}} P50",
        "{{job}} P95",
        "{{job}} P99",
    ]
    for expression in list_expressions(panel):
        assert "sum by (le, job) (rate(" in expression
        assert 'job=~"$job"' in expression


def test_every_service_has_no_objectives_unless_given() -> None:
    assert every_service(PROMETHEUS_CLIENT).objectives == Objectives()


def test_the_rates_of_a_chinese_service_are_named_in_chinese() -> None:
    panel = traffic.rate(build_service("订单"))
    assert panel.targets[0].legendFormat == "订单"


def test_what_a_variable_chooses_is_not_recorded_and_is_told_so() -> None:
    assert every_service(PROMETHEUS_CLIENT).has_grafana_variable
    assert not ORDERS.has_grafana_variable
    with pytest.raises(DefinitionError) as excinfo:
        replace(every_service(PROMETHEUS_CLIENT), recorded=True)
    assert "nothing is recorded of it" in excinfo.value.problem
    assert "take recorded=True away" in excinfo.value.tip


def test_a_recorded_service_reads_what_is_recorded_of_all_its_instances() -> None:
    service = ORDERS.as_recorded()
    (p99,) = list_expressions(latency.current(service))
    assert p99 == (
        "histogram_quantile(0.99, sum by (le) ("
        'service_endpoint:http_request_duration_seconds_bucket:rate5m{service="orders"})) >= 0'
    )
    narrowed = service.narrow({"instance": "a"})
    assert "service_endpoint" not in list_expressions(latency.current(narrowed))[0]
    (of_route,) = list_expressions(latency.by_route(service.narrow(routes=matches("$route"))))
    assert '{service="orders",endpoint=~"$route"}' in of_route


def test_what_is_asked_by_an_instance_is_recorded_for_the_requests_alone() -> None:
    service = ORDERS.as_recorded()
    waiting, allowed = list_expressions(traffic.in_flight(service))
    assert "service_" not in waiting
    assert 'service_instance:http_requests:rate5m{service="orders"}' in allowed
    by_instance = service.select_concept(REQUESTS, "test", {Role.STATUS: matches("5..")})
    assert "service_" not in promql.rate(by_instance, ("instance",))
    assert all(
        "service_" in expression for expression in list_expressions(traffic.by_route(service))
    )
