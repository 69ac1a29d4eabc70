"""A connection: what it asks again, where its secrets go, what it makes of odd answers."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from urllib3 import HTTPResponse

from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.credentials import Credentials
from tailboard.publish.http.retry import RequestRetry
from tests.loopback_server import LoopbackServer, QuietHandler

TOKEN = Credentials(token="hidden-token")
Reply = tuple[int, bytes, dict[str, str]]
OK: Reply = (200, b'{"a": 1}', {})


class ScriptedServer:
    """Answers what it was told, in order, the last reply again and again; None hangs up."""

    def __init__(self) -> None:
        self.replies: list[Reply | None] = [OK]
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.held: threading.Event | None = None

    def take_reply(self) -> Reply | None:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def set_replies(self, *replies: Reply | None) -> None:
        self.replies = list(replies)


@pytest.fixture
def server() -> Iterator[tuple[ScriptedServer, str]]:
    """A server, and its address."""
    scripted_server = ScriptedServer()
    with run_server(scripted_server) as address:
        yield scripted_server, address


@contextlib.contextmanager
def run_server(scripted_server: ScriptedServer) -> Iterator[str]:
    """The address of a server while it runs."""

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            scripted_server.asked.append((self.command, self.path, headers))
            reply = scripted_server.take_reply()
            if scripted_server.held:
                scripted_server.held.wait(10)
            if reply is None:
                self.close_connection = True
                return
            code, body, extra_headers = reply
            self.send_response(code)
            for name, value in {"Content-Length": str(len(body)), **extra_headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_PUT(self) -> None:
            self.answer()

    with LoopbackServer(Handler) as listening:
        yield listening.url


def open_connection(
    address: str, credentials: Credentials | None = None, **options: Any
) -> Connection:
    """A connection that hardly pauses."""
    return Connection(address, credentials, **{"backoff_factor": 0.001, **options})


def test_a_sub_path_stands_before_every_path(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    with open_connection(f"{address}/grafana") as connection:
        assert connection.request("GET", "/api/health", params={"a": "b c"}).body == {"a": 1}
    assert scripted_server.asked[0][:2] == ("GET", "/grafana/api/health?a=b+c")


@pytest.mark.parametrize("passing", [(429, b"", {}), (502, b"", {}), (503, b"", {}), None])
def test_a_reading_request_is_repeated_when_what_was_wrong_may_pass(
    server: tuple[ScriptedServer, str], passing: Reply | None
) -> None:
    scripted_server, address = server
    scripted_server.set_replies(passing, OK)
    with open_connection(address) as connection:
        assert connection.request("GET", "/a").ok
    assert len(scripted_server.asked) == 2


def test_a_write_is_repeated_only_where_the_server_was_too_busy_to_begin(
    server: tuple[ScriptedServer, str],
) -> None:
    scripted_server, address = server
    with open_connection(address) as connection:
        scripted_server.set_replies((429, b"", {"Retry-After": "0"}), OK)
        assert connection.request("POST", "/a", json={}).ok
        scripted_server.set_replies((503, b'{"message": "no"}', {}), OK)
        assert connection.request("POST", "/a", json={}).status == 503
    assert len(scripted_server.asked) == 3


def test_of_a_write_that_broke_off_nobody_knows_what_became(
    server: tuple[ScriptedServer, str],
) -> None:
    scripted_server, address = server
    scripted_server.set_replies(None)
    with open_connection(address) as connection, pytest.raises(ServerError) as broken:
        connection.request("POST", "/a", json={})
    assert broken.value.is_uncertain
    assert len(scripted_server.asked) == 1


def test_a_server_that_never_recovers_is_not_asked_for_ever(
    server: tuple[ScriptedServer, str],
) -> None:
    scripted_server, address = server
    scripted_server.set_replies((503, b'{"message": "down"}', {}))
    with open_connection(address) as connection:
        response = connection.request("GET", "/a")
    assert (response.status, response.message) == (503, "down")
    assert len(scripted_server.asked) == 5


@pytest.mark.parametrize(
    ("retry_after", "paused"),
    [
        ("86400", 10),
        ("2", 2),
        ("soon", None),
        ("9" * 5000, None),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
    ],
)
def test_nobody_waits_as_long_as_a_server_pleases(retry_after: str, paused: float | None) -> None:
    busy = HTTPResponse(status=429, headers={"Retry-After": retry_after})
    assert RequestRetry().get_retry_after(busy) == paused


def test_where_nobody_listens_is_told_with_the_address_and_without_secrets() -> None:
    with (
        open_connection("http://127.0.0.1:9", TOKEN) as connection,
        pytest.raises(ServerError) as excinfo,
    ):
        connection.request("POST", "/a?token=hidden-token", json={})
    assert "http://127.0.0.1:9/a cannot be reached" in str(excinfo.value)
    assert "hidden" not in str(excinfo.value)
    assert not excinfo.value.is_uncertain


@pytest.mark.parametrize("named", ["NewConnectionError", "NameResolutionError"])
def test_a_name_in_the_address_does_not_change_what_went_wrong(
    server: tuple[ScriptedServer, str], named: str
) -> None:
    scripted_server, address = server
    scripted_server.set_replies(None)
    with open_connection(address) as connection, pytest.raises(ServerError) as excinfo:
        connection.request("GET", f"/api/{named}")
    assert "broke the connection off" in excinfo.value.problem


def test_a_proxy_that_nobody_runs_was_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with (
        open_connection("http://grafana.invalid") as connection,
        pytest.raises(ServerError) as excinfo,
    ):
        connection.request("POST", "/a", json={})
    assert "through the proxy" in excinfo.value.problem
    assert not excinfo.value.is_uncertain


def test_the_token_is_sent_and_beats_netrc(
    server: tuple[ScriptedServer, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_server, address = server
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    with open_connection(address, TOKEN) as connection:
        connection.request("GET", "/a")
    with open_connection(address) as connection:
        connection.request("GET", "/a")
    assert scripted_server.asked[0][2]["authorization"] == "Bearer hidden-token"
    assert "authorization" not in scripted_server.asked[1][2]


def test_secrets_go_to_no_other_host(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    scripted_server.set_replies((302, b"", {"Location": "http://localhost:1/api?token=hidden"}))
    with open_connection(address, TOKEN) as connection, pytest.raises(ServerError) as excinfo:
        connection.request("GET", "/api/a")
    assert "sends to http://localhost:1/api" in str(excinfo.value)
    assert "hidden" not in str(excinfo.value)


@pytest.mark.parametrize("other", ["{evil}\\@{own}/x", "u:p@{own}/x", "{own}/x\ty"])
def test_a_redirect_that_is_no_plain_address_is_not_followed(
    server: tuple[ScriptedServer, str], other: str
) -> None:
    scripted_server, address = server
    evil = ScriptedServer()
    with run_server(evil) as evil_address:
        names = {"evil": evil_address.removeprefix("http://"), "own": address[7:]}
        location = f"http://{other.format(**names)}"
        scripted_server.set_replies((302, b"", {"Location": location}))
        refused = pytest.raises(ServerError, match="redirects to what is no plain address")
        with open_connection(address, TOKEN) as connection, refused:
            connection.request("GET", "/api/a")
    assert not evil.asked


def test_a_redirect_within_the_server_is_followed(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    scripted_server.set_replies((307, b"", {"Location": "/b?c=d"}), OK)
    with open_connection(address, TOKEN) as connection:
        assert connection.request("GET", "/a", params={"e": "f"}).ok
    assert [path for _, path, _ in scripted_server.asked] == ["/a?e=f", "/b?c=d"]


@pytest.mark.parametrize("name", ["login-service", "login"])
def test_what_is_called_after_a_login_is_none(
    server: tuple[ScriptedServer, str], name: str
) -> None:
    scripted_server, address = server
    path = f"/api/dashboards/uid/{name}"
    scripted_server.set_replies((307, b"", {"Location": f"/grafana{path}"}), OK)
    with open_connection(address) as connection:
        assert connection.request("GET", path).ok


def test_a_login_right_below_the_sub_path_is_one(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    scripted_server.set_replies((302, b"", {"Location": "/monitoring/login/start"}), OK)
    refused = pytest.raises(ServerError, match="it is a login")
    with open_connection(f"{address}/monitoring") as connection, refused:
        connection.request("GET", "/a")


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((302, b"", {"Location": "/login"}), "it is a login"),
        ((302, b"", {"Location": "/login/generic_oauth?to=%2Fa"}), "it is a login"),
        ((302, b"", {"Location": "/auth/login/?to=%2Fa"}), "it is a login"),
        ((302, b"", {"Location": "/a"}), "redirects more than"),
        ((200, b"\n<!DOCTYPE html><title>Log in</title>", {}), "with an HTML page"),
        ((404, b"<html>nginx</html>", {}), "answers 404 with an HTML page"),
        ((200, b"hello", {}), "something else than JSON"),
    ],
)
def test_what_is_no_answer_is_told_by_its_cause(
    server: tuple[ScriptedServer, str], reply: Reply, message: str
) -> None:
    scripted_server, address = server
    scripted_server.set_replies(reply)
    with open_connection(address) as connection, pytest.raises(ServerError, match=message):
        connection.request("GET", "/a")


def test_an_answer_cut_off_in_the_middle_is_none(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    scripted_server.set_replies((200, b'{"a": 1', {"Content-Length": "100", "Connection": "close"}))
    with open_connection(address) as connection, pytest.raises(ServerError):
        connection.request("GET", "/a")


def test_credentials_that_are_not_accepted_are_not_allowed(
    server: tuple[ScriptedServer, str],
) -> None:
    scripted_server, address = server
    scripted_server.set_replies((401, b'{"message": "Invalid API key"}', {}))
    refused = pytest.raises(NotAllowedError, match="does not accept the credentials")
    with open_connection(address, TOKEN) as connection, refused as refusal:
        connection.request("GET", "/a")
    assert "hidden" not in str(refusal.value)


def test_a_reason_is_one_line_whatever_the_server_says(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    with open_connection(address) as connection:
        scripted_server.set_replies((412, json.dumps({"message": "a\n  b"}).encode(), {}))
        assert connection.request("PUT", "/a").message == "a b"
        scripted_server.set_replies((404, b"404 page not found\n", {}))
        assert connection.request("GET", "/a").message == "404 page not found"
        scripted_server.set_replies((500, b"", {}))
        assert connection.request("PUT", "/a").message == "status 500"


def test_a_secret_is_not_sent_where_others_may_listen() -> None:
    with pytest.raises(TailboardError, match="--allow-http"):
        open_connection("http://grafana.example.com", TOKEN)
    open_connection("http://grafana.example.com", TOKEN, allow_http=True).close()
    open_connection("http://grafana.example.com").close()


def test_a_proxy_of_the_environment_is_asked_instead(
    server: tuple[ScriptedServer, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_server, proxy = server
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "internal.invalid")
    with open_connection("http://grafana.invalid") as connection:
        assert connection.request("GET", "/api/health").ok
    assert scripted_server.asked[0][1] == "http://grafana.invalid/api/health"
    with open_connection("http://internal.invalid") as connection, pytest.raises(ServerError):
        connection.request("GET", "/api/health")
    assert len(scripted_server.asked) == 1


def test_only_so_many_requests_run_at_once(server: tuple[ScriptedServer, str]) -> None:
    scripted_server, address = server
    scripted_server.held = threading.Event()
    with open_connection(address, max_connections=2) as connection:
        asking = [threading.Thread(target=connection.request, args=("GET", "/a")) for _ in range(5)]
        for thread in asking:
            thread.start()
        _wait_until(lambda: len(scripted_server.asked) == 2)
        running = len(scripted_server.asked)
        scripted_server.held.set()
        for thread in asking:
            thread.join()
    assert running == 2
    assert len(scripted_server.asked) == 5


def _wait_until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    raise AssertionError("it never became true")
