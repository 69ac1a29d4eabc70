"""Conventions that users vary, followed to the panel."""

from __future__ import annotations

import pytest

from tailboard.panels import database, errors, latency, saturation, traffic
from tailboard.panels.concept import DURATION, IN_FLIGHT, MEMORY, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    FASTAPI_INSTRUMENTATOR,
    PROMETHEUS_CLIENT,
    STARLETTE_EXPORTER,
)
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import matches
from tailboard.panels.metric import Counter, Histogram, Role, Unit
from tests.panels.panel_contents import (
    build_service,
    find_field_override,
    list_expressions,
    render_panel,
)


def test_the_label_that_kubernetes_renames_is_renamed_in_query_legend_and_table() -> None:
    """A ServiceMonitor's own label `endpoint` would show one row: the port's name."""
    varied = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    service = build_service(varied)
    panels = [latency.by_route(service), errors.by_route(service), traffic.by_route(service)]
    panels += [errors.route_history(service), latency.slowest_routes(service)]
    for panel in panels:
        assert render_panel(panel)["type"] == "table" or (
            panel.targets[0].legendFormat == "orders {{exported_endpoint}}"
        )
        for expression in list_expressions(panel):
            assert 'exported_endpoint!~"/metrics|' in expression
            assert "exported_endpoint)" in expression
            assert "endpoint" not in expression.replace("exported_endpoint", "")
    table = render_panel(panels[-1])["transformations"][1]["options"]["renameByName"]
    assert table["exported_endpoint"] == "Route"


def test_a_renamed_label_is_chosen_by_the_route_variable() -> None:
    varied = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    service = build_service(varied).narrow(routes=matches("$route"))
    assert all(
        'exported_endpoint=~"$route"' in expression
        for expression in list_expressions(latency.percentiles(service))
    )


def test_a_prefix_reaches_the_panel() -> None:
    varied = STARLETTE_EXPORTER.evolve(prefix=("starlette", "shop"))
    (expression,) = list_expressions(latency.by_route(build_service(varied)))
    assert "shop_request_duration_seconds_bucket{" in expression
    assert "starlette_" not in expression


def test_matchers_of_a_convention_reach_every_query_but_up() -> None:
    """They are labels of the application's metrics; `up` is Prometheus' own."""
    varied = PROMETHEUS_CLIENT.evolve(matchers={"app": "orders"})
    (expression,) = list_expressions(errors.ratio(build_service(varied)))
    assert expression.count('app="orders"') == expression.count("http_requests_total{")
    assert 'up{job="orders"}' in expression


def test_excluded_routes_may_be_others_or_none() -> None:
    def build_query(*routes: str) -> str:
        varied = PROMETHEUS_CLIENT.evolve(excluded_routes=routes)
        return list_expressions(traffic.current(build_service(varied)))[0]

    assert 'endpoint!~"/a[.]b|/c"' in build_query("/a.b", "/c").replace("\\\\.", "[.]")
    assert 'endpoint!="/a.b"' in build_query("/a.b")
    assert "endpoint" not in build_query()


def test_a_metric_of_one_s_own_takes_a_library_s_place() -> None:
    finer = Histogram(
        "http_request_duration_seconds",
        {Role.ROUTE: "handler"},
        unit=Unit.SECONDS,
        buckets=(0.01, 0.1, 1.0),
    )
    varied = FASTAPI_INSTRUMENTATOR.evolve(metrics={DURATION: finer, MEMORY: PROCESS[MEMORY]})
    assert "three buckets" not in latency.by_route(build_service(varied)).description
    assert (
        "process_resident_memory_bytes"
        in list_expressions(saturation.memory(build_service(varied)))[0]
    )


def test_everything_can_be_varied_at_once_and_what_is_replaced_stays_as_given() -> None:
    """Replacing comes last: what a user writes is not renamed."""
    varied = PROMETHEUS_CLIENT.evolve(
        name="mine",
        prefix=("http_", "web_"),
        labels={"endpoint": "route", "http_status": "status"},
        matchers={"app": "shop"},
        metrics={IN_FLIGHT: None, REQUESTS: Counter("http_asked_total", {Role.ROUTE: "endpoint"})},
    )
    assert varied.name == "mine"
    assert varied.metrics[DURATION].name == "web_request_duration_seconds"
    assert varied.metrics[DURATION].labels[Role.ROUTE] == "route"
    assert varied.metrics[REQUESTS].name == "http_asked_total"
    assert varied.metrics[REQUESTS].labels == {Role.ROUTE: "endpoint"}
    assert IN_FLIGHT not in varied.metrics
    assert varied.library == PROMETHEUS_CLIENT.library


def test_evolving_twice_adds_matchers_to_matchers() -> None:
    varied = PROMETHEUS_CLIENT.evolve(matchers={"a": "1"}).evolve(matchers={"b": "2"})
    assert varied.matchers == {"a": "1", "b": "2"}


@pytest.mark.parametrize("label", ["", "\ud800"])
def test_a_label_cannot_be_renamed_to_what_is_none(label: str) -> None:
    with pytest.raises(DefinitionError, match="is not a label name"):
        PROMETHEUS_CLIENT.evolve(labels={"endpoint": label})


def test_a_convention_of_one_s_own_is_data_in_one_s_own_file() -> None:
    custom_convention = Convention(
        name="mine",
        library="own",
        metrics={
            DURATION: Histogram(
                "shop_ms", {Role.ROUTE: "page"}, unit=Unit.MILLISECONDS, buckets=(250.0, 1000.0)
            ),
            REQUESTS: Counter("shop_total", {Role.ROUTE: "page", Role.STATUS: "code"}),
        },
        excluded_routes=("/ping",),
    )
    table = latency.slowest_routes(build_service(custom_convention))
    assert find_field_override(table, "P99")["unit"] == "s"
    assert list_expressions(table)[-1] == (
        "histogram_quantile(0.99, sum by (le, page) "
        '(rate(shop_ms_bucket{job="orders",page!="/ping"}[$__rate_interval]))) / 1000 >= 0'
    )
    with pytest.raises(DefinitionError, match=r"'mine' has no metric for query duration"):
        database.percentiles(build_service(custom_convention))
