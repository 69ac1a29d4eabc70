"""What every ruler has to do for us: in memory, a real Cortex, and a real Grafana's own rules."""

import shutil
from collections.abc import Iterator

import pytest

from tests.grafana.conftest import real_grafana
from tests.grafana.real_grafana import RealGrafana
from tests.publish.rulers.conftest import clear_environment
from tests.publish.rulers.memory_ruler import MemoryRuler
from tests.publish.rulers.ruler_bench import (
    Group,
    RulerBench,
    build_grafana_bench,
    build_memory_bench,
    run_cortex,
)
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.workspace import Workspace

__all__ = ["real_grafana"]

DATA_SOURCE = "rules-prometheus"
FOREIGN_GROUP = {
    "name": "theirs",
    "interval": "1m",
    "rules": [{"alert": "Down", "expr": "up == 0", "for": "3m"}],
}
GROUPS = {"orders: alerts", "orders: rates"}


@pytest.fixture(scope="module")
def cortex(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RulerBench]:
    """A real Cortex, started once."""
    if shutil.which("cortex") is None:
        pytest.skip("no `cortex` on the PATH: build it from its source, go build ./cmd/cortex")
    with run_cortex(tmp_path_factory.mktemp("cortex")) as bench:
        yield bench


@pytest.fixture
def grafana_bench(real_grafana: RealGrafana) -> Iterator[RulerBench]:
    """A real Grafana with a data source that nobody answers for."""
    source = {"uid": DATA_SOURCE, "name": "Rules", "type": "prometheus", "access": "proxy"}
    real_grafana.delete_items()
    real_grafana.send_request(
        "POST", "/api/datasources", {**source, "url": "http://127.0.0.1:9", "isDefault": True}
    )
    yield build_grafana_bench(real_grafana, DATA_SOURCE, real_grafana.create_token("administrator"))
    for namespace in (OWNER, "others"):
        path = f"/api/convert/prometheus/config/v1/rules/{namespace}"
        real_grafana.send_request("DELETE", path)
    real_grafana.delete_items()
    real_grafana.send_request("DELETE", f"/api/datasources/uid/{DATA_SOURCE}")


@pytest.fixture(
    params=[
        "memory",
        pytest.param("cortex", marks=pytest.mark.slow),
        pytest.param("grafana", marks=pytest.mark.slow),
    ]
)
def bench(request: pytest.FixtureRequest) -> Iterator[RulerBench]:
    """Each ruler that is available."""
    if request.param == "memory":
        with MemoryRuler() as server:
            yield build_memory_bench(server)
    elif request.param == "cortex":
        bench: RulerBench = request.getfixturevalue("cortex")
        yield bench
        for namespace in (OWNER, "others"):
            for name in bench.read_groups(namespace):
                bench.delete_group(namespace, name)
    else:
        yield request.getfixturevalue("grafana_bench")


@pytest.fixture
def publisher(
    workspace: Workspace, bench: RulerBench, monkeypatch: pytest.MonkeyPatch
) -> RulesPublisher:
    """Somebody who publishes the rules of one service to that ruler."""
    clear_environment(monkeypatch)
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    publisher = RulesPublisher(workspace, list(bench.options))
    publisher.declare_service("orders", None)
    return publisher


def publish(publisher: RulesPublisher, *arguments: str, code: int = 0) -> str:
    """Publish without waiting for evaluations; the output."""
    return publisher.run("publish", "--no-verify", *arguments, code=code).output


def lengthen_first_alert(group: Group) -> None:
    """Edit a group by hand."""
    group["rules"][0]["for"] = "47m"


def test_a_group_is_read_back_as_it_was_written_and_a_second_publish_writes_nothing(
    publisher: RulesPublisher, bench: RulerBench
) -> None:
    publish(publisher)
    written = bench.read_groups(OWNER)
    assert set(written) == GROUPS
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")
    assert "unchanged" in publish(publisher)
    assert bench.read_groups(OWNER) == written


def test_a_change_is_in_words_and_a_rollback_puts_back_what_was_there(
    publisher: RulesPublisher, bench: RulerBench
) -> None:
    first = publisher.run("publish", "--no-verify")
    before = bench.read_groups(OWNER)
    publisher.declare_service("orders", None, job="orders-v2")
    differences = publisher.plan_items()["orders: alerts"]["differences"]
    assert "alert AllInstancesDown of orders: query changed" in differences
    second = publisher.run("publish", "--no-verify")
    assert bench.read_groups(OWNER) != before
    publisher.rollback(second)
    assert bench.read_groups(OWNER) == before
    publisher.rollback(first)
    assert bench.read_groups(OWNER) == {}


def test_a_hand_edit_is_seen_and_left_without_force(
    publisher: RulesPublisher, bench: RulerBench
) -> None:
    publish(publisher)
    bench.edit_group(OWNER, "orders: alerts", lengthen_first_alert)
    assert publisher.plan_states()["orders: alerts"] == "hand-edited"
    publish(publisher, code=4)
    assert bench.read_groups(OWNER)["orders: alerts"]["rules"][0]["for"] == "47m"
    publish(publisher, "--force")
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")


def test_groups_of_others_are_left_in_our_namespace_and_beside_it(
    publisher: RulesPublisher, bench: RulerBench
) -> None:
    for namespace in (OWNER, "others"):
        bench.write_group(namespace, FOREIGN_GROUP)
    before = bench.read_groups(OWNER)["theirs"]
    publish(publisher, "--prune")
    assert bench.read_groups(OWNER)["theirs"] == before
    assert bench.read_groups("others")["theirs"] == before
    assert "theirs" not in publisher.plan_states()


def test_what_is_declared_no_more_is_pruned_and_brought_back_by_a_rollback(
    publisher: RulesPublisher, bench: RulerBench
) -> None:
    publisher.declare_service("billing", None)
    publish(publisher)
    before = bench.read_groups(OWNER)
    publisher.delete_definition("billing")
    pruned = publisher.run("publish", "--no-verify", "--prune", "--max-delete", "50")
    assert set(bench.read_groups(OWNER)) == GROUPS
    publisher.rollback(pruned)
    assert bench.read_groups(OWNER) == before


def test_the_groups_of_a_renamed_service_move(publisher: RulesPublisher, bench: RulerBench) -> None:
    publish(publisher)
    publisher.delete_definition("orders")
    publisher.declare_service("purchases", None, job="orders-api")
    assert set(publisher.plan_states().values()) == {"move"}
    publish(publisher)
    assert set(bench.read_groups(OWNER)) == {name.replace("orders", "purchases") for name in GROUPS}
