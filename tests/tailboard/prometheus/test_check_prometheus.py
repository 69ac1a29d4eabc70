"""`tailboard check --prometheus`: the state of each query, and what a bad server changes."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from tests.tailboard.prometheus.fake_prometheus import (
    ABSENT_VALUE,
    FakePrometheus,
    Form,
    Reply,
    build_failure,
    build_success,
    serve_fake_prometheus,
)
from tests.workspace import RUN_PROGRAM, CommandResult, Workspace

ORDERS_LABELS = {"job": "orders", "instance": "a:1"}
REQUEST_LABELS = {"endpoint": "/items", "http_status": "200"}


def build_document(*expressions: str, panel: dict[str, Any] | None = None, **fields: Any) -> str:
    """A dashboard with a panel for each expression, called by it."""
    panels = [
        {
            "title": expression,
            "type": "timeseries",
            "targets": [{"expr": expression, "refId": "A"}],
            **(panel or {}),
        }
        for expression in expressions
    ]
    return json.dumps({"title": "D", "uid": "d", "panels": panels, **fields})


@pytest.fixture
def orders_prometheus(fake_server: FakePrometheus) -> FakePrometheus:
    """A server that scrapes one program that is up, and one that is down."""
    fake_server.add_series("up", ORDERS_LABELS)
    fake_server.add_series("up", {"job": "mail", "instance": "m:1"}, value="1")
    fake_server.add_series("http_requests_total", {**ORDERS_LABELS, **REQUEST_LABELS})
    fake_server.add_series("http_requests_in_flight", ORDERS_LABELS)
    fake_server.metadata = [
        {"metric": "job_failures", "type": "counter"},
        {"metric": "http_requests", "type": "counter", "target": ORDERS_LABELS},
    ]
    return fake_server


@pytest.fixture
def run_check(
    workspace: Workspace, orders_prometheus: FakePrometheus
) -> Callable[..., CommandResult]:
    def run(*arguments: str) -> CommandResult:
        return workspace.run_tailboard(
            "check", "d.json", "--prometheus", orders_prometheus.url, *arguments
        )

    return run


@pytest.fixture
def find_state(
    workspace: Workspace, run_check: Callable[..., CommandResult]
) -> Callable[..., tuple[str, str, str]]:
    def of(expression: str, **fields: Any) -> tuple[str, str, str]:
        workspace.write_file("d.json", build_document(expression, **fields))
        (query,) = run_check("--json").json["queries"][-1:]
        return query["state"], query["problem"], query["tip"]

    return of


@pytest.mark.parametrize(
    ("expression", "expected", "problem", "tip"),
    [
        ("http_requests_total", "data", "", ""),
        ('rate(http_requests_total{job="orders"}[$__rate_interval])', "data", "", ""),
        (
            'http_requests_total{job="orders",http_status=~"5.."}',
            "no such event yet",
            'no series has http_status=~"5.."',
            "there is 200.",
        ),
        ('job_failures_total{job="orders"}', "no such event yet", "is declared", "nothing to do"),
        (
            'http_requests_totl{job="orders"}',
            "no such metric",
            "there is no http_requests_totl",
            "did you mean http_requests_total",
        ),
        ("zzz", "no such metric", "there is no zzz", "see that the program exposes it."),
        (
            'sum by (endpont) (http_requests_total{job="orders"}) > 1 and zzz',
            "no such metric",
            "there is no zzz",
            "",
        ),
        (
            'http_requests_total{job="order"}',
            "no such label",
            'no series has job="order"',
            "did you mean orders?",
        ),
        (
            'http_requests_total{job="orders",method="GET"}',
            "no such label",
            "no series has the label method",
            "it has endpoint, http_status.",
        ),
        (
            'http_requests_total{job="mail"}',
            "no such metric",
            "there is no http_requests_total",
            "see that the program exposes it.",
        ),
        (
            'http_requests_total{job="orders",instance="b:1"}',
            "no such label",
            'no series has instance="b:1"',
            "there is a:1, m:1.",
        ),
        (
            'http_requests_total{job="mail",instance="a:1"}',
            "no such label",
            'no series has all of {instance="a:1",job="mail"}',
            "see which targets",
        ),
        (
            'sum(rate(http_request_total{job="orders"}[5m])) or vector(0)',
            "no such metric",
            "there is no http_request_total",
            "did you mean http_requests_total",
        ),
        (
            "sum(zzz_total)\nor\nvector(0)",
            "no such metric",
            "there is no zzz_total",
            "see that the program exposes it.",
        ),
        ("count(zzz_total) OR vector(0)", "no such metric", "there is no zzz_total", ""),
        ('up{job="orders",instance!=" or "}', "data", "", ""),
        (
            'sum(rate(http_requests_total{job="ordrs"}[5m])) or vector(0)',
            "no such label",
            'no series has job="ordrs"',
            "did you mean orders?",
        ),
        ("sum(", "query error", "invalid parameter", "correct the expression."),
    ],
)
def test_each_query_ends_in_one_state_with_what_to_do(
    find_state: Callable[..., tuple[str, str, str]],
    expression: str,
    expected: str,
    problem: str,
    tip: str,
) -> None:
    state = find_state(expression)
    assert state[0] == expected
    assert problem in state[1]
    assert tip in state[2]
    assert "--target-label" not in state[2]


@pytest.mark.parametrize(
    ("stored", "asked", "other"),
    [
        ("took_seconds", 'rate(took_seconds_count{job="orders"}[5m])', "took_seconds"),
        ("took_seconds_count", 'rate(took_seconds{job="orders"}[5m])', "took_seconds_count"),
    ],
)
def test_of_a_histogram_that_is_read_in_both_forms_one_may_be_missing(
    workspace: Workspace,
    orders_prometheus: FakePrometheus,
    run_check: Callable[..., CommandResult],
    stored: str,
    asked: str,
    other: str,
) -> None:
    orders_prometheus.add_series(stored, ORDERS_LABELS)
    workspace.write_file("d.json", build_document(asked))
    assert run_check("--json").json["queries"][0]["state"] == "no such metric"
    both = (
        'histogram_count(rate(took_seconds{job="orders"}[5m])) '
        'or rate(took_seconds_count{job="orders"}[5m])'
    )
    workspace.write_file("d.json", build_document(asked, both))
    one, two = run_check("--json").json["queries"]
    assert one["state"] == "no such event yet"
    assert f"the histogram is stored as {other}" in one["problem"]
    assert two["state"] == "data"


def test_names_in_quotes_are_told_where_the_server_does_not_read_them(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    refusal = 'invalid parameter "query": 1:6: parse error: unexpected string ""a.b"" in label'
    orders_prometheus.replies["/query_range"] = lambda form: (
        build_failure(400, "bad_data", refusal) if "a.b" in form["query"][0] else None
    )
    state, problem, tip = find_state('rate({"a.b",job="orders"}[5m])')
    assert state == "query error"
    assert 'this server does not read names in quotes, as "a.b": invalid parameter' in problem
    assert tip.startswith("Prometheus 3 reads them")


def test_a_metric_that_was_there_within_the_hour_and_is_not_now_is_gone(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.add_series("jobs_done_total", {**ORDERS_LABELS, "state": "gone"})
    state, problem, tip = find_state('sum(jobs_done_total{job="orders"})')
    assert state == "no data any more"
    assert problem.startswith(
        'jobs_done_total has no series of {job="orders"} now; the last was at'
    )
    assert "see that the program runs" in tip


def test_an_event_that_happened_within_the_hour_is_no_mistake(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.add_series(
        "http_requests_total",
        {**ORDERS_LABELS, **REQUEST_LABELS, "http_status": "500", "state": "gone"},
    )
    state, problem, _ = find_state('http_requests_total{job="orders",http_status=~"5.."}')
    assert state == "no such event yet"
    assert problem.startswith("nothing now; the last was at ")


def test_a_program_that_is_down_is_the_reason(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.values["up"] = "0"
    orders_prometheus.add_series("jobs_done_total", {**ORDERS_LABELS, "state": "gone"})
    state, problem, tip = find_state('jobs_done_total{job="orders"}')
    assert (state, problem) == ("no data any more", 'all targets of {job="orders"} are down')
    assert "Status > Targets" in tip
    assert find_state('up{job="orders"}')[0] == "data"


def test_a_label_of_the_target_that_hides_the_programs_collides(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.known_series = [
        {**series, "endpoint": "http"} for series in orders_prometheus.known_series
    ]
    orders_prometheus.add_series(
        "hits_total", {**ORDERS_LABELS, "endpoint": "http", "exported_endpoint": "/items"}
    )
    state, problem, tip = find_state('sum by (endpoint) (rate(hits_total{job="orders"}[5m]))')
    assert state == "collides with a target label"
    assert problem == "the label endpoint is the target's; the program's is exported_endpoint"
    assert "honor_labels" in tip
    assert (
        find_state('sum by (exported_endpoint) (rate(hits_total{job="orders"}[5m]))')[0] == "data"
    )


def test_more_series_than_anybody_reads_are_too_many(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.add_series(
        "many", *({**ORDERS_LABELS, "id": str(number)} for number in range(1001))
    )
    state, problem, tip = find_state("many")
    assert (state, problem) == ("too slow or too many series", "more than 1000 series")
    assert "topk()" in tip
    assert orders_prometheus.list_expressions("query_range").count("many") == 1


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("up offset 1d", "the server has nothing yet from that long ago"),
        ("rate(up[5m] offset 1d)", "the server has nothing yet from that long ago"),
        ("max_over_time(up[1h:5m] offset 1d)", "the server has nothing yet from that long ago"),
        ('up{job!="offset"}', "all that it names is there, and nothing comes of it now"),
        ("up offset -1d", "all that it names is there, and nothing comes of it now"),
    ],
)
def test_what_was_before_the_server_began_is_told_from_what_never_happened(
    orders_prometheus: FakePrometheus,
    find_state: Callable[..., tuple[str, str, str]],
    expression: str,
    problem: str,
) -> None:
    empty_result = build_success({"resultType": "vector", "result": []})

    def silent(form: Form) -> Reply | None:
        return empty_result if form["query"][0] == expression else None

    orders_prometheus.replies["/query"] = orders_prometheus.replies["/query_range"] = silent
    assert find_state(expression)[:2] == ("no such event yet", problem)


def test_numbers_that_are_none_are_no_data(
    orders_prometheus: FakePrometheus, find_state: Callable[..., tuple[str, str, str]]
) -> None:
    orders_prometheus.values["http_requests_in_flight"] = "NaN"
    state, problem, _ = find_state("http_requests_in_flight")
    assert (state, problem.partition(":")[0]) == (
        "no such event yet",
        "there are series, but no numbers",
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            build_failure(422, "execution", "would load too many samples"),
            "too slow or too many series",
        ),
        (build_failure(503, "timeout", "query timed out"), "too slow or too many series"),
        (build_failure(422, "execution", "many-to-many matching"), "query error"),
    ],
    ids=["many", "slow", "wrong"],
)
def test_a_query_that_the_server_gives_up_is_told_with_its_words(
    orders_prometheus: FakePrometheus,
    find_state: Callable[..., tuple[str, str, str]],
    reply: Reply,
    expected: str,
) -> None:
    orders_prometheus.replies["/query_range"] = lambda _: reply
    state, problem, _ = find_state("up")
    assert (state, problem) == (expected, reply[1]["error"])


def test_a_variable_without_values_is_named_as_the_reason(
    find_state: Callable[..., tuple[str, str, str]],
) -> None:
    variable = {"name": "job", "type": "query", "query": "label_values(nothing, job)"}
    state, problem, _ = find_state('up{job="$job"}', templating={"list": [variable]})
    assert state == "no such label"
    assert "the variable $job has no values: label_values(nothing, job) gives none" in problem


def test_variables_and_windows_are_filled_before_a_query_is_asked(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    variable = {
        "name": "job",
        "type": "query",
        "query": "label_values(http_requests_total, job)",
        "includeAll": True,
        "multi": True,
    }
    text = build_document(
        'rate(http_requests_total{job=~"$job"}[$__rate_interval])',
        panel={"interval": "2m"},
        templating={"list": [variable]},
    )
    workspace.write_file("d.json", text)
    orders_prometheus.scrape_interval = "30s"
    assert run_check().exit_code == 0
    assert 'rate(http_requests_total{job=~"orders"}[150s])' in orders_prometheus.list_expressions(
        "query_range"
    )
    run_check("--scrape-interval", "1m")
    assert 'rate(http_requests_total{job=~"orders"}[240s])' in orders_prometheus.list_expressions(
        "query_range"
    )


def test_a_query_is_asked_once_however_often_it_is_drawn(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("up", "up", "up", "http_requests_total"))
    run = run_check("--json")
    assert len(run.json["queries"]) == 4
    time_check, *expressions = orders_prometheus.list_expressions("query_range")
    assert (time_check, sorted(expressions)) == ("time()", ["http_requests_total", "up"])
    assert not {"http_requests_total", "up"} & {*orders_prometheus.list_expressions()}


@pytest.mark.parametrize("end", ["/query_range", "/query"])
def test_a_server_that_moves_ranges_to_whole_steps_is_asked_for_now_besides(
    workspace: Workspace,
    orders_prometheus: FakePrometheus,
    run_check: Callable[..., CommandResult],
    end: str,
) -> None:
    """As a query frontend does: the last minute is in no range of it."""

    def move_range(form: Form) -> Reply | None:
        if "step" not in form:
            return None
        earlier_end = f"{float(form['end'][0]) // 60 * 60 - 0.5}"
        return orders_prometheus._evaluate_query(form["query"][0], float(earlier_end))

    orders_prometheus.replies[end] = move_range
    workspace.write_file("d.json", build_document("up", "http_requests_total"))
    run = run_check("--json")
    assert [query["state"] for query in run.json["queries"]] == ["data", "data"]
    instant_expressions = {"up", "http_requests_total"} & {*orders_prometheus.list_expressions()}
    assert len(instant_expressions) == (2 if end == "/query_range" else 0)


SERVICES = """
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

