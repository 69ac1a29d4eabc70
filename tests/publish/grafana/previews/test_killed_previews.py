"""A preview that was killed at any request is completed or removed by the next run."""

import signal

import pytest

from tests.grafana.fault_proxy import FaultProxy
from tests.publish.grafana.faults.test_killed import WRITE_METHODS, kill_at_request
from tests.publish.grafana.previews.server_state import list_copies, read_state
from tests.publish.grafana.publisher import Publisher

PREVIEW_OPTIONS = ("--owner", "team", "--preview", "pr-7", "--expire", "7d")
REMOVAL_OPTIONS = (*PREVIEW_OPTIONS, "--remove")


@pytest.fixture
def shop(publisher: Publisher) -> Publisher:
    """A shop with a published dashboard that is declared otherwise now, and a new one."""
    publisher.declare_dashboard("changed", "old", folder="Shop")
    publisher.run_publish("--owner", "team")
    publisher.declare_dashboard("changed", "new", folder="Shop")
    publisher.declare_dashboard("new", "new")
    return publisher


def list_numbers(shop: Publisher, proxy: FaultProxy, options: tuple[str, ...]) -> list[int]:
    """The numbers of the requests that a run makes; of a real server its writes."""
    proxy.clear_faults()
    shop.set_url(proxy.url)
    shop.run_publish(*options)
    return [
        number
        for number, (method, path) in enumerate(proxy.requests, 1)
        if shop.grafana.memory_server or (method in WRITE_METHODS and "dryRun" not in path)
    ]


def run_through(shop: Publisher, proxy: FaultProxy, options: tuple[str, ...]) -> None:
    proxy.clear_faults()
    shop.run_publish(*options)


@pytest.mark.slow
def test_killed_at_any_request_of_a_preview_it_can_be_completed_and_removed(
    shop: Publisher, proxy: FaultProxy
) -> None:
    before = read_state(shop.grafana)
    numbers = list_numbers(shop, proxy, PREVIEW_OPTIONS)
    copies = list_copies(shop.grafana)
    assert len(copies) == 2
    run_through(shop, proxy, REMOVAL_OPTIONS)
    for number in numbers:
        assert kill_at_request(shop, proxy, number, PREVIEW_OPTIONS) == -signal.SIGKILL
        run_through(shop, proxy, REMOVAL_OPTIONS)
        assert read_state(shop.grafana) == before
        assert kill_at_request(shop, proxy, number, PREVIEW_OPTIONS) == -signal.SIGKILL
        run_through(shop, proxy, PREVIEW_OPTIONS)
        assert list_copies(shop.grafana) == copies
        run_through(shop, proxy, REMOVAL_OPTIONS)
    assert read_state(shop.grafana) == before


@pytest.mark.slow
def test_killed_at_any_request_of_a_removal_the_next_one_completes_it(
    shop: Publisher, proxy: FaultProxy
) -> None:
    before = read_state(shop.grafana)
    shop.run_publish(*PREVIEW_OPTIONS)
    for number in list_numbers(shop, proxy, REMOVAL_OPTIONS):
        run_through(shop, proxy, PREVIEW_OPTIONS)
        assert kill_at_request(shop, proxy, number, REMOVAL_OPTIONS) == -signal.SIGKILL
        run_through(shop, proxy, REMOVAL_OPTIONS)
        assert read_state(shop.grafana) == before
