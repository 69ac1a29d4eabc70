"""`tailboard check --prometheus`: the state of each query, and what a bad server changes."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from tests.publish.workshop import RUN, Run, Workshop

from .fake_prometheus import GONE, FakePrometheus, Form, Reply, failure, fake_prometheus, success

ORDERS = {"job": "orders", "instance": "a:1"}
REQUESTS = {"endpoint": "/items", "http_status": "200"}


def document(*expressions: str, panel: dict[str, Any] | None = None, **more: Any) -> str:
    """A dashboard with a panel for each expression, called by it."""
    panels = [
        {
            "title": it,
            "type": "timeseries",
            "targets": [{"expr": it, "refId": "A"}],
            **(panel or {}),
        }
        for it in expressions
    ]
    return json.dumps({"title": "D", "uid": "d", "panels": panels, **more})


@pytest.fixture
def shop(fake: FakePrometheus) -> FakePrometheus:
    """A server that scrapes one program that is up, and one that is down."""
    fake.has("up", ORDERS)
    fake.has("up", {"job": "mail", "instance": "m:1"}, value="1")
    fake.has("http_requests_total", {**ORDERS, **REQUESTS})
    fake.has("http_requests_in_flight", ORDERS)
    fake.metadata = [
        {"metric": "job_failures", "type": "counter"},
        {"metric": "http_requests", "type": "counter", "target": ORDERS},
    ]
    return fake


@pytest.fixture
def check(workshop: Workshop, shop: FakePrometheus) -> Callable[..., Run]:
    def run(*arguments: str) -> Run:
        return workshop.tailboard("check", "d.json", "--prometheus", shop.url, *arguments)

    return run


@pytest.fixture
def state(workshop: Workshop, check: Callable[..., Run]) -> Callable[..., tuple[str, str, str]]:
    def of(expression: str, **more: Any) -> tuple[str, str, str]:
        workshop.write("d.json", document(expression, **more))
        (found,) = check("--json").json["queries"][-1:]
        return found["state"], found["problem"], found["tip"]

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
    state: Callable[..., tuple[str, str, str]],
    expression: str,
    expected: str,
    problem: str,
    tip: str,
) -> None:
    found = state(expression)
    assert found[0] == expected
    assert problem in found[1]
    assert tip in found[2]
    assert "--target-label" not in found[2]


def test_a_metric_that_was_there_within_the_hour_and_is_not_now_is_gone(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.has("jobs_done_total", {**ORDERS, "state": "gone"})
    found, problem, tip = state('sum(jobs_done_total{job="orders"})')
    assert found == "no data any more"
    assert problem.startswith(
        'jobs_done_total has no series of {job="orders"} now; the last was at'
    )
    assert "see that the program runs" in tip


def test_an_event_that_happened_within_the_hour_is_no_mistake(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.has("http_requests_total", {**ORDERS, **REQUESTS, "http_status": "500", "state": "gone"})
    found, problem, _ = state('http_requests_total{job="orders",http_status=~"5.."}')
    assert found == "no such event yet"
    assert problem.startswith("nothing now; the last was at ")


def test_a_program_that_is_down_is_the_reason(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.values["up"] = "0"
    shop.has("jobs_done_total", {**ORDERS, "state": "gone"})
    found, problem, tip = state('jobs_done_total{job="orders"}')
    assert (found, problem) == ("no data any more", 'all targets of {job="orders"} are down')
    assert "Status > Targets" in tip
    assert state('up{job="orders"}')[0] == "data"


def test_a_label_of_the_target_that_hides_the_programs_collides(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.known = [{**it, "endpoint": "http"} for it in shop.known]
    shop.has("hits_total", {**ORDERS, "endpoint": "http", "exported_endpoint": "/items"})
    found, problem, tip = state('sum by (endpoint) (rate(hits_total{job="orders"}[5m]))')
    assert found == "collides with a target label"
    assert problem == "the label endpoint is the target's; the program's is exported_endpoint"
    assert "honor_labels" in tip
    assert state('sum by (exported_endpoint) (rate(hits_total{job="orders"}[5m]))')[0] == "data"


def test_more_series_than_anybody_reads_are_too_many(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.has("many", *({**ORDERS, "id": str(it)} for it in range(1001)))
    found, problem, tip = state("many")
    assert (found, problem) == ("too slow or too many series", "more than 1000 series")
    assert "topk()" in tip
    assert shop.expressions("query_range") == []


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
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]], expression: str, problem: str
) -> None:
    nothing = success({"resultType": "vector", "result": []})

    def silent(form: Form) -> Reply | None:
        return nothing if form["query"][0] == expression else None

    shop.replies["/query"] = shop.replies["/query_range"] = silent
    assert state(expression)[:2] == ("no such event yet", problem)


def test_numbers_that_are_none_are_no_data(
    shop: FakePrometheus, state: Callable[..., tuple[str, str, str]]
) -> None:
    shop.values["http_requests_in_flight"] = "NaN"
    found, problem, _ = state("http_requests_in_flight")
    assert (found, problem.partition(":")[0]) == (
        "no such event yet",
        "there are series, but no numbers",
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (failure(422, "execution", "would load too many samples"), "too slow or too many series"),
        (failure(503, "timeout", "query timed out"), "too slow or too many series"),
        (failure(422, "execution", "many-to-many matching"), "query error"),
    ],
    ids=["many", "slow", "wrong"],
)
def test_a_query_that_the_server_gives_up_is_told_with_its_words(
    shop: FakePrometheus,
    state: Callable[..., tuple[str, str, str]],
    reply: Reply,
    expected: str,
) -> None:
    shop.replies["/query_range"] = lambda _: reply
    found, problem, _ = state("up")
    assert (found, problem) == (expected, reply[1]["error"])


def test_a_variable_without_values_is_named_as_the_reason(
    state: Callable[..., tuple[str, str, str]],
) -> None:
    variable = {"name": "job", "type": "query", "query": "label_values(nothing, job)"}
    found, problem, _ = state('up{job="$job"}', templating={"list": [variable]})
    assert found == "no such label"
    assert "the variable $job has no values: label_values(nothing, job) gives none" in problem


def test_variables_and_windows_are_filled_before_a_query_is_asked(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    variable = {
        "name": "job",
        "type": "query",
        "query": "label_values(http_requests_total, job)",
        "includeAll": True,
        "multi": True,
    }
    text = document(
        'rate(http_requests_total{job=~"$job"}[$__rate_interval])',
        panel={"interval": "2m"},
        templating={"list": [variable]},
    )
    workshop.write("d.json", text)
    shop.scrape_interval = "30s"
    assert check().code == 0
    assert 'rate(http_requests_total{job=~"orders"}[150s])' in shop.expressions()
    check("--scrape-interval", "1m")
    assert 'rate(http_requests_total{job=~"orders"}[240s])' in shop.expressions()


def test_a_query_is_asked_once_however_often_it_is_drawn(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("up", "up", "up", "http_requests_total"))
    run = check("--json")
    assert len(run.json["queries"]) == 4
    assert shop.expressions("query_range") == ["up", "http_requests_total"] or sorted(
        shop.expressions("query_range")
    ) == ["http_requests_total", "up"]
    assert shop.expressions().count("up") == 1


def test_the_server_sees_no_more_at_once_than_is_allowed(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document(*(f"up > -{it}" for it in range(40))))
    assert check("--concurrency", "2").code == 0
    assert 1 <= shop.most_at_once <= 2


def test_rules_are_checked_and_what_they_record_is_not_loaded_yet(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write(
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
    workshop.write("d.json", document("service:requests:rate5m"))
    run = check("r.yaml", "--json")
    found = {it["place"]["panel"]: it["state"] for it in run.json["queries"]}
    assert found == {
        "service:requests:rate5m": "no such event yet",
        "Failing": "data",
        "Mistyped": "no such metric",
    }
    panel = next(it for it in run.json["queries"] if it["place"]["dashboard"] == "d")
    assert "the server has not loaded them yet" in panel["problem"]
    shop.recording = ["service:requests:rate5m"]
    assert "has had nothing to record yet" in check("r.yaml").out


def test_what_other_services_recorded_does_not_stand_for_a_wrong_one(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    name = "service:requests:rate5m"
    workshop.write(
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
    shop.has(name, {"service": "mail"})
    ours, wrong = f'{name}{{service="orders"}}', f'sum({name}{{service="ordrs"}})'
    workshop.write("d.json", document(ours, wrong, f"{wrong} or vector(0)", f"sum({name})"))

    def told() -> list[tuple[str, str]]:
        run = check("r.yaml", "--json")
        found = {it["place"]["panel"]: it for it in run.json["queries"]}
        return [
            (found[it]["state"], found[it]["problem"])
            for it in (ours, wrong, f"{wrong} or vector(0)", f"sum({name})")
        ]

    unloaded = "rules of this run record it, and the server has not loaded them yet"
    unknown = 'no series has service="ordrs"'
    others = [("no such label", unknown), ("no such label", unknown), ("data", "")]
    assert told() == [("no such event yet", unloaded), *others]
    assert "did you mean orders?" in check("r.yaml").out
    rule = {"name": name, "labels": {"service": "mail"}}
    shop.replies["/rules"] = lambda _: success({"groups": [{"rules": [rule]}]})
    assert told()[0][1] == unloaded
    rule["labels"] = {"service": "orders"}
    assert "has had nothing to record yet" in told()[0][1]


def from_the(number: int, reply: Reply) -> Callable[[Form], Reply | None]:
    """The reply to the range queries from so many on, and to all that comes after it."""
    count = 0

    def answer(form: Form) -> Reply | None:
        nonlocal count
        count += "step" in form
        return reply if count >= number else None

    return answer


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((0, b""), "broke the connection off"),
        ((503, b"<html>Service Unavailable</html>"), "is not able to answer (503)"),
        ((401, b""), "wants credentials (401)"),
        ((302, b"https://login.example.com"), "https://login.example.com"),
    ],
    ids=["gone", "503", "401", "login"],
)
def test_a_server_that_stops_half_way_leaves_the_rest_unchecked(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run], reply: Reply, said: str
) -> None:
    workshop.write("d.json", document(*(f"up > -{it}" for it in range(10))))
    shop.replies["/api/v1/query_range"] = shop.replies["/api/v1/query"] = from_the(4, reply)
    run = check("--concurrency", "1", "--json")
    assert run.code == 4
    states = [it["state"] for it in run.json["queries"]]
    assert states == ["data"] * 3 + ["not checked"] * 7
    assert said in run.err
    assert "3 data, 7 not checked" in run.err


def test_a_server_that_stops_before_it_says_why_leaves_the_silent_unchecked(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("up", "zzz"))
    shop.replies["/labels"] = lambda _: (0, b"")
    run = check("--json")
    assert run.code == 4
    assert [it["state"] for it in run.json["queries"]] == ["data", "not checked"]


def test_a_server_that_never_answers_is_the_error_itself(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("up"))
    shop.replies["/query_range"] = lambda _: (503, b"no healthy upstream")
    run = check()
    assert (run.code, run.out) == (2, "")
    assert "is not able to answer (503): no healthy upstream" in run.err


def test_a_server_that_wants_credentials_ends_in_3(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("up"))
    shop.replies["/query"] = lambda _: (401, b"")
    run = check()
    assert run.code == 3
    assert "PROMETHEUS_TOKEN" in run.err


def test_a_server_that_is_too_slow_for_everything_is_left_alone(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document(*(f"up > -{it}" for it in range(40))))
    shop.replies["/query_range"] = lambda _: failure(503, "timeout", "query timed out")
    run = check("--concurrency", "1", "--json")
    assert run.code == 4
    assert "too slow for 8 queries in a row" in run.err
    assert len(shop.expressions("query_range")) < 12


def test_a_query_that_takes_longer_than_it_may_is_too_slow(
    workshop: Workshop, shop: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not keep to the time that it was given, so we do."""
    workshop.write("d.json", document("up"))
    monkeypatch.setattr("tailboard.prometheus.server.TIMEOUT_GRACE", 0.1)
    ended = Event()
    shop.replies["/query_range"] = lambda _: (ended.wait(20) or True) and None
    run = workshop.tailboard(
        "check", "d.json", "--prometheus", shop.url, "--timeout", "0.1", "--json"
    )
    ended.set()
    assert run.json["queries"][0]["state"] == "too slow or too many series"
    assert run.json["queries"][0]["problem"] == "no answer within 0.1 s"


