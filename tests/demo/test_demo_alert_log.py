"""The receiver of alerts."""

from collections.abc import Iterator

import pytest
import requests

from demo.alert_log import AlertHandler
from tests.loopback_server import LoopbackServer


@pytest.fixture
def alert_log_url() -> Iterator[str]:
    """Run the receiver and return its address."""
    with LoopbackServer(AlertHandler) as server:
        yield f"{server.url}/alerts"


def send_alert(alert_log_url: str, labels: dict[str, str], annotations: dict[str, str]) -> None:
    """Send one firing alert, as Alertmanager does."""
    alert = {"status": "firing", "labels": labels, "annotations": annotations}
    assert requests.post(alert_log_url, json={"alerts": [alert]}, timeout=5).status_code == 200


def test_an_alert_is_one_line_with_its_link(
    alert_log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"alertname": "ErrorRatioHigh", "severity": "critical", "service": "orders"}
    link = "http://localhost:3000/d/orders-overview?viewPanel=1"
    send_alert(
        alert_log_url, labels, {"summary": "2% of the requests\nfail", "dashboard_url": link}
    )
    text = capsys.readouterr().out
    assert text == f"FIRING critical ErrorRatioHigh orders: 2% of the requests fail {link}\n"


def test_an_alert_of_others_is_told_as_far_as_it_is_known(
    alert_log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    send_alert(alert_log_url, {"alertname": "Watchdog"}, {})
    assert capsys.readouterr().out == "FIRING - Watchdog -: no summary\n"


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"alerts": [{"status": "firing"}]}'])
def test_what_is_no_notification_is_refused(
    alert_log_url: str, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert requests.post(alert_log_url, data=body, timeout=5).status_code == 400
    assert capsys.readouterr().out == ""


def test_it_says_that_it_is_alive(alert_log_url: str) -> None:
    assert requests.get(alert_log_url, timeout=5).status_code == 200
