"""Whatever happens on the way at whichever request: the next run leaves what is declared."""

import pytest

from tailboard.publish import parallel
from tests.grafana.conftest import typical_api
from tests.grafana.fault_proxy import (
    DROP_AFTER,
    DROP_BEFORE,
    HTML,
    RESET_AFTER,
    RESET_BEFORE,
    TRUNCATE,
    Fault,
    FaultProxy,
    build_refusal,
)
from tests.publish.grafana.publish_scenario import PUBLISH_OPTIONS, PublishScenario
from tests.publish.grafana.publisher import Publisher
from tests.slow_marks import mark_slow

FAULTS = {
    "dropped": DROP_BEFORE,
    "answer-lost": DROP_AFTER,
    "truncated": TRUNCATE,
    "busy": build_refusal(429, "0"),
    "failing": build_refusal(500),
    "login-page": HTML,
}
SLOW_FAULTS = {
    "reset": RESET_BEFORE,
    "answer-reset": RESET_AFTER,
    "unavailable": build_refusal(503),
    "gateway": build_refusal(504, "0"),
    "forbidden": build_refusal(403),
    "nonsense": build_refusal(200),
}
ALL_FAULTS = FAULTS | SLOW_FAULTS
EXIT_CODES = {0, 1, 2, 3, 4}


def publish_with_faults(
    publisher: Publisher, proxy: FaultProxy, fault: Fault, *, share: int | None = None
) -> list[int]:
    """The exit codes of a publish that is disturbed at each of its requests in turn.

    A `share` is all writes, and every n-th of the other requests, so that all shares cover all.
    """
    scenario = PublishScenario(publisher)
    scenario.prepare_dashboards()
    publisher.set_url(proxy.url)
    publisher.run_publish(*PUBLISH_OPTIONS)
    numbers = [
        number
        for number, (method, path) in enumerate(proxy.requests, 1)
        if share is None or is_write(method, path) or number % len(FAULTS) == share
    ]
    codes = []
    for number in numbers:
        proxy.clear_faults()
        publisher.set_url(publisher.grafana.url)
        scenario.reset_server()
        publisher.set_url(proxy.url)
        proxy.clear_faults()
        proxy.add_fault(fault, nth=number)
        run = publisher.run_command("publish", *PUBLISH_OPTIONS)
        assert run.exit_code in EXIT_CODES, f"{number}: {run.output}"
        assert run.exit_code == 0 or "Tip:" in run.stderr, f"{number}: {run.output}"
        assert len(proxy.requests) >= number
        codes.append(run.exit_code)
        proxy.clear_faults()
        last = publisher.run_command("publish", *PUBLISH_OPTIONS)
        assert last.exit_code == 0, f"{number}: {run.output}\n---\n{last.output}"
        scenario.check_complete()
    return codes


def is_write(method: str, path: str) -> bool:
    return method != "GET" and "dryRun" not in path


@typical_api
@pytest.mark.parametrize("fault", mark_slow(FAULTS, ["answer-lost"]))
def test_a_fault_at_any_request_is_mended_by_the_next_run(
    publisher: Publisher, proxy: FaultProxy, fault: str
) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("a real server is disturbed at its writes below")
    publisher.monkeypatch.setattr(parallel, "MAX_CONCURRENCY", 1)
    codes = publish_with_faults(publisher, proxy, FAULTS[fault], share=list(FAULTS).index(fault))
    if fault in {"dropped", "busy"}:
        assert set(codes) == {0}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ALL_FAULTS)
@pytest.mark.parametrize("at_a_time", [1, 8])
def test_every_fault_is_mended_by_the_next_run(
    publisher: Publisher, proxy: FaultProxy, fault: str, at_a_time: int
) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("a real server is disturbed at its writes below")
    publisher.monkeypatch.setattr(parallel, "MAX_CONCURRENCY", at_a_time)
    publish_with_faults(publisher, proxy, ALL_FAULTS[fault])


@pytest.mark.parametrize("fault", ["answer-lost", "truncated", "failing"])
def test_a_fault_at_any_write_is_mended_by_the_next_run(
    publisher: Publisher, proxy: FaultProxy, fault: str
) -> None:
    if publisher.grafana.memory_server is not None:
        pytest.skip("a server in memory is disturbed at every request above")
    publisher.monkeypatch.setattr(parallel, "MAX_CONCURRENCY", 1)
    scenario = PublishScenario(publisher)
    scenario.prepare_dashboards()
    publisher.set_url(proxy.url)
    publisher.run_publish(*PUBLISH_OPTIONS)
    writes = [
        number for number, (method, path) in enumerate(proxy.requests, 1) if is_write(method, path)
    ]
    for number in writes:
        publisher.set_url(publisher.grafana.url)
        scenario.reset_server()
        proxy.clear_faults()
        proxy.add_fault(FAULTS[fault], nth=number)
        publisher.set_url(proxy.url)
        assert publisher.run_command("publish", *PUBLISH_OPTIONS).exit_code in EXIT_CODES
        proxy.clear_faults()
        publisher.run_publish(*PUBLISH_OPTIONS)
        scenario.check_complete()


def test_a_write_whose_answer_was_lost_is_not_done_twice(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    publisher.declare_dashboard("b")
    publisher.set_url(proxy.url)
    for method in ("POST", "PUT"):
        proxy.add_fault(DROP_AFTER, method=method, path=r"/dashboards(/db|/a)?$", times=1)
    publisher.run_publish()
    assert publisher.count_versions(["a", "b"]) == {"a": 2, "b": 1}


def test_a_busy_server_is_waited_for(publisher: Publisher, proxy: FaultProxy) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    proxy.add_fault(build_refusal(429, "0"), times=3)
    publisher.set_url(proxy.url)
    publisher.run_publish()
    assert publisher.list_folder_paths() == {"a": "Shop"}


def test_a_server_that_goes_away_half_way_is_told_and_the_rest_is_done_later(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    for name in "abcdef":
        publisher.declare_dashboard(name)
    publisher.monkeypatch.setattr(parallel, "MAX_CONCURRENCY", 1)
    publisher.set_url(proxy.url)
    publisher.run_publish()
    half = len(proxy.requests) - 6
    for name in "abcdef":
        publisher.grafana.delete_dashboard(name)
    proxy.clear_faults()
    for number in range(half, half + 200):
        proxy.add_fault(DROP_BEFORE, nth=number)
    run = publisher.run_publish(code=4)
    assert "'F' (f)" in run.stderr
    assert proxy.url in run.stderr
    proxy.clear_faults()
    publisher.run_publish()
    assert set(publisher.grafana.list_documents()) == set("abcdef")


def test_a_run_whose_end_is_uncertain_can_be_undone(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    publisher.set_url(proxy.url)

    def lose_everything() -> None:
        proxy.add_fault(DROP_BEFORE)

    fault = Fault(DROP_AFTER.harm, after=lose_everything)
    proxy.add_fault(fault, method="PUT", path="/a$")
    proxy.add_fault(fault, method="POST", path="/dashboards/db$")
    run = publisher.run_publish(code=1)
    proxy.clear_faults()
    assert publisher.list_queries() == {"a": "new"}
    publisher.run_rollback(run)
    assert publisher.list_queries() == {"a": "old"}
