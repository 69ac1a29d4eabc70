"""Where metrics are read from: files, and addresses that answer well, badly or never."""

import contextlib
import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tailboard.cli.main import main
from tailboard.metrics import exposition_source
from tailboard.metrics.exposition_source import open_lines
from tailboard.publish.errors import TailboardError
from tailboard.publish.http.gzip_stream import CHUNK_BYTES
from tests.loopback_server import LoopbackServer, QuietHandler

EXPOSITION = b"a 1\nb 2\n"


class ProgramHandler(QuietHandler):
    """A program under test: its path says how it answers."""

    requests: ClassVar[list[dict[str, str]]] = []
    release: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self.requests.append({key.lower(): value for key, value in self.headers.items()})
        path = self.path.partition("?")[0]
        if path == "/slow":
            self.release.wait(10)
        body, headers, code = {
            "/metrics": (EXPOSITION, {}, 200),
            "/gzip": (gzip.compress(EXPOSITION), {"Content-Encoding": "gzip"}, 200),
            "/file.gz": (gzip.compress(EXPOSITION), {}, 200),
            "/moved": (b"", {"Location": "/metrics"}, 302),
            "/login": (b"", {"Location": "http://login.invalid/?token=hidden"}, 302),
            "/backslash": (b"", {"Location": "http://login.invalid\\@127.0.0.1/x"}, 302),
            "/round": (b"", {"Location": "/round"}, 302),
            "/html": (b"\n <!DOCTYPE html><html>", {}, 200),
            "/private": (b"no", {}, 401),
            "/broken": (EXPOSITION, {"Content-Length": "100"}, 200),
        }.get(path, (b"gone", {}, 404))
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked may have gone
            self.wfile.write(body)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the program answers."""
    with LoopbackServer(ProgramHandler) as server:
        yield f"127.0.0.1:{server.server_port}"
        ProgramHandler.release.set()


def read_lines(source: str) -> list[bytes]:
    with open_lines(source) as (lines, _):
        return list(lines)


def catch_error(source: str) -> str:
    with pytest.raises(TailboardError) as error:
        read_lines(source)
    assert error.value.tip
    return str(error.value)


# Files


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_plain_or_gzip(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "metrics"
    path.write_bytes(gzip.compress(EXPOSITION) if packed else EXPOSITION)
    assert read_lines(str(path)) == [b"a 1\n", b"b 2\n"]


def test_gzip_in_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "metrics.gz"
    many = b"".join(b"metric_%d 1\n" % number for number in range(50_000))
    path.write_bytes(gzip.compress(many) + gzip.compress(b"z 1\n") + b"\0" * 8)
    assert b"".join(read_lines(str(path))) == many + b"z 1\n"


@pytest.mark.parametrize("size", [CHUNK_BYTES - 4, CHUNK_BYTES, 10**6])
def test_gzip_that_shrinks_much_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    path = tmp_path / "metrics.gz"
    path.write_bytes(gzip.compress(b"a 1\n" * (size // 4)))
    assert sum(map(len, read_lines(str(path)))) == size // 4 * 4


@pytest.mark.parametrize(
    "data", [gzip.compress(EXPOSITION)[:-9], b"\x1f\x8bnothing"], ids=["cut off", "no gzip"]
)
def test_gzip_that_is_cut_off_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "metrics.gz"
    path.write_bytes(data)
    assert "broken gzip" in catch_error(str(path))


def test_the_last_line_keeps_that_it_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "metrics"
    path.write_bytes(b"a 1\nb")
    assert read_lines(str(path)) == [b"a 1\n", b"b"]


def test_too_much_is_refused_before_all_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposition_source, "MAX_BYTES", 10)
    path = tmp_path / "metrics"
    path.write_bytes(gzip.compress(EXPOSITION * 100_000))
    assert "larger than" in catch_error(str(path))


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "metrics"
    path.write_bytes(b"a" * (exposition_source.MAX_LINE_BYTES + CHUNK_BYTES))
    assert "a line that is longer" in catch_error(str(path))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<html>", "this is an HTML page, not metrics"),
        (b"\xef\xbb\xbf\r\n <!doctype html>", "this is an HTML page, not metrics"),
        (b'{"status": "success"}', "this is JSON, not metrics"),
        (b"[1]", "this is JSON, not metrics"),
        (b"{}", "this is JSON, not metrics"),
    ],
)
def test_what_is_often_taken_for_metrics_is_named(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    path = tmp_path / "metrics"
    path.write_bytes(data)
    assert problem in catch_error(str(path))


def test_a_metric_whose_name_is_in_quotes_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "metrics"
    path.write_bytes(b'{"http.requests", method="GET"} 1\n')
    assert len(read_lines(str(path))) == 1


# Addresses


@pytest.mark.parametrize(
    "source", ["user:hidden@host", "http//u:hidden@h", "ftp://u:hidden@h/a?hidden", "a\0:hidden@b"]
)
def test_a_mistyped_address_is_named_without_its_password(source: str) -> None:
    text = catch_error(source)
    assert "begins with http://" in text
    assert "hidden" not in text


def test_a_user_and_password_of_the_address_are_sent_after_a_redirect_too(address: str) -> None:
    read_lines(f" http://anna:p%40w@{address}/moved")
    assert ProgramHandler.requests[-1]["authorization"] == "Basic YW5uYTpwQHc="


@pytest.mark.parametrize("path", ["metrics", "gzip", "file.gz", "moved"])
def test_an_address_is_asked_for_text(address: str, path: str) -> None:
    assert read_lines(f"http://{address}/{path}") == [b"a 1\n", b"b 2\n"]
    accepted = ProgramHandler.requests[-1]["accept"]
    assert accepted.startswith("application/openmetrics-text")
    assert "text/plain" in accepted


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("login", "sends to another host, login.invalid"),
        ("backslash", "redirects to what is no plain address"),
        ("round", "redirects more than 5 times"),
        ("html", "this is an HTML page, not metrics"),
        ("private", "answers 401: it wants a login"),
        ("other", "answers 404"),
        ("broken", "broke off in the middle"),
    ],
)
def test_an_address_that_answers_badly_is_named_without_secrets(
    address: str, path: str, problem: str
) -> None:
    text = catch_error(f"http://anna:hidden@{address}/{path}?token=hidden")
    assert f"http://{address}/{path}" in text
    assert problem in text
    assert "hidden" not in text
    assert "anna" not in text


def test_an_address_that_is_slow_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition_source, "TIMEOUTS", (1.0, 0.1, 9.0))
    assert "does not answer in time" in catch_error(f"http://{address}/slow")


def test_an_address_that_never_ends_is_given_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposition_source, "TIMEOUTS", (1.0, 1.0, 0.0))
    assert "takes longer than" in catch_error(f"http://{address}/metrics")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("http://127.0.0.1:1/metrics", "cannot be reached"),
        ("http://a:hidden@127.0.0.1:99999/metrics", "cannot be asked"),
        ("http://", "cannot be asked"),
    ],
)
def test_an_address_where_nobody_is_is_named(source: str, problem: str) -> None:
    text = catch_error(source)
    assert problem in text
    assert "hidden" not in text


def test_what_wants_a_login_is_its_own_exit_code(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "a.yaml"
    rules.write_text("groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]")
    assert main(["check", str(rules), "--metrics", f"http://{address}/private"]) == 3
    assert "it wants a login" in capsys.readouterr().err
