"""Objectives to begin with are bounds of buckets, near to what the program does."""

from __future__ import annotations

import pytest

from tailboard.init.convention_match import recognize_convention
from tailboard.init.objective_proposal import ObjectiveProposal, propose_objectives
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue

BOUNDS = ("0.05", "0.1", "0.5", "2", "10", "+Inf")


def read_promises(text: str) -> ObjectiveProposal:
    catalogue = read_catalogue(text)
    return propose_objectives(catalogue, recognize_convention(catalogue))


def format_program(*counts: int) -> str:
    """A program with the middleware, of whose requests so many took at most so many seconds."""
    name, labels = "http_request_duration_seconds", 'method="a",endpoint="a"'
    lines = [
        f'{name}_bucket{{{labels},le="{bound}"}} {count}'
        for bound, count in zip(BOUNDS, counts, strict=True)
    ]
    lines += [f"{name}_{end}{{{labels}}} {counts[-1]}" for end in ("count", "sum")]
    lines += [f"# TYPE {name} histogram"]
    return format_exposition("prometheus_client", f"{name}_bucket") + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        ((100, 100, 100, 100, 100, 100), 0.1),
        ((0, 0, 100, 100, 100, 100), 0.5),
        ((0, 0, 98, 100, 100, 100), 2),
        ((0, 0, 0, 0, 100, 100), 2),
        ((0, 0, 0, 0, 0, 100), 2),
        ((0, 0, 0, 0, 0, 0), 2),
    ],
)
def test_a_latency_is_promised_at_a_bound_that_shows_when_it_is_broken(
    counts: tuple[int, ...], seconds: float
) -> None:
    assert read_promises(format_program(*counts)).latency == seconds


def test_milliseconds_are_promised_in_seconds() -> None:
    objectives = read_promises(format_exposition("otel_http_old"))
    assert objectives.latency is not None
    assert objectives.latency <= 7.5
    assert objectives.availability == 0.999


def test_buckets_that_are_too_coarse_promise_nothing() -> None:
    text = format_exposition("fastapi_instrumentator", "http_request_duration_highr_seconds_bucket")
    objectives = read_promises(text)
    assert objectives.latency is None
    assert "too coarse" in objectives.omission_reason
    assert objectives.availability == 0.999


@pytest.mark.parametrize("name", ["pushgateway_jobs", "celery_exporter", "redis_exporter"])
def test_what_answers_no_requests_promises_nothing(name: str) -> None:
    assert read_promises(format_exposition(name)) == ObjectiveProposal()


def test_a_promise_is_one_that_can_be_judged_route_by_route() -> None:
    assert read_promises(format_exposition("fastapi_instrumentator")).latency == 1
