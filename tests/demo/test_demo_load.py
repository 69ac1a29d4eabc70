"""The load generator: bounded, mixed and only for this machine."""

from collections import Counter
from itertools import islice

import pytest
from click.testing import CliRunner

from demo import load
from demo.stop_signal import StopSignal
from demo.traffic import CYCLE, generate_calls
from tests.demo.orders_api_client import OrdersApiClient


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
)
def test_this_machine_may_be_loaded(url: str) -> None:
    assert load.is_demo_api(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "ftp://localhost",
        "",
    ],
)
def test_nobody_else_may_be_loaded(url: str) -> None:
    assert not load.is_demo_api(url)


def test_the_environment_may_allow_one_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load.is_demo_api("http://orders-api:8000")
    monkeypatch.setenv("LOAD_ALLOWED_HOST", "orders-api")
    assert load.is_demo_api("http://orders-api:8000")
    assert not load.is_demo_api("http://orders-db:8000")


def test_a_foreign_url_is_wrong_usage() -> None:
    result = CliRunner().invoke(load.main, ["--url", "http://example.org"])
    assert result.exit_code == 2
    assert "not on this machine" in result.output


def test_a_hundred_requests_have_the_shares_of_the_story() -> None:
    paths = Counter(
        (call.method, call.path.rstrip("0123456789")) for call in islice(generate_calls(), 100)
    )
    assert sum(CYCLE.values()) == 100
    assert paths["GET", "/api/orders?user_id="] == CYCLE["orders"] == 14
    assert list(islice(generate_calls(), 100)) == list(islice(generate_calls(), 100))


def test_the_rate_and_the_time_bound_the_load(orders_api: OrdersApiClient) -> None:
    results = load.generate_load(orders_api.url, rate=50, seconds=0.4, stop=StopSignal())
    assert results.statuses.total() == 20
    assert set(results.statuses) <= {"200", "201", "402", "404"}
    assert str(results).startswith("20 requests (")


def test_a_service_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    load.generate_load("http://127.0.0.1:1", rate=50, seconds=0.2, stop=StopSignal())
    assert capsys.readouterr().out == "no answer from http://127.0.0.1:1: ConnectionError\n"


def test_load_that_is_told_to_stop_stops() -> None:
    stop = StopSignal()
    stop.request_stop()
    assert str(load.generate_load("http://127.0.0.1:1", rate=1, seconds=0, stop=stop)).startswith(
        "0 "
    )
