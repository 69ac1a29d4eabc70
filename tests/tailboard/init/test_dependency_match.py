"""What an application measures itself of Redis, a cache and other services gets their panels."""

from __future__ import annotations

from typing import Any

import pytest

from tailboard.dashboards import build_document
from tailboard.dashboards.library import dependencies
from tailboard.init.convention_match import recognize_convention
from tailboard.init.own_metrics import find_own_metrics
from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    OUTGOING_DURATION,
    REDIS_DURATION,
    Concept,
)
from tailboard.panels.metric import Counter, Histogram, Metric, Role, Unit
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue
from tests.tailboard.init.test_definition_text import read_service, render_text_definition


def format_histogram(name: str, labels: str, bounds: str = "0.1 0.5 1") -> str:
    lines = [f"# TYPE {name} histogram"]
    lines += [f'{name}_bucket{{{labels},le="{bound}"}} 9' for bound in (*bounds.split(), "+Inf")]
    return "\n".join([*lines, f"{name}_count{{{labels}}} 9", f"{name}_sum{{{labels}}} 9", ""])


def find_own_changes(text: str) -> dict[Concept[Any], Metric | None]:
    changes = recognize_convention(read_catalogue(text)).changes
    return {concept: change.metric for concept, change in changes.items() if change.is_own}


@pytest.mark.parametrize("name", ["redis_command_duration_seconds", "shop_valkey_latency_ms"])
@pytest.mark.parametrize("label", ["command", "operation"])
def test_durations_of_commands_to_redis_are_known_by_their_names(name: str, label: str) -> None:
    changes = find_own_changes(format_histogram(name, f'{label}="get"'))
    assert changes == {
        REDIS_DURATION: Histogram(
            name,
            {Role.COMMAND: label},
            unit=Unit.SECONDS if name.endswith("seconds") else Unit.MILLISECONDS,
            buckets=(0.1, 0.5, 1),
            caution="The application measures it, with the network.",
        )
    }


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        ('host="bank",status="200"', {Role.PEER: "host", Role.STATUS: "status"}),
        ('service="bank",code="2xx"', {Role.PEER: "service", Role.STATUS: "code"}),
        ('upstream="bank",status="ok"', {Role.PEER: "upstream"}),
        ('target="bank"', {Role.PEER: "target"}),
    ],
)
@pytest.mark.parametrize("name", ["http_client_request_duration_seconds", "outgoing_seconds"])
def test_calls_to_others_are_known_by_their_peer(
    name: str, labels: str, roles: dict[Role, str]
) -> None:
    changes = find_own_changes(format_histogram(name, labels))
    assert [*changes] == [OUTGOING_DURATION]
    metric = changes[OUTGOING_DURATION]
    assert metric
    assert metric.labels == roles


@pytest.mark.parametrize(
    "text",
    [
        format_histogram("redis_command_duration_seconds", 'kind="get"'),
        format_histogram("redis_value_bytes", 'command="get"'),
        format_histogram("redis_command_duration_seconds", 'command="get"', "0.1 1"),
        format_histogram("client_wait_seconds", 'kind="a"'),
        format_histogram("upload_seconds", 'host="a"'),
        "cache_hits_total 1\n",
        "orders_hits_total 1\norders_misses_total 1\n",
        'cache_requests_total{result="hit"} 1\n',
    ],
)
def test_what_is_not_of_a_dependency_stays_the_applications_own(text: str) -> None:
    assert find_own_changes(text) == {}
    catalogue = read_catalogue(text)
    own_metrics = find_own_metrics(catalogue, recognize_convention(catalogue))
    assert own_metrics or own_metrics.omissions


@pytest.mark.parametrize(
    ("text", "hits", "misses"),
    [
        (
            "shop_cache_hits_total 1\nshop_cache_misses_total 1\n",
            Counter("shop_cache_hits_total"),
            Counter("shop_cache_misses_total"),
        ),
        (
            "cache_hit_total 1\ncache_miss_total 1\n",
            Counter("cache_hit_total"),
            Counter("cache_miss_total"),
        ),
        (
            'cache_gets_total{result="hit"} 1\ncache_gets_total{result="miss"} 1\n',
            Counter("cache_gets_total", matchers={"result": "hit"}),
            Counter("cache_gets_total", matchers={"result": "miss"}),
        ),
    ],
)
def test_a_cache_is_known_by_its_hits_and_misses(text: str, hits: Counter, misses: Counter) -> None:
    assert find_own_changes(text) == {CACHE_HITS: hits, CACHE_MISSES: misses}


def test_what_a_library_measures_is_not_taken_from_it() -> None:
    for name in ("otel_http_stable", "redis_exporter"):
        assert find_own_changes(format_exposition(name)) == {}


def test_the_definition_says_all_of_them_and_has_their_panels() -> None:
    text = format_exposition("prometheus_client")
    text += format_histogram("shop_redis_seconds", 'command="get"')
    text += format_histogram("outgoing_seconds", 'peer="bank",status="200"')
    text += "cache_hits_total 1\ncache_misses_total 1\n"
    service = read_service(render_text_definition(text))
    recognition = recognize_convention(read_catalogue(text))
    assert service.convention.metrics == recognition.convention.metrics
    assert {REDIS_DURATION, OUTGOING_DURATION, CACHE_HITS} <= {*service.convention.metrics}
    titles = [panel["title"] for panel in build_document(dependencies(service))["panels"]]
    assert titles == [
        *("Calls to others", "Outgoing latency", "Outgoing failures by peer"),
        *("Outgoing requests by peer", "Cache", "Redis P99 by command", "Cache hit ratio"),
    ]
