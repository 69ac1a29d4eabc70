"""Objectives to begin with are bounds of buckets, near to what the program does."""

from __future__ import annotations

import pytest

from tailboard.init.convention_match import recognize_convention
from tailboard.init.objective_proposal import ObjectiveProposal, propose_objectives
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue
from tests.tailboard.init.test_definition_text import render_text_definition

ENDS = ("bucket", "count", "sum")
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
    lines += [f"{name}_{end}{{{labels}}} {counts[-1]}" for end in ENDS[1:]]
    lines += [f"# TYPE {name} histogram"]
    return format_exposition("prometheus_client", f"{name}_bucket") + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        ((1000, 1000, 1000, 1000, 1000, 1000), 0.1),
        ((0, 0, 1000, 1000, 1000, 1000), 0.5),
        ((0, 0, 998, 1000, 1000, 1000), 0.5),
        ((0, 0, 995, 1000, 1000, 1000), 2),
        ((0, 0, 980, 1000, 1000, 1000), 2),
        ((0, 0, 0, 995, 1000, 1000), 2),
        ((0, 0, 0, 0, 0, 0), 2),
    ],
)
def test_a_latency_is_promised_at_a_bound_of_which_the_budget_is_hardly_spent(
    counts: tuple[int, ...], seconds: float
) -> None:
    proposal = read_promises(format_program(*counts))
    assert (proposal.latency, proposal.omissions) == (seconds, ())


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ((0, 0, 0, 0, 1000, 1000), "in the last bucket of http_request_duration_seconds, up to 10"),
        ((0, 0, 0, 0, 0, 1000), "above the last bucket of http_request_duration_seconds, which"),
        ((0, 0, 0, 900, 900, 1000), "above the last bucket"),
    ],
)
def test_nothing_is_promised_where_the_buckets_end_below_what_was_seen(
    counts: tuple[int, ...], reason: str
) -> None:
    proposal = read_promises(format_program(*counts))
    assert (proposal.latency, proposal.availability) == (None, 0.999)
    (omission,) = proposal.omissions
    assert omission.startswith("No latency is promised: the observed P99 lies ")
    assert reason in omission


def test_a_few_requests_promise_no_more_than_the_usual() -> None:
    proposal = read_promises(format_program(9, 9, 9, 9, 9, 9))
    assert proposal.latency == 2
    assert "of only 9 requests" in proposal.remarks[0]


def test_health_checks_do_not_make_a_service_faster_than_its_panels_show_it() -> None:
    """Nine of ten requests are scrapes, which the panels leave out: the others take up to 2 s."""
    name = "http_request_duration_seconds"
    text = format_program(0, 0, 0, 1000, 1000, 1000).replace('endpoint="a"', 'endpoint="/a"')
    scrapes = format_program(9000, 9000, 9000, 9000, 9000, 9000).replace(
        'endpoint="a"', 'endpoint="/metrics"'
    )
    scrapes = "".join(line for line in scrapes.splitlines(True) if line.startswith(f"{name}_"))
    assert read_promises(text + scrapes).latency == 2


def format_statuses(counts: dict[str, int]) -> str:
    labels = 'method="a",endpoint="/a"'
    lines = [
        f'http_requests_total{{{labels},http_status="{status}"}} {count}'
        for status, count in counts.items()
    ]
    base = format_exposition("prometheus_client", "http_requests_total")
    return base + "# TYPE http_requests_total counter\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("counts", "availability"),
    [
        ({"200": 10_000}, 0.999),
        ({"200": 9_990, "404": 500, "500": 10}, 0.999),
        ({"200": 9_960, "503": 40}, 0.995),
        ({"200": 9_530, "500": 400, "503": 70}, 0.95),
        ({"200": 10, "500": 10}, 0.999),
    ],
)
def test_an_availability_is_promised_that_was_kept(
    counts: dict[str, int], availability: float
) -> None:
    proposal = read_promises(format_statuses(counts))
    assert (proposal.availability, proposal.omissions) == (availability, ())
    said = [remark for remark in proposal.remarks if remark.startswith("The availability")]
    assert bool(said) == (availability < 0.999)


def test_no_availability_is_promised_where_one_in_ten_fails() -> None:
    proposal = read_promises(format_statuses({"200": 880, "500": 120}))
    assert proposal.availability is None
    assert proposal.omissions == ("No availability is promised: 12 % of the requests fail.",)


def test_scrapes_do_not_make_a_service_more_available_than_its_panels_show_it() -> None:
    text = format_statuses({"200": 900, "500": 40})
    scrapes = 'http_requests_total{method="a",endpoint="/metrics",http_status="200"} 99999\n'
    assert read_promises(text + scrapes).availability == 0.95


def test_milliseconds_are_promised_in_seconds() -> None:
    objectives = read_promises(format_exposition("otel_http_old"))
    assert objectives.latency is not None
    assert objectives.latency <= 7.5
    assert objectives.availability == 0.999


def test_buckets_that_are_too_coarse_promise_nothing() -> None:
    text = format_exposition("fastapi_instrumentator", "http_request_duration_highr_seconds_bucket")
    objectives = read_promises(text)
    assert objectives.latency is None
    assert "too coarse" in objectives.omissions[0]
    assert objectives.availability == 0.999


@pytest.mark.parametrize("name", ["pushgateway_jobs", "celery_exporter", "redis_exporter"])
def test_what_answers_no_requests_promises_nothing(name: str) -> None:
    assert read_promises(format_exposition(name)) == ObjectiveProposal()