objectives = Objectives(latency={{0.99: 1.0}}, availability=0.999)
services = [
    Service(
        f"shop-{{number}}",
        selector={{"job": f"shop-{{number}}"}},
        convention=PROMETHEUS_CLIENT,
        objectives=objectives,
    )
    for number in range({count})
]
"""
COUNTERS = ("http_requests_total", "process_cpu_seconds_total")
HISTOGRAM = "http_request_duration_seconds"


def test_the_requests_for_several_services_stay_within_the_bound_of_the_handbook(
    workspace: Workspace, fake_server: FakePrometheus
) -> None:
    for number in range(3):
        target = {"job": f"shop-{number}", "instance": "a:1"}
        for name in ("up", "process_start_time_seconds", *COUNTERS):
            fake_server.add_series(name, target)
        for suffix in ("_bucket", "_count", "_sum"):
            fake_server.add_series(f"{HISTOGRAM}{suffix}", {**target, "le": "1"})
    workspace.write_file("shop.py", SERVICES.format(count=3))
    run = workspace.run_tailboard("check", "shop.py", "--prometheus", fake_server.url, "--json")
    ranges = fake_server.list_expressions("query_range")
    assert len(ranges) == len({*ranges}) > 300
    assert {*ranges} & {*fake_server.list_expressions()} == {"time()"}
    assert run.json["queries"]
    variables, recorded_labels, histograms = 2, 5, 2  # those of the database are read too
    for_a_service = variables + 13 + recorded_labels + len(COUNTERS) + 3 * histograms
    bound = 8 + len(ranges) + 3 * for_a_service
    assert len(fake_server.requests) <= bound


def test_the_server_sees_no_more_at_once_than_is_allowed(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document(*(f"up > -{number}" for number in range(40))))
    assert run_check("--concurrency", "2").exit_code == 0
    assert 1 <= orders_prometheus.max_concurrent <= 2


def test_rules_are_checked_and_what_they_record_is_not_loaded_yet(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file(
        "r.yaml",
        """
        groups:
          - name: g
            rules:
              - record: service:requests:rate5m
                expr: sum(rate(http_requests_total{job="orders"}[5m]))
              - alert: Failing
                expr: http_requests_total{job="orders"} > 1 and up == 0
              - alert: Mistyped
                expr: http_request_total{job="orders"} > 1
        """,
    )
    workspace.write_file("d.json", build_document("service:requests:rate5m"))
    run = run_check("r.yaml", "--json")
    states = {query["place"]["panel"]: query["state"] for query in run.json["queries"]}
    assert states == {
        "service:requests:rate5m": "no such event yet",
        "Failing": "data",
        "Mistyped": "no such metric",
    }
    panel = next(query for query in run.json["queries"] if query["place"]["dashboard"] == "d")
    assert "the server has not loaded them yet" in panel["problem"]
    orders_prometheus.recording_rules = ["service:requests:rate5m"]
    assert "has had nothing to record yet" in run_check("r.yaml").stdout


def test_what_other_services_recorded_does_not_stand_for_a_wrong_one(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    name = "service:requests:rate5m"
    workspace.write_file(
        "r.yaml",
        f"""
        groups:
          - name: g
            rules:
              - record: {name}
                expr: sum(rate(http_requests_total{{job="orders"}}[5m]))
                labels: {{service: orders}}
        """,
    )
    orders_prometheus.add_series(name, {"service": "mail"})
    selector, wrong = f'{name}{{service="orders"}}', f'sum({name}{{service="ordrs"}})'
    workspace.write_file(
        "d.json", build_document(selector, wrong, f"{wrong} or vector(0)", f"sum({name})")
    )

    def list_reported_states() -> list[tuple[str, str]]:
        run = run_check("r.yaml", "--json")
        queries = {query["place"]["panel"]: query for query in run.json["queries"]}
        return [
            (queries[expression]["state"], queries[expression]["problem"])
            for expression in (selector, wrong, f"{wrong} or vector(0)", f"sum({name})")
        ]

    unloaded = "rules of this run record it, and the server has not loaded them yet"
    unknown = 'no series has service="ordrs"'
    expected = [("no such label", unknown), ("no such label", unknown), ("data", "")]
    assert list_reported_states() == [("no such event yet", unloaded), *expected]
    assert "did you mean orders?" in run_check("r.yaml").stdout
    rule = {"name": name, "labels": {"service": "mail"}}
    orders_prometheus.replies["/rules"] = lambda _: build_success({"groups": [{"rules": [rule]}]})
    assert list_reported_states()[0][1] == unloaded
    rule["labels"] = {"service": "orders"}
    assert "has had nothing to record yet" in list_reported_states()[0][1]


def fail_from_request(number: int, reply: Reply) -> Callable[[Form], Reply | None]:
    """The reply to the range queries from so many on, and to all that comes after it."""
    count = 0

    def answer(form: Form) -> Reply | None:
        nonlocal count
        count += "step" in form
        return reply if count >= number else None

    return answer


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((0, b""), "broke the connection off"),
        ((503, b"<html>Service Unavailable</html>"), "is not able to answer (503)"),
        ((401, b""), "wants credentials (401)"),
        ((302, b"https://login.example.com"), "https://login.example.com"),
    ],
    ids=["gone", "503", "401", "login"],
)
def test_a_server_that_stops_half_way_leaves_the_rest_unchecked(
    workspace: Workspace,
    orders_prometheus: FakePrometheus,
    run_check: Callable[..., CommandResult],
    reply: Reply,
    message: str,
) -> None:
    workspace.write_file("d.json", build_document(*(f"up > -{number}" for number in range(10))))
    orders_prometheus.replies["/api/v1/query_range"] = orders_prometheus.replies[
        "/api/v1/query"
    ] = fail_from_request(5, reply)  # the first is of the time
    run = run_check("--concurrency", "1", "--json")
    assert run.exit_code == 4
    states = [query["state"] for query in run.json["queries"]]
    assert states == ["data"] * 3 + ["not checked"] * 7
    assert message in run.stderr
    assert "3 data, 7 not checked" in run.stderr


def test_a_server_that_stops_before_it_says_why_leaves_the_silent_unchecked(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("up", "zzz"))
    orders_prometheus.replies["/labels"] = lambda _: (0, b"")
    run = run_check("--json")
    assert run.exit_code == 4
    assert [query["state"] for query in run.json["queries"]] == ["data", "not checked"]


def test_a_server_that_never_answers_is_the_error_itself(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("up"))
    orders_prometheus.replies["/query_range"] = lambda _: (503, b"no healthy upstream")
    run = run_check()
    assert (run.exit_code, run.stdout) == (2, "")
    assert "is not able to answer (503): no healthy upstream" in run.stderr


def test_a_server_that_wants_credentials_ends_in_3(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("up"))
    orders_prometheus.replies["/query"] = lambda _: (401, b"")
    run = run_check()
    assert run.exit_code == 3
    assert "PROMETHEUS_TOKEN" in run.stderr


def test_a_server_that_is_too_slow_for_everything_is_left_alone(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document(*(f"up > -{number}" for number in range(40))))
    orders_prometheus.replies["/query_range"] = lambda _: build_failure(
        503, "timeout", "query timed out"
    )
    run = run_check("--concurrency", "1", "--json")
    assert run.exit_code == 4
    assert "too slow for 8 queries in a row" in run.stderr
    assert len(orders_prometheus.list_expressions("query_range")) < 12


def test_a_query_that_takes_longer_than_it_may_is_too_slow(
    workspace: Workspace, orders_prometheus: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not keep to the time that it was given, so we do."""
    workspace.write_file("d.json", build_document("up"))
    monkeypatch.setattr("tailboard.prometheus.client.server.TIMEOUT_GRACE", 0.1)
    end_event = Event()
    orders_prometheus.replies["/query_range"] = lambda _: (end_event.wait(20) or True) and None
    run = workspace.run_tailboard(
        "check", "d.json", "--prometheus", orders_prometheus.url, "--timeout", "0.1", "--json"
    )
    end_event.set()
    assert run.json["queries"][0]["state"] == "too slow or too many series"
    assert run.json["queries"][0]["problem"] == "no answer within 0.1 s"


