"""What a server is asked, and what becomes of its odd answers."""

from collections.abc import Callable
from typing import Any

import pytest

from tailboard.prometheus.client.responses import QueryLimitError, RefusedError, parse_config
from tailboard.prometheus.client.server import connect_prometheus
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tests.tailboard.prometheus.fake_prometheus import (
    FakePrometheus,
    Form,
    Reply,
    build_failure,
    build_success,
    serve_fake_prometheus,
)

HTML_PAGE = b"<!DOCTYPE html><title>Sign in</title>"


def count_instant_series(
    fake_server: FakePrometheus, expression: str = "up", **environ: str
) -> int:
    """How many series a server has of an expression."""
    with connect_prometheus(fake_server.url, environ=environ, timeout=0.3) as server:
        return len(server.query_instant(expression).series)


def reply_except_time(reply: Reply) -> Callable[[Form], Reply | None]:
    return lambda form: None if form["query"] == ["time()"] else reply


def test_a_question_is_a_form_with_the_time_that_it_may_take(fake_server: FakePrometheus) -> None:
    fake_server.add_series("up", {"job": "a"}, {"job": "b"})
    assert count_instant_series(fake_server) == 2
    method, path, form = fake_server.requests[-1]
    assert (method, path) == ("POST", "/api/v1/query")
    assert form["query"] == ["up"]
    assert form["timeout"] == ["0.3s"]


@pytest.mark.parametrize("prefix", ["/prometheus", "/api/prom"])
def test_the_address_may_have_a_path(prefix: str) -> None:
    with serve_fake_prometheus(FakePrometheus(prefix=prefix)) as fake:
        fake.add_series("up")
        assert count_instant_series(fake) == 1


def test_the_address_without_its_path_is_no_prometheus() -> None:
    with serve_fake_prometheus(FakePrometheus(prefix="/prometheus")) as fake:
        fake.url = fake.url.removesuffix("/prometheus")
        with pytest.raises(ServerError, match=r"does not answer as a Prometheus does \(404\)"):
            count_instant_series(fake)


def test_who_takes_no_forms_is_asked_by_address(fake_server: FakePrometheus) -> None:
    fake_server.add_series("up")
    fake_server.replies["/query"] = lambda _: (
        (405, b"Method Not Allowed\n") if fake_server.requests[-1][0] == "POST" else None
    )
    assert count_instant_series(fake_server) == 1
    assert [method for method, _, _ in fake_server.requests] == ["POST", "GET", "GET"]


def test_tenant_token_and_headers_are_sent(fake_server: FakePrometheus) -> None:
    count_instant_series(
        fake_server,
        PROMETHEUS_TENANT="team-a",
        PROMETHEUS_TOKEN="secret",
        PROMETHEUS_HEADERS="X-Extra: 1",
    )
    headers = fake_server.headers[-1]
    assert (headers["X-Scope-OrgID"], headers["X-Extra"]) == ("team-a", "1")
    assert headers["Authorization"] == "Bearer secret"


def test_who_wants_credentials_is_told_with_the_variables(fake_server: FakePrometheus) -> None:
    fake_server.replies["/query"] = lambda _: (401, b"no org id\n")
    with pytest.raises(NotAllowedError, match="PROMETHEUS_TENANT") as messages:
        count_instant_series(fake_server)
    assert messages.value.exit_code == 3


