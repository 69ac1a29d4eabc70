"""Answers of another shape than Prometheus', at any request: an error, never a traceback."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, Form, serve_fake_prometheus
from tests.workspace import Workspace

DOCUMENT = {
    "title": "Orders",
    "uid": "orders",
    "templating": {
        "list": [
            {"name": "job", "type": "query", "query": "label_values(up, job)"},
            {"name": "top", "type": "query", "query": "query_result(up)"},
        ]
    },
    "panels": [
        {
            "type": "timeseries",
            "title": "P",
            "targets": [
                {"refId": "A", "expr": 'rate(orders_total{job="$job"}[1m])'},
                {
                    "refId": "B",
                    "expr": "histogram_quantile(0.99, sum by (le) (rate(wait_bucket[1m])))",
                },
                {"refId": "C", "expr": "gone_total"},
                {"refId": "D", "expr": "job:recorded:rate"},
            ],
        }
    ],
}
ENDPOINTS = [
    *("/query", "/query_range", "/series", "/labels", "/values", "/status/config"),
    *("/targets", "/targets/metadata", "/metadata", "/rules"),
]
WILD_VALUES = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, 2**70, "", "x", "NaN", "+Inf", "a\0b", "!!int ''"]),
    lambda values: st.one_of(
        st.lists(values, max_size=3),
        st.dictionaries(
            st.sampled_from(["metric", "value", "values", "le", "labels", "data"]),
            values,
            max_size=2,
        ),
    ),
    max_leaves=4,
)


def replace_part(body: Any, steps: tuple[int, ...], value: Any) -> Any:
    """The body with a value in the place that the steps lead to."""
    if not steps or not isinstance(body, dict | list) or not body:
        return value
    keys = sorted(body) if isinstance(body, dict) else range(len(body))
    key = keys[steps[0] % len(body)]
    body[key] = replace_part(body[key], steps[1:], value)
    return body


def add_metrics(prometheus: FakePrometheus) -> None:
    prometheus.add_series("up", job="shop", instance="a:1")
    prometheus.add_series("orders_total", job="shop", instance="a:1", route="/")
    for bound in ("0.1", "1", "+Inf"):
        prometheus.add_series("wait_bucket", job="shop", instance="a:1", le=bound)
    for suffix in ("sum", "count"):
        prometheus.add_series(f"wait_{suffix}", job="shop", instance="a:1")
    prometheus.add_series("process_start_time_seconds", job="shop", instance="a:1")
    prometheus.targets = [
        {"labels": {"job": "shop", "instance": "a:1"}, "health": "up", "scrapeInterval": "15s"}
    ]
    prometheus.metadata = [
        {"target": {"job": "shop"}, "metric": "orders", "type": "counter", "help": "h"}
    ]
    prometheus.recording_rules = ["job:recorded:rate"]


@pytest.mark.parametrize("command", ["check", "init"])
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    endpoint=st.sampled_from(ENDPOINTS),
    number=st.integers(0, 5),
    steps=st.lists(st.integers(0, 9), max_size=6).map(tuple),
    value=WILD_VALUES,
)
@example("/query", 1, (0, 0, 0, 0), {"le": 1})
@example("/targets", 0, (0, 0), 1)
@example("/metadata", 0, (0, 0), 1)
@example("/rules", 0, (0, 0, 0), 1)
@example("/status/config", 0, (0, 0), [1])
@example("/series", 0, (0, 0, 0), [1])
def test_an_answer_of_another_shape_is_an_error(
    workspace: Workspace,
    command: str,
    endpoint: str,
    number: int,
    steps: tuple[int, ...],
    value: Any,
) -> None:
    workspace.write_file("orders.json", json.dumps(DOCUMENT))
    with serve_fake_prometheus() as prometheus:
        add_metrics(prometheus)
        handle_request, count = prometheus.handle_request, [0]

        def answer(method: str, path: str, form: Form) -> Any:
            status, body = handle_request(method, path, form)
            if path.endswith(endpoint) and not isinstance(body, bytes):
                count[0] += 1
                if count[0] > number:
                    return status, replace_part(copy.deepcopy(body), steps, value)
            return status, body

        prometheus.handle_request = answer  # type: ignore[method-assign]
        arguments = ["orders.json"] if command == "check" else ["--job", "shop", "--out", "-"]
        run = workspace.run_tailboard(command, *arguments, "--prometheus", prometheus.url)
    assert run.exit_code in {0, 1, 2, 3, 4}, run.output
