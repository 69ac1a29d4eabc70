"""Whether the service is there, and whether its metrics are healthy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tailboard.panels import Service, health, hygiene, latency, traffic
from tailboard.panels.concept import DURATION
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    FASTAPI_INSTRUMENTATOR,
    OTEL_HTTP_OLD,
    PROMETHEUS_CLIENT,
    PUSHGATEWAY_JOBS,
)
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.metric import Histogram
from tests.panels.panel_contents import (
    build_service,
    find_field_override,
    list_expressions,
    list_threshold_steps,
    render_panel,
)

Builder = Callable[..., Any]


def test_a_lost_instance_is_red() -> None:
    shown = list_threshold_steps(health.instances(build_service(PROMETHEUS_CLIENT)))
    assert shown == [(None, "red"), (0.5, "orange"), (1, "green")]
    mapping = render_panel(health.up(build_service(PROMETHEUS_CLIENT)))["fieldConfig"]["defaults"][
        "mappings"
    ]
    assert mapping[0]["options"]["0"]["color"] == "red"
    assert mapping[0]["options"]["1"]["color"] == "green"


@pytest.mark.parametrize("builder", [health.up, health.instances, hygiene.samples])
def test_the_gateway_of_pushed_jobs_is_never_shown_as_their_health(builder: Builder) -> None:
    with pytest.raises(MissingMetricError) as excinfo:
        builder(build_service(PUSHGATEWAY_JOBS))
    assert "convention 'pushgateway_jobs'" in excinfo.value.problem
    assert f".{builder.__name__}'" in excinfo.value.problem
    assert "age of its last run" in excinfo.value.tip


@pytest.mark.parametrize("builder", [hygiene.beyond_buckets, hygiene.bucket_width])
def test_buckets_that_nobody_named_cannot_be_judged(builder: Builder) -> None:
    unknown = Convention(name="mine", library="own", metrics={DURATION: Histogram("took")})
    with pytest.raises(MissingMetricError, match=r"'hygiene\..*\nTip: name the buckets of took"):
        builder(build_service(unknown))


def test_the_last_bound_is_named_in_seconds() -> None:
    panel = hygiene.beyond_buckets(build_service(OTEL_HTTP_OLD))
    assert panel.targets[0].legendFormat == "orders over 10 s"
    assert 'le=~"10000([.]0)?"' in list_expressions(panel)[0]


def test_the_shares_of_all_buckets_are_one_query() -> None:
    (target,) = hygiene.bucket_width(build_service(PROMETHEUS_CLIENT)).targets
    assert target.legendFormat == "orders up to {{le}} s"
    (target,) = hygiene.bucket_width(build_service(OTEL_HTTP_OLD)).targets
    assert target.legendFormat == "orders up to {{le}} ms"


@pytest.mark.parametrize("builder", [hygiene.beyond_buckets, hygiene.bucket_width])
def test_two_histograms_of_one_service_are_shown_and_named(builder: Builder) -> None:
    """The percentiles of the service come from one, those by route from another."""
    panel = builder(build_service(FASTAPI_INSTRUMENTATOR))
    overall, by_route = list_expressions(panel)
    assert "http_request_duration_highr_seconds" in overall
    assert "http_request_duration_seconds" in by_route
    assert [target.legendFormat.startswith("orders by route") for target in panel.targets] == [
        False,
        True,
    ]
    assert "by route read http_request_duration_seconds" in panel.description


@pytest.mark.parametrize("name", ["c++", "orders (eu)", "[x]", "a|b", "订单"])
@pytest.mark.parametrize("builder", [traffic.rate, latency.apdex])
def test_a_line_is_coloured_by_the_name_as_it_is_written(builder: Builder, name: str) -> None:
    """Grafana takes it for a regular expression."""
    escaped = "".join(f"\\{char}" if char in "+()[]|" else char for char in name)
    panel = builder(Service(name, {"job": "orders"}, PROMETHEUS_CLIENT))
    assert find_field_override(panel, f"/{escaped}$/") == {
        "color": {"mode": "fixed", "fixedColor": "blue"}
    }
