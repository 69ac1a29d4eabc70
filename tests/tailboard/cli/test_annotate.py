"""`tailboard annotate`: a mark for a deployment, which never makes it fail."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest

from tailboard.cli.commands import annotate
from tailboard.dashboards.annotations import deployments
from tests.loopback_server import LoopbackServer, QuietHandler
from tests.publish.rulers.conftest import clear_environment
from tests.workspace import Workspace


class AnnotationServer(LoopbackServer):
    """Keeps the bodies of what is posted; `status` is what it answers."""

    def __init__(self) -> None:
        super().__init__(_build_handler(self))
        self.bodies: list[Any] = []
        self.status = 200
        self.release = Event()
        self.release.set()


def _build_handler(server: AnnotationServer) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.release.wait(30)
            server.bodies.append((self.path, body, self.headers["Authorization"]))
            self.send_response(server.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnnotationServer]:
    """A Grafana that takes annotations, in the environment."""
    clear_environment(monkeypatch)
    with AnnotationServer() as annotation_server:
        monkeypatch.setenv("GRAFANA_URL", annotation_server.url)
        monkeypatch.setenv("GRAFANA_TOKEN", "a-token-of-a-deployer")
        yield annotation_server
        annotation_server.release.set()


def test_a_deployment_is_marked_with_what_dashboards_ask_for(
    workspace: Workspace, server: AnnotationServer
) -> None:
    result = workspace.run_tailboard("annotate", "--text", "orders 1.4.2")
    assert result.exit_code == 0
    ((path, body, credentials),) = server.bodies
    assert path == "/api/annotations"
    assert body == {"tags": deployments()["target"]["tags"], "text": "orders 1.4.2"}
    assert credentials == "Bearer a-token-of-a-deployer"
    assert "a-token-of-a-deployer" not in result.output


def test_tags_are_those_that_are_named(workspace: Workspace, server: AnnotationServer) -> None:
    workspace.run_tailboard("annotate", "--tag", "deploy", "--tag", "orders", "--text", "x")
    assert server.bodies[0][1]["tags"] == ["deploy", "orders"]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_refusal_fails_no_deployment(
    workspace: Workspace, server: AnnotationServer, status: int
) -> None:
    server.status = status
    result = workspace.run_tailboard("annotate", "--text", "x")
    assert result.exit_code == 0
    assert "no mark in Grafana" in result.stderr


@pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1:9"])
def test_a_wrong_address_fails_no_deployment(
    workspace: Workspace, server: AnnotationServer, address: str
) -> None:
    result = workspace.run_tailboard("annotate", "--grafana", address, "--text", "x")
    assert result.exit_code == 0
    assert "no mark in Grafana" in result.stderr


def test_a_server_that_hangs_is_not_waited_for(
    workspace: Workspace, server: AnnotationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotate, "TIME_LIMIT", 0.2)
    server.release.clear()
    result = workspace.run_tailboard("annotate", "--text", "x")
    assert result.exit_code == 0
    assert "no answer within 0.2 s" in result.stderr


def test_each_named_target_gets_a_mark(
    workspace: Workspace, server: AnnotationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_EAST_TOKEN", "token-of-east")
    workspace.write_file(
        "tailboard.toml",
        f"""
        [targets.east]
        grafana_url = "{server.url}"
        """,
    )
    result = workspace.run_tailboard("annotate", "--target", "east", "--text", "x")
    assert server.bodies[0][2] == "Bearer token-of-east"
    assert result.exit_code == 0
    missing = workspace.run_tailboard("annotate", "--target", "west", "--text", "x")
    assert missing.exit_code == 0
    assert "'west'" in missing.stderr
