"""A document's variables, filled from a server."""

from typing import Any

import pytest

from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.variables.interpolation import VariableValue
from tailboard.prometheus.variables.values import resolve_variables
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, build_failure


def build_variable(name: str, query: Any, kind: str = "query", **fields: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "query": query, **fields}


def fill_variables(server: PrometheusServer, *variables: dict[str, Any]) -> dict[str, Any]:
    variable_values = resolve_variables(
        {"templating": {"list": list(variables)}}, server, {"__range": "3600s"}
    )
    return {
        name: value
        for name, value in variable_values.values.items()
        if isinstance(value, VariableValue)
    }


@pytest.fixture
def orders_prometheus(fake_server: FakePrometheus) -> FakePrometheus:
    fake_server.add_series(
        "up", {"job": "orders", "instance": "a:1"}, {"job": "orders", "instance": "b:1"}
    )
    fake_server.add_series("up", {"job": "mail", "instance": "c:1"})
    fake_server.add_series("http_requests_total", {"job": "orders", "endpoint": "/items"})
    return fake_server


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("label_values(up, job)", ("mail",)),
        ("label_values(job)", ("mail",)),
        ('label_values(up{job="orders",instance=~".*"}, instance)', ("a:1",)),
        ({"query": "label_values(up, job)", "refId": "A", "qryType": 1}, ("mail",)),
        ("label_names()", ("__name__",)),
        ("metrics(http_)", ("http_requests_total",)),
        ("query_result(count by (job) (up))", ('{job="orders"} 2',)),
        ("label_values(nothing, job)", ()),
    ],
    ids=str,
)
def test_a_query_gives_the_values(
    orders_prometheus: FakePrometheus,
    server: PrometheusServer,
    query: Any,
    expected: tuple[str, ...],
) -> None:
    value_list = fill_variables(server, build_variable("v", query))["v"].values
    assert (
        tuple(value.rpartition(" ")[0] if "{" in value else value for value in value_list)
        == expected
    )


def test_variables_are_chained_in_whatever_order_they_are_listed(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    values_by_name = fill_variables(
        server,
        build_variable(
            "instance", 'label_values(up{job="$job"}, instance)', includeAll=True, multi=True
        ),
        build_variable("job", "label_values(up, job)", current={"value": "orders"}),
    )
    assert values_by_name["job"].values == ("orders",)
    assert values_by_name["instance"].values == ("a:1", "b:1")


def test_variables_that_need_each_other_are_filled_all_the_same(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    a = build_variable("a", 'label_values(up{job="$b"}, job)')
    assert set(
        fill_variables(server, a, build_variable("b", 'label_values(up{job="$a"}, job)'))
    ) == {"a", "b"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"includeAll": True, "allValue": ".*"}, VariableValue(expression=".*")),
        ({"includeAll": True}, VariableValue(("mail", "orders"), is_multi=True)),
        ({"multi": True}, VariableValue(("mail",), is_multi=True)),
        (
            {"multi": True, "current": {"value": ["orders"]}},
            VariableValue(("orders",), is_multi=True),
        ),
        ({"current": {"value": "orders"}}, VariableValue(("orders",))),
        ({"current": {"value": "retired"}}, VariableValue(("mail",))),
        (
            {"current": {"value": "$__all"}, "includeAll": True, "allValue": ".+"},
            VariableValue(expression=".+"),
        ),
        ({"regex": "/ord.*/"}, VariableValue(("orders",))),
        ({"regex": "/(o)rders/"}, VariableValue(("o",))),
        ({"regex": "/(?<text>o)(?<value>r)ders/"}, VariableValue(("r",))),
        ({"regex": "/ORD.*/i"}, VariableValue(("orders",))),
        ({"regex": "ord.*"}, VariableValue(("orders",))),
    ],
    ids=str,
)
def test_what_is_chosen_is_what_grafana_would_choose(
    orders_prometheus: FakePrometheus,
    server: PrometheusServer,
    fields: dict[str, Any],
    expected: VariableValue,
) -> None:
    assert (
        fill_variables(server, build_variable("v", "label_values(up, job)", **fields))["v"]
        == expected
    )


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (build_variable("v", "a,b : c,d\\,e", "custom", includeAll=True), ("a", "c", "d,e")),
        (build_variable("v", "1m,10m", "interval"), ("1m",)),
        (build_variable("v", "1m", "interval", current={"value": "$__auto_interval_v"}), ("1m",)),
        (build_variable("v", "orders", "constant"), ("orders",)),
        (build_variable("v", "x", "textbox", current={"value": "y"}), ("y",)),
        (build_variable("v", "x", "textbox"), ("x",)),
        (build_variable("v", "prometheus", "datasource"), ("prometheus",)),
    ],
    ids=str,
)
def test_other_kinds_need_no_server(
    server: PrometheusServer, variable: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert fill_variables(server, variable)["v"].values == expected


def test_a_variable_without_values_says_why_and_so_does_what_depends_on_it(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    listed = [
        build_variable("job", "label_values(up, job)"),
        build_variable("instance", 'label_values(up{job="$job"}, instance)'),
    ]
    variable_values = resolve_variables({"templating": {"list": listed}}, server, {})
    reason = "the variable $job has no values: label_values(up, job) gives none"
    assert variable_values.describe_empty('x{instance="$instance"}') == reason
    assert variable_values.describe_empty("x") == ""


def test_a_query_that_the_server_refuses_leaves_its_variable_empty(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.replies["/label/job/values"] = lambda _: build_failure(
        400, "bad_data", "parse error"
    )
    variable_values = resolve_variables(
        {"templating": {"list": [build_variable("v", "label_values(u{p, job)")]}}, server, {}
    )
    assert "cannot be filled: parse error" in variable_values.empty_reasons["v"]


@pytest.mark.parametrize("plain", [{}, {"templating": None}, {"templating": {"list": [None, {}]}}])
def test_documents_without_variables_have_none(
    server: PrometheusServer, plain: dict[str, Any]
) -> None:
    assert resolve_variables(plain, server, {}).values == {}


def test_very_many_values_are_written_as_any(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("up", *({"instance": f"i{number}"} for number in range(600)))
    values_by_name = fill_variables(
        server, build_variable("v", "label_values(up, instance)", includeAll=True)
    )["v"]
    assert values_by_name == VariableValue((), True, ".+")