def test_warnings_of_the_server_are_passed_on_and_stand_by_what_is_empty(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("http_requests_in_flight == 5", "unseen == 5"))
    nothing = {"resultType": "vector", "result": []}
    partial = success(nothing, warnings=["partial response: store b is unavailable"])
    shop.replies["/query"] = lambda form: partial if "== 5" in form["query"][0] else None
    shop.replies["/query_range"] = lambda _: success({"resultType": "matrix", "result": []})
    run = check()
    assert "warns: partial response: store b is unavailable" in run.err
    assert "nothing comes of it now (the server warns: partial response" in run.out
    assert "there is no unseen (the server warns: partial response" in run.out


def test_no_secret_is_ever_shown(
    workshop: Workshop, shop: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "hidden-token")
    workshop.write("d.json", document("up", "zzz"))
    shop.targets = [
        {
            "labels": {"job": "orders", "instance": "a:1"},
            "health": "down",
            "lastError": 'Get "http://u:hidden@a:1/metrics?token=hidden": connection refused',
        }
    ]
    workshop.write("d.json", document('up{job="orders"}'))
    run = workshop.tailboard("check", "d.json", "--prometheus", shop.url)
    assert 'failing-target: it cannot be scraped: Get "http://a:1/metrics": connection' in run.out
    assert "hidden" not in run.said