def test_who_is_forbidden_is_told(fake_server: FakePrometheus) -> None:
    fake_server.replies["/query"] = lambda _: (403, b"RBAC: access denied")
    with pytest.raises(NotAllowedError, match="access denied"):
        count_instant_series(fake_server)


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (build_failure(400, "bad_data", "parse error"), RefusedError, "parse error"),
        (build_failure(422, "execution", "many-to-many matching"), RefusedError, "many-to-many"),
        (
            build_failure(
                422,
                "execution",
                "query processing would load too many samples into memory in query execution",
            ),
            QueryLimitError,
            "too many samples",
        ),
        (
            build_failure(422, "execution", "the limit is 1 (err-mimir-max-series)"),
            QueryLimitError,
            "mimir",
        ),
        (
            build_failure(503, "timeout", "query timed out in expression evaluation"),
            QueryLimitError,
            "out",
        ),
        (build_failure(503, "canceled", "query was canceled"), QueryLimitError, "canceled"),
        ((504, HTML_PAGE), QueryLimitError, "no answer within"),
        (build_failure(429, "too_many_requests", "too many outstanding"), ServerError, r"\(429\)"),
        ((429, b"too many\n"), ServerError, r"\(429\)"),
        ((503, b"no healthy upstream"), ServerError, "no healthy upstream"),
        ((503, HTML_PAGE), ServerError, "a page in HTML"),
        ((200, HTML_PAGE), ServerError, "an HTML page"),
        ((200, b'{"status": "succ'), ServerError, "else than JSON"),
        ((200, [1]), ServerError, "does not answer as a Prometheus does"),
        (build_success(None), ServerError, "no result"),
        (build_success({"resultType": "streams", "result": []}), ServerError, "type streams"),
        (build_success({"resultType": "vector", "result": [{}]}), ServerError, "without labels"),
        (
            build_success({"resultType": "vector", "result": [{"metric": {}, "value": [1]}]}),
            ServerError,
            "answers with",
        ),
        ((302, b"https://login.example.com/"), ServerError, "sends to https://login.example.com"),
        ((302, b"/login"), ServerError, "login"),
        ((0, b""), ServerError, "broke"),
        ((500, {}), ServerError, r"\(500\)"),
    ],
    ids=lambda reply: f"{reply[0]}-{str(reply[1])[:40]}" if isinstance(reply, tuple) else "",
)
def test_what_is_no_result_is_told(
    fake_server: FakePrometheus, reply: Reply, error: type[TailboardError], message: str
) -> None:
    fake_server.replies["/query"] = reply_except_time(reply)
    with pytest.raises(error, match=message) as messages:
        count_instant_series(fake_server)
    assert type(messages.value) is error


def test_a_server_that_is_busy_for_a_moment_is_asked_again(fake_server: FakePrometheus) -> None:
    fake_server.add_series("up")
    replies: list[Any] = [(503, HTML_PAGE), (0, b""), None]
    fake_server.replies["/query"] = lambda form: (
        None if form["query"] == ["time()"] else replies.pop(0)
    )
    assert count_instant_series(fake_server) == 1


def test_a_server_that_is_slow_says_nothing_of_other_questions(fake_server: FakePrometheus) -> None:
    fake_server.replies["/query"] = reply_except_time(
        build_failure(503, "timeout", "query timed out")
    )
    with connect_prometheus(fake_server.url, environ={}) as server:
        with pytest.raises(QueryLimitError):
            server.query_instant("slow")
        assert (
            len(
                [
                    expression
                    for expression in fake_server.list_expressions()
                    if expression == "slow"
                ]
            )
            == 1
        )


def test_warnings_and_infos_are_kept_once_and_hide_secrets(fake_server: FakePrometheus) -> None:
    warned = build_success(
        {"resultType": "vector", "result": []},
        warnings=["fetch http://user:password@store:10901/x?token=abc: refused"],
        infos=["PromQL info: not a counter"],
    )
    fake_server.replies["/query"] = reply_except_time(warned)
    with connect_prometheus(fake_server.url, environ={}) as server:
        server.query_instant("a")
        result = server.query_instant("b")
    assert server.warnings == [
        "fetch http://store:10901/x refused",
        "PromQL info: not a counter",
    ]
    assert result.warnings == ("fetch http://store:10901/x refused",)


def test_native_histograms_count_as_numbers(fake_server: FakePrometheus) -> None:
    native = {"count": "3", "sum": "1.5", "buckets": []}
    result = [{"metric": {}, "histogram": [1.0, native], "histograms": [[2.0, native]]}]
    fake_server.replies["/query"] = reply_except_time(
        build_success({"resultType": "vector", "result": result})
    )
    with connect_prometheus(fake_server.url, environ={}) as server:
        assert server.query_instant("a").series[0].points == ((1.0, 3.0), (2.0, 3.0))


def test_what_a_server_does_not_offer_is_none(fake_server: FakePrometheus) -> None:
    with connect_prometheus(fake_server.url, environ={}) as server:
        replies: list[Reply] = [
            (404, b"page not found"),
            (404, HTML_PAGE),
            (403, {}),
            (501, HTML_PAGE),
        ]
        fake_server.replies["/status/config"] = lambda _: replies.pop()
        for _ in list(replies):
            assert server.fetch_status("status/config", parse_config) is None
        assert replies == []


def test_an_unreachable_server_is_one_that_cannot_be_reached() -> None:
    with serve_fake_prometheus() as fake:
        pass
    with pytest.raises(ServerError, match="cannot be reached"):
        count_instant_series(fake)


@pytest.mark.parametrize("address", ["prometheus:9090", "http://u:p@h", "http://h/?a=b", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(TailboardError, match="--prometheus"):
        connect_prometheus(address, environ={})


def test_credentials_are_not_sent_in_the_open() -> None:
    with pytest.raises(TailboardError, match="not encrypted"):
        connect_prometheus("http://prometheus.example.com", environ={"PROMETHEUS_TOKEN": "t"})