def test_the_promise_comes_from_the_histogram_of_the_whole_service_and_says_so() -> None:
    """By route the buckets end at 1 s, which neither the alert nor the promise reads."""
    name = "http_request_duration_highr_seconds"
    bounds = ("0.5", "1", "2.5", "5", "7.5", "10", "+Inf")
    counts = (0, 0, 0, 1000, 1000, 1000, 1000)
    lines = [
        f'{name}_bucket{{le="{le}"}} {count}' for le, count in zip(bounds, counts, strict=True)
    ]
    text = format_exposition("fastapi_instrumentator", *(f"{name}_{end}" for end in ENDS))
    text += f"# TYPE {name} histogram\n" + "\n".join(lines)
    proposal = read_promises(f"{text}\n{name}_count 1000\n{name}_sum 1000\n")
    assert proposal.latency == 5
    assert proposal.remarks[1] == (
        f"It is that of {name}. By route nothing above 1 s is known, where the buckets of "
        "http_request_duration_seconds end."
    )


def format_queries(*counts: int, rare: int = 0) -> str:
    """Queries of two tables, all of the slow ones in the second, of which there may be few."""
    name, bounds = "db_query_duration_seconds", ("0.1", "0.5", "1", "2.5", "5")
    lines = [f"# TYPE {name} histogram"]
    for table, table_counts in (("orders", (1000,) * 6), ("reports", (*counts, counts[-1] + rare))):
        labels = f'operation="SELECT",table="{table}"'
        for bound, count in zip((*bounds, "+Inf"), table_counts, strict=True):
            lines.append(f'{name}_bucket{{{labels},le="{bound}"}} {count}')
        lines += [f"{name}_{end}{{{labels}}} {table_counts[-1]}" for end in ENDS[1:]]
    base = format_exposition("prometheus_client", *(f"{name}_{end}" for end in ENDS))
    return base + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        ((100, 100, 100, 100, 100), None),
        ((0, 0, 100, 100, 100), None),
        ((0, 0, 0, 100, 100), 2.5),
        ((0, 0, 95, 100, 100), 2.5),
    ],
)
def test_queries_may_take_what_the_slowest_kind_was_seen_to_take(
    counts: tuple[int, ...], seconds: float | None
) -> None:
    proposal = read_promises(format_queries(*counts))
    assert proposal.queries == seconds
    assert any("kind of query takes up to" in remark for remark in proposal.remarks) == (
        seconds is not None
    )


@pytest.mark.parametrize("counts", [(0, 0, 0, 0, 100), (0, 0, 0, 0, 0)])
def test_no_time_of_queries_is_promised_where_the_buckets_end_below_it(
    counts: tuple[int, ...],
) -> None:
    proposal = read_promises(format_queries(*counts, rare=10))
    assert proposal.queries == float("inf")
    assert "db_query_duration_seconds has no bucket above" in proposal.omissions[-1]
    assert "queries={}" in render_text_definition(format_queries(*counts, rare=10))


@pytest.mark.parametrize(("length", "backlog"), [(3, None), (100, None), (450, 900)])
def test_a_queue_may_be_twice_as_long_as_it_was(length: int, backlog: float | None) -> None:
    text = format_exposition("celery_exporter", "celery_queue_length")
    text += f'# TYPE celery_queue_length gauge\ncelery_queue_length{{queue_name="a"}} {length}\n'
    assert read_promises(text).backlog == backlog
    assert ("backlog=900" in render_text_definition(text)) == (backlog is not None)


def format_model(*counts: int, waiting: int = 0) -> str:
    name, labels = "vllm:time_to_first_token_seconds", 'model_name="m",engine="0"'
    bounds = ("0.1", "0.5", "1", "2.5", "5")
    lines = [f"# TYPE {name} histogram"]
    for bound, count in zip((*bounds, "+Inf"), counts, strict=True):
        lines.append(f'{name}_bucket{{{labels},le="{bound}"}} {count}')
    lines += [f"{name}_{end}{{{labels}}} {counts[-1]}" for end in ENDS[1:]]
    lines += ["# TYPE vllm:num_requests_waiting gauge"]
    lines += [f"vllm:num_requests_waiting{{{labels}}} {waiting}"]
    exposed = [f"{name}_{end}" for end in ENDS]
    base = format_exposition("vllm", *exposed, "vllm:num_requests_waiting")
    return base + "\n".join(lines) + "\n"


def test_the_time_to_the_first_token_is_promised_where_it_was_seen() -> None:
    text = format_model(0, 0, 500, 1000, 1000, 1000)
    assert read_promises(text).first_token == 2.5
    assert "first_token={0.99: 2.5}" in render_text_definition(text)
    proposal = read_promises(format_model(0, 0, 0, 0, 0, 1000))
    assert proposal.first_token is None
    assert proposal.omissions[-1].startswith("No time to the first token is promised: ")


@pytest.mark.parametrize(("waiting", "limit"), [(0, None), (10, None), (30, 60)])
def test_as_many_requests_may_wait_for_a_model_as_were_seen(
    waiting: int, limit: float | None
) -> None:
    text = format_model(0, 0, 500, 1000, 1000, 1000, waiting=waiting)
    assert read_promises(text).waiting_requests == limit
    assert ("waiting_requests=60" in render_text_definition(text)) == (limit is not None)