def test_the_address_may_come_from_the_environment_and_gives_way_to_metrics(
    workshop: Workshop, shop: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("d.json", document("up"))
    workshop.write("m.prom", "a 1\n")
    monkeypatch.setenv("PROMETHEUS_URL", shop.url)
    assert workshop.tailboard("check", "d.json").code == 0
    assert len(shop.asked) > 3
    shop.asked.clear()
    assert workshop.tailboard("check", "d.json", "--metrics", "m.prom").code == 0
    assert shop.asked == []
    both = workshop.tailboard("check", "d.json", "--metrics", "m.prom", "--prometheus", shop.url)
    assert both.code == 2
    assert "Leave one out" in both.err


def test_a_batch_jobs_panel_may_be_empty_from_the_moment_its_metric_is_gone(
    workshop: Workshop, shop: FakePrometheus, check: Callable[..., Run]
) -> None:
    workshop.write("d.json", document("rows_total"))
    entry = '[[may_be_empty]]\npanel = "rows_total"\nreason = "it runs at night"\n'
    workshop.write("tailboard.toml", entry)
    assert check("--json").json["queries"][0]["state"] == "no such metric"
    assert check().code == 0
    shop.has("rows_total", {**ORDERS, "state": GONE})
    run = check("--json")
    (it,) = run.json["queries"]
    assert (it["state"], it["allowed"], run.code) == ("no data any more", "it runs at night", 0)
    workshop.write("tailboard.toml", "")
    assert check().code == 1


def test_an_interrupt_ends_it_at_once_with_130(workshop: Workshop, shop: FakePrometheus) -> None:
    workshop.write("d.json", document(*(f"up > -{it}" for it in range(20))))
    began, end = Event(), Event()

    def hang(_: Form) -> None:
        began.set()
        end.wait(60)

    shop.replies["/query_range"] = hang
    command = [sys.executable, "-c", RUN, "check", "d.json", "--prometheus", shop.url]
    with subprocess.Popen(
        command, cwd=workshop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert began.wait(30)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    still_hanging = not end.is_set()
    end.set()
    assert (child.returncode, out, still_hanging) == (130, "", True)
    assert "Traceback" not in err


@pytest.mark.parametrize("prefix", ["/prometheus", "/api/prom"])
def test_mimir_and_thanos_live_below_a_path(workshop: Workshop, prefix: str) -> None:
    """They tell nothing of targets or configuration."""
    with fake_prometheus(FakePrometheus(prefix=prefix)) as fake:
        fake.has("http_requests_total", ORDERS)
        for end in ("/status/config", "/targets", "/targets/metadata"):
            fake.replies[end] = lambda _: (404, b"404 page not found\n")
        workshop.write("d.json", document("rate(http_requests_total[$__rate_interval])", "zzz"))
        run = workshop.tailboard("check", "d.json", "--prometheus", f"{fake.url}/", "--json")
    assert [it["state"] for it in run.json["queries"]] == ["data", "no such metric"]
    assert "rate(http_requests_total[60s])" in fake.expressions()
