"""Alertmanager's receiver in the demo: prints one line an alert, in place of mail or chat.

`python -m demo.alert_log`
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click

from demo.stop_signal import install_stop_signal

MAX_BODY_BYTES = 1_000_000


def format_lines(notification: dict[str, Any]) -> Iterator[str]:
    """Format a notification from Alertmanager as one line an alert."""
    for alert in notification["alerts"]:
        labels, annotations = alert["labels"], alert["annotations"]
        fields = (
            alert["status"].upper(),
            labels.get("severity", "-"),
            labels["alertname"],
            f"{labels.get('service', '-')}: {annotations.get('summary', 'no summary')}",
            annotations.get("dashboard_url", ""),
        )
        yield " ".join(" ".join(fields).split())


class AlertHandler(BaseHTTPRequestHandler):
    """Handles `POST /alerts`, and `GET /` for health checks."""

    def do_GET(self) -> None:
        """Respond to a health check."""
        self.send_status(200)

    def do_POST(self) -> None:
        """Print the alerts of one notification."""
        length = int(self.headers.get("content-length") or 0)
        if length > MAX_BODY_BYTES:
            self.send_status(413)
            return
        try:
            text = "\n".join(format_lines(json.loads(self.rfile.read(length))))
        except (ValueError, LookupError, TypeError, AttributeError):
            self.send_status(400)
            return
        click.echo(text)
        self.send_status(200)

    def send_status(self, status: int) -> None:
        """Respond without a body."""
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log no requests: the log holds alerts only."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8002, show_default=True)
def main(host: str, port: int) -> None:
    """Print every alert that Alertmanager sends."""
    stop = install_stop_signal()
    with ThreadingHTTPServer((host, port), AlertHandler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        while not stop.wait_for_stop(60):
            pass
        server.shutdown()


if __name__ == "__main__":
    main()
