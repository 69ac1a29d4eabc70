"""The server on loopback: what it shows, to whom, and what it says of changes."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tailboard.panels.definition_error import DefinitionError
from tailboard.preview.pages import live_server as live_server_module
from tailboard.preview.pages.live_server import (
    HOST,
    LiveServer,
    LiveSite,
    follow_definitions,
    list_watched_files,
    read_fingerprint,
)
from tailboard.publish.errors import TailboardError


@pytest.fixture
def server() -> Iterator[LiveServer]:
    site = LiveSite()
    site.replace_files({"index.html": b"<p>one</p>", "preview.js": b"1"})
    with LiveServer(site, 0) as live_server:
        thread = threading.Thread(target=live_server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield live_server
        site.close()
        live_server.shutdown()
        thread.join()


def fetch(server: LiveServer, path: str, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(*server.server_address[:2], timeout=10)) as connection:  # type: ignore[arg-type]
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()


def test_it_listens_on_loopback_only(server: LiveServer) -> None:
    assert server.server_address[0] == HOST


def test_it_shows_the_files_of_the_site_and_no_others(server: LiveServer) -> None:
    assert fetch(server, "/") == (200, b"<p>one</p>")
    assert fetch(server, "/preview.js") == (200, b"1")
    assert fetch(server, "/../../etc/passwd")[0] == 404


def test_a_page_elsewhere_cannot_read_it_by_another_name(server: LiveServer) -> None:
    assert fetch(server, "/", Host="evil.example:80")[0] == 403


def test_open_pages_are_told_to_reload_and_of_mistakes(server: LiveServer) -> None:
    with closing(http.client.HTTPConnection(*server.server_address[:2], timeout=10)) as connection:  # type: ignore[arg-type]
        connection.request("GET", "/events")
        stream = connection.getresponse()
        assert stream.readline() == b": begin\n"
        server.site.report_mistake("orders.py: no such unit")
        lines = read_event(stream)
        assert lines[0] == "event: mistake"
        assert json.loads(lines[1].removeprefix("data: ")) == "orders.py: no such unit"
        server.site.replace_files({"index.html": b"<p>two</p>"})
        assert read_event(stream)[0] == "event: reload"
    assert fetch(server, "/")[1] == b"<p>two</p>"


def read_event(stream: http.client.HTTPResponse) -> list[str]:
    lines: list[str] = []
    while True:
        line = stream.readline().decode().rstrip("\n")
        if line.startswith(("event", "data")):
            lines.append(line)
        elif lines:
            return lines


def test_a_mistake_leaves_the_last_pages_in_place(server: LiveServer) -> None:
    server.site.report_mistake("broken")
    assert fetch(server, "/") == (200, b"<p>one</p>")


def test_a_port_that_is_taken_is_named(server: LiveServer) -> None:
    with pytest.raises(TailboardError, match="cannot listen"):
        LiveServer(LiveSite(), server.server_address[1])


def test_a_change_of_a_neighbour_is_a_change(tmp_path: Path) -> None:
    definition, neighbour = tmp_path / "orders.py", tmp_path / "shared.py"
    definition.write_text("")
    neighbour.write_text("")
    before = read_fingerprint(list_watched_files([definition]))
    neighbour.write_text("a = 1")
    assert read_fingerprint(list_watched_files([definition])) != before


class Session:
    """A definition that is edited while a preview is shown; it ends after the last step."""

    def __init__(self, path: Path, texts: list[str]) -> None:
        self.path = path
        self.site = LiveSite()
        self.reports: list[str] = []
        self._texts = iter(texts)

    def list_paths(self) -> list[Path]:
        text = next(self._texts, None)
        if text is None:
            raise KeyboardInterrupt
        if not self.path.exists() or self.path.read_text() != text:
            self.path.write_text(text)
        return [self.path]

    def build(self) -> dict[str, bytes]:
        text = self.path.read_text()
        if "mistake" in text:
            raise DefinitionError(f"no such unit in {text}")
        return {"index.html": text.encode()}

    def follow(self) -> None:
        with pytest.raises(KeyboardInterrupt):
            follow_definitions(
                self.site, self.build, self.list_paths, lambda: 0.0, self.reports.append
            )


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_server_module, "POLL_SECONDS", 0.0)


@pytest.mark.usefixtures("no_pause")
def test_a_definition_that_changes_is_drawn_anew(tmp_path: Path) -> None:
    session = Session(tmp_path / "orders.py", ["one", "one", "number two", "number two"])
    session.follow()
    assert session.site.files == {"index.html": b"number two"}
    assert session.site.version == 1
    assert session.reports == ["a definition changed"]


@pytest.mark.usefixtures("no_pause")
def test_a_mistake_is_shown_until_it_is_mended_beside_the_last_drawing(tmp_path: Path) -> None:
    path = tmp_path / "orders.py"
    session = Session(path, ["one", "good", "a mistake"])
    session.follow()
    assert session.site.files == {"index.html": b"good"}
    assert "no such unit" in session.site.mistake
    session = Session(path, ["good", "a mistake", "mended"])
    session.follow()
    assert session.site.mistake == ""
    assert session.site.files == {"index.html": b"mended"}