def test_warnings_of_the_server_are_passed_on_and_stand_by_what_is_empty(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("http_requests_in_flight == 5", "unseen == 5"))
    empty_result = {"resultType": "vector", "result": []}
    partial = build_success(empty_result, warnings=["partial response: store b is unavailable"])
    orders_prometheus.replies["/query_range"] = lambda form: (
        partial if "== 5" in form["query"][0] else None
    )
    run = run_check()
    assert "warns: partial response: store b is unavailable" in run.stderr
    assert "nothing comes of it now (the server warns: partial response" in run.stdout
    assert "there is no unseen (the server warns: partial response" in run.stdout


def test_no_secret_is_ever_shown(
    workspace: Workspace, orders_prometheus: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "hidden-token")
    workspace.write_file("d.json", build_document("up", "zzz"))
    orders_prometheus.targets = [
        {
            "labels": {"job": "orders", "instance": "a:1"},
            "health": "down",
            "lastError": 'Get "http://u:hidden@a:1/metrics?token=hidden": connection refused',
        }
    ]
    workspace.write_file("d.json", build_document('up{job="orders"}'))
    run = workspace.run_tailboard("check", "d.json", "--prometheus", orders_prometheus.url)
    assert (
        'failing-target: it cannot be scraped: Get "http://a:1/metrics": connection' in run.stdout
    )
    assert "hidden" not in run.output


