"""Answers without end, of any size, shape and pace: each ends as a response or as one error."""

import contextlib
import gzip
import itertools
import time
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tailboard.metrics import exposition_source
from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition_source import read_source
from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.session import Limits
from tests.example_counts import count_examples
from tests.publish.http.raw_server import run_raw_server

SMALL = Limits(connect_timeout=5, read_timeout=5, total_timeout=60, max_bytes=100_000)
SHORT = Limits(connect_timeout=5, read_timeout=5, total_timeout=0.1, max_bytes=10**9)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b" " * 10**7)


def fetch(address: str, limits: Limits) -> object:
    with Connection(address, limits=limits, backoff_factor=0.001) as connection:
        return connection.request("GET", "/a").body


def repeat(*pieces: bytes, then: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.chain(pieces, itertools.repeat(then))


def trickle(*pieces: bytes, then: bytes) -> Callable[[], Iterator[bytes]]:
    def build_pieces() -> Iterator[bytes]:
        yield from pieces
        while True:
            time.sleep(0.01)
            yield then

    return build_pieces


ENDLESS = {
    "body": repeat(OK + b"\r\n", then=b" " * 9999),
    "chunks": repeat(CHUNKED, then=b"270f\r\n" + b" " * 9999 + b"\r\n"),
    "trailers": repeat(CHUNKED + b"0\r\n", then=b"a: b\r\n" * 999),
    "interim answers": repeat(then=b"HTTP/1.1 100 Continue\r\n\r\n" * 999),
    "body of a redirect": repeat(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", then=b" " * 9999),
    "body of an error": repeat(b"HTTP/1.1 400 Bad\r\n\r\n", then=b" " * 9999),
    "gzip": lambda: [OK + b"Content-Encoding: gzip\r\n\r\n", BOMB],
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_answer_without_end_is_refused_by_its_size(kind: str) -> None:
    with run_raw_server(ENDLESS[kind]) as address, pytest.raises(ServerError) as refusal:
        fetch(address, SMALL)
    expected = "redirects more than" if "redirect" in kind else "answers with more than"
    assert expected in refusal.value.problem


@pytest.mark.parametrize("beginning", [OK, CHUNKED], ids=["header", "chunk size"])
def test_a_line_without_end_is_refused(beginning: bytes) -> None:
    server = run_raw_server(repeat(beginning, then=b"0" * 9999))
    with server as address, pytest.raises(ServerError):
        fetch(address, SMALL)


TRICKLES = {
    "status": trickle(b"HTTP/1.1 200 ", then=b"O"),
    "headers": trickle(OK, then=b"a: b\r\n"),
    "body": trickle(OK + b"Content-Length: 99999\r\n\r\n", then=b" "),
    "chunks": trickle(CHUNKED, then=b"1\r\n \r\n"),
    "interim answers": trickle(then=b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("kind", TRICKLES)
def test_an_answer_that_trickles_is_given_up_as_a_whole(kind: str) -> None:
    with run_raw_server(TRICKLES[kind]) as address, pytest.raises(ServerError) as refusal:
        fetch(address, SHORT)
    assert "takes longer than 0.1 s" in refusal.value.problem
    assert refusal.value.is_timeout


def test_of_a_write_whose_answer_has_no_end_nobody_knows_what_became() -> None:
    with (
        run_raw_server(ENDLESS["body"]) as address,
        Connection(address, limits=SMALL) as connection,
        pytest.raises(ServerError) as refusal,
    ):
        connection.request("POST", "/a", json={})
    assert refusal.value.is_uncertain


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate", "gzip"])
def test_an_encoding_that_was_not_asked_for_or_is_broken_is_an_error(encoding: str) -> None:
    answer = OK + f"Content-Encoding: {encoding}\r\n\r\n{{}}".encode()
    with run_raw_server(lambda: [answer]) as address, pytest.raises(ServerError):
        fetch(address, SMALL)


def test_a_body_in_gzip_is_read() -> None:
    content = gzip.compress(b'{"a": 1}')
    answer = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + content
    with run_raw_server(lambda: [answer]) as address:
        assert fetch(address, SMALL) == {"a": 1}


@pytest.mark.parametrize("kind", ENDLESS)
def test_metrics_without_end_are_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition_source, "MAX_BYTES", 100_000)
    with run_raw_server(ENDLESS[kind]) as address, pytest.raises(TailboardError):
        read_source(f"{address}/metrics", Catalogue())


@pytest.mark.parametrize("kind", TRICKLES)
def test_metrics_that_trickle_are_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition_source, "TIMEOUTS", (5.0, 5.0, 0.1))
    with run_raw_server(TRICKLES[kind]) as address, pytest.raises(TailboardError) as refusal:
        read_source(f"{address}/metrics", Catalogue())
    assert "takes longer than 0.1 s" in refusal.value.problem


STATUS_LINES = st.sampled_from(
    [
        *(b"HTTP/1.1 %d x" % status for status in (101, 200, 204, 302, 304, 401, 429, 503, 99999)),
        *(b"HTTP/1.0 200", b"HTTP/9 1 x", b"ICY 200 OK", b""),
    ]
)
NAMES = st.sampled_from(
    [
        *(b"Content-Length", b"Transfer-Encoding", b"Content-Encoding", b"Content-Type"),
        *(b"Location", b"Retry-After", b"Set-Cookie", b"Connection", b"WWW-Authenticate"),
        *(b"X", b"", b" a"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                b"0",
                b"2",
                b"-1",
                b"99",
                b"1, 2",
                b"9" * 5000,
                b"chunked",
                b"gzip",
                b"deflate",
                b"close",
            ),
            *(b"keep-alive", b"text/plain; charset=undefined", b"application/json; charset=utf-16"),
            *(b"/b", b"//b", b"http://b\\@c/", b"http://[::1", b"\xff\xfe", b"?", b"\t", b"Basic"),
            *(
                b"Fri, 31 Dec 99999 23:59:59 GMT",
                b"a=b; expires=Thu, 99-Foo-1 1:1:1",
                b"a" * 70_000,
            ),
            *(b"Mon, 01 Jan 0000 00:00:00 -9999", b"\xc3\xa9", b"a=b; max-age=x; version=z"),
        ]
    ),
    st.binary(max_size=20),
)
BODIES = st.one_of(
    st.sampled_from(
        [
            *(
                b"",
                b"{}",
                b"[",
                b"\xef\xbb\xbf{}",
                b"<html>",
                b"\xff",
                b'"\\ud800"',
                b"NaN",
                b"1e999",
            ),
            *(b"[" * 300 + b"]" * 300, b"[" * 10**5, b"9" * 5000, b"2\r\n{}\r\n0\r\n\r\n"),
            *(
                b"z\r\n",
                b"-1\r\n",
                b"5\r\n{}",
                gzip.compress(b"{}"),
                zlib.compress(b"{}"),
                b"\x1f\x8b",
            ),
        ]
    ),
    st.binary(max_size=50),
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    headers = draw(st.lists(st.tuples(NAMES, VALUES), max_size=4))
    end = draw(st.sampled_from([b"\r\n", b"\n"]))
    lines = [draw(STATUS_LINES), *(name + b": " + value for name, value in headers), b""]
    return end.join(lines) + end + draw(BODIES)


@st.composite
def pieces_of_answers(draw: st.DrawFn) -> list[bytes]:
    answer = draw(st.one_of(answers(), st.binary(max_size=200)))
    cuts = sorted(draw(st.lists(st.integers(0, len(answer)), max_size=3)))
    return [answer[i:j] for i, j in itertools.pairwise([0, *cuts, len(answer)])]


@settings(
    max_examples=count_examples(200),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(pieces=pieces_of_answers(), method=st.sampled_from(["GET", "POST"]))
def test_an_answer_of_any_shape_is_a_response_or_one_error(
    pieces: Iterable[bytes], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.publish.http.retry.MAX_BACKOFF", 0.0)
    limits = Limits(connect_timeout=5, read_timeout=5, total_timeout=10, max_bytes=10**6)
    with run_raw_server(lambda: pieces) as address:
        connection = Connection(address, limits=limits, backoff_factor=0)
        with connection, contextlib.suppress(TailboardError):
            connection.request(method, "/a")
        with contextlib.suppress(TailboardError):
            read_source(f"{address}/metrics", Catalogue())
