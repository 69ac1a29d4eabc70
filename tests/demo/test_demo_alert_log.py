"""The receiver of alerts."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
import requests

from demo.alert_log import AlertHandler


@pytest.fixture
def url() -> Iterator[str]:
    """Run the receiver and return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), AlertHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/alerts"
        server.shutdown()
        thread.join()


def test_an_alert_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    labels = {"alertname": "OrdersApiSlow", "severity": "warning"}
    alert = {"status": "firing", "labels": labels, "annotations": {"summary": "too slow"}}
    assert requests.post(url, json={"alerts": [alert]}, timeout=5).status_code == 200
    assert capsys.readouterr().out == "FIRING warning OrdersApiSlow: too slow\n"


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"alerts": [{"status": "firing"}]}'])
def test_what_is_no_notification_is_refused(
    url: str, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert requests.post(url, data=body, timeout=5).status_code == 400
    assert capsys.readouterr().out == ""


def test_it_says_that_it_is_alive(url: str) -> None:
    assert requests.get(url, timeout=5).status_code == 200