def test_the_address_may_come_from_the_environment_and_gives_way_to_metrics(
    workspace: Workspace, orders_prometheus: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write_file("d.json", build_document("up"))
    workspace.write_file("m.prom", "a 1\n")
    monkeypatch.setenv("PROMETHEUS_URL", orders_prometheus.url)
    assert workspace.run_tailboard("check", "d.json").exit_code == 0
    assert len(orders_prometheus.requests) > 3
    orders_prometheus.requests.clear()
    assert workspace.run_tailboard("check", "d.json", "--metrics", "m.prom").exit_code == 0
    assert orders_prometheus.requests == []
    both = workspace.run_tailboard(
        "check", "d.json", "--metrics", "m.prom", "--prometheus", orders_prometheus.url
    )
    assert both.exit_code == 2
    assert "Leave one out" in both.stderr


def test_a_batch_jobs_panel_may_be_empty_from_the_moment_its_metric_is_gone(
    workspace: Workspace, orders_prometheus: FakePrometheus, run_check: Callable[..., CommandResult]
) -> None:
    workspace.write_file("d.json", build_document("rows_total"))
    entry = '[[may_be_empty]]\npanel = "rows_total"\nreason = "it runs at night"\n'
    workspace.write_file("tailboard.toml", entry)
    assert run_check("--json").json["queries"][0]["state"] == "no such metric"
    assert run_check().exit_code == 0
    orders_prometheus.add_series("rows_total", {**ORDERS_LABELS, "state": ABSENT_VALUE})
    run = run_check("--json")
    (query,) = run.json["queries"]
    assert (query["state"], query["allowed"], run.exit_code) == (
        "no data any more",
        "it runs at night",
        0,
    )
    workspace.write_file("tailboard.toml", "")
    assert run_check().exit_code == 1


def test_an_interrupt_ends_it_at_once_with_130(
    workspace: Workspace, orders_prometheus: FakePrometheus
) -> None:
    workspace.write_file("d.json", build_document(*(f"up > -{number}" for number in range(20))))
    began, end = Event(), Event()

    def hang(_: Form) -> None:
        began.set()
        end.wait(60)

    orders_prometheus.replies["/query_range"] = hang
    command = [
        sys.executable,
        "-c",
        RUN_PROGRAM,
        "check",
        "d.json",
        "--prometheus",
        orders_prometheus.url,
    ]
    with subprocess.Popen(
        command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert began.wait(30)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    still_hanging = not end.is_set()
    end.set()
    assert (child.returncode, out, still_hanging) == (130, "", True)
    assert "Traceback" not in err


@pytest.mark.parametrize("prefix", ["/prometheus", "/api/prom"])
def test_mimir_and_thanos_live_below_a_path(workspace: Workspace, prefix: str) -> None:
    """They tell nothing of targets or configuration."""
    with serve_fake_prometheus(FakePrometheus(prefix=prefix)) as fake:
        fake.add_series("http_requests_total", ORDERS_LABELS)
        for end in ("/status/config", "/targets", "/targets/metadata"):
            fake.replies[end] = lambda _: (404, b"404 page not found\n")
        workspace.write_file(
            "d.json", build_document("rate(http_requests_total[$__rate_interval])", "zzz")
        )
        run = workspace.run_tailboard("check", "d.json", "--prometheus", f"{fake.url}/", "--json")
    assert [query["state"] for query in run.json["queries"]] == ["data", "no such metric"]
    assert "rate(http_requests_total[60s])" in fake.list_expressions("query_range")
