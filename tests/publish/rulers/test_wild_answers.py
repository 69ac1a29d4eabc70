"""Whatever a server answers: an error that says so, never a traceback, nothing that steers."""

from http.server import BaseHTTPRequestHandler

import pytest

from tests.loopback_server import LoopbackServer, QuietHandler
from tests.publish.rulers.conftest import clear_environment
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.steering_text import find_steering
from tests.workspace import Workspace

NAME = "orders: alerts"
ANSWERS = {
    "nothing": (200, ""),
    "number": (200, "7"),
    "list": (200, "[]"),
    "text": (200, "hello"),
    "page": (200, "<html>please log in</html>"),
    "no list of groups": (200, f"{OWNER}: 7"),
    "no group": (200, f"{OWNER}: [7]"),
    "no rules": (200, f"{OWNER}: [{{name: '{NAME}', rules: 7}}]"),
    "no texts": (200, f"{OWNER}: [{{name: '{NAME}', rules: [{{alert: [x], expr: {{}}}}]}}]"),
    "empty group": (200, f"{OWNER}: [{{name: '{NAME}'}}]"),
    "alias": (200, f"a: &x [1]\n{OWNER}: *x"),
    "deep": (200, "[" * 5000),
    "broken": (200, "a: ["),
    "binary": (200, "\x00\x01"),
    "steering": (400, "\x1b[31mred\u202e\n::error::x"),
    "not found": (404, "404 page not found"),
    "not found in JSON": (404, '{"message": "Not found"}'),
    "teapot": (418, ""),
    "failing": (500, "a: b: c"),
    "gateway": (502, "<html>bad gateway</html>"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_strange_answer_is_an_error_in_words(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    status, text = ANSWERS[name]
    clear_environment(monkeypatch)

    class Handler(QuietHandler):
        def do_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_any

    handler: type[BaseHTTPRequestHandler] = Handler
    with LoopbackServer(handler) as server:
        monkeypatch.setenv("RULER_URL", server.url)
        publisher = RulesPublisher(workspace, ["--rules", "mimir"])
        publisher.declare_service("orders", None)
        result = publisher.run("plan", code=None)
    assert "Traceback" not in result.output
    assert not find_steering(result.output)
    if name not in {"nothing", "empty group"}:
        assert result.exit_code in {2, 3}
        assert "Error: " in result.stderr
