"""Others work in the same Grafana, also between the plan and the write."""

import subprocess
import threading
from collections.abc import Callable

import pytest

from tests.grafana.conftest import typical_api
from tests.grafana.memory import MemoryGrafana
from tests.publish.grafana.publisher import Publisher, set_query

Intervention = Callable[[], None]


@pytest.fixture
def memory_server(publisher: Publisher) -> MemoryGrafana:
    """The server itself, where it is one in memory."""
    if publisher.grafana.memory_server is None:
        pytest.skip("needs a hook in the server")
    return publisher.grafana.memory_server


def intervene_before_write(publisher: Publisher, uid: str, meanwhile: Intervention) -> None:
    """Let something happen just before a dashboard that is there is written."""
    memory = publisher.grafana.memory_server
    assert memory
    if publisher.grafana.api == "classic":
        memory.add_hook("POST", "/dashboards/db$", meanwhile)
        return
    # the first PUT asks how the document would be stored, the second one stores it
    memory.add_hook("PUT", f"/{uid}$", lambda: memory.add_hook("PUT", f"/{uid}$", meanwhile))


def intervene_before_creation(publisher: Publisher, meanwhile: Intervention) -> None:
    """Let something happen just before a new dashboard is written."""
    assert publisher.grafana.memory_server
    publisher.grafana.memory_server.add_hook("POST", "/dashboards(/db)?$", meanwhile)


def build_edit(publisher: Publisher) -> Intervention:
    return lambda: publisher.grafana.save_from_browser("a", set_query)


@pytest.fixture
def changed_publisher(publisher: Publisher, memory_server: MemoryGrafana) -> Publisher:
    """A shop with a dashboard that was published, and is declared otherwise now."""
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    return publisher


def test_a_hand_edit_between_plan_and_write_stays(changed_publisher: Publisher) -> None:
    intervene_before_write(changed_publisher, "a", build_edit(changed_publisher))
    run = changed_publisher.run_publish(code=1)
    assert "was changed meanwhile: hand-edited" in run.stderr
    assert changed_publisher.list_queries() == {"a": "edited"}


def test_a_hand_edit_while_it_is_compared_is_seen(
    changed_publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    if changed_publisher.grafana.api == "classic":
        pytest.skip("the classic API compares nothing")
    memory_server.add_hook("PUT", "/a$", build_edit(changed_publisher))
    assert changed_publisher.plan_states() == {"a": "hand-edited"}


def test_what_is_forced_is_forced_over_an_edit_meanwhile_and_can_be_undone(
    changed_publisher: Publisher,
) -> None:
    intervene_before_write(changed_publisher, "a", build_edit(changed_publisher))
    run = changed_publisher.run_publish("--force")
    assert changed_publisher.list_queries() == {"a": "new"}
    changed_publisher.run_rollback(run)
    assert changed_publisher.list_queries() == {"a": "edited"}


def test_what_was_deleted_meanwhile_is_created(changed_publisher: Publisher) -> None:
    intervene_before_write(
        changed_publisher, "a", lambda: changed_publisher.grafana.delete_dashboard("a")
    )
    changed_publisher.run_publish()
    assert changed_publisher.list_queries() == {"a": "new"}
    assert changed_publisher.is_published()


def test_what_somebody_else_created_meanwhile_stays(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    publisher.declare_dashboard("a")
    intervene_before_creation(
        publisher, lambda: publisher.grafana.create_foreign_dashboard("a", "Theirs")
    )
    run = publisher.run_publish(code=1)
    assert "was changed meanwhile: foreign" in run.stderr
    assert publisher.grafana.list_documents()["a"]["title"] == "Theirs"


def test_a_folder_deleted_meanwhile_is_made_by_the_next_run(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    publisher.declare_dashboard("a", folder="Shop")

    def delete() -> None:
        for folder in publisher.grafana.list_folder_titles():
            publisher.grafana.send_request("DELETE", f"/api/folders/{folder}")

    intervene_before_creation(publisher, delete)
    run = publisher.run_publish(code=1)
    assert "'A' (a)" in run.stderr
    assert "not found" in run.stderr
    publisher.run_publish()
    assert publisher.list_folder_paths() == {"a": "Shop"}


def test_a_folder_made_meanwhile_is_used(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    folder = next(uid for uid, item in publisher.plan_items().items() if item["kind"] == "folder")
    memory_server.add_hook(
        "POST", "/folders$", lambda: publisher.grafana.create_folder(folder, "Shop")
    )
    publisher.run_publish()
    assert publisher.list_folder_paths() == {"a": "Shop"}
    assert publisher.is_published()


def test_an_orphan_edited_meanwhile_is_not_deleted(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.declare_dashboard("b")
    publisher.run_publish("--owner", "team")
    publisher.delete_definition("a")
    # the classic API cannot lock: it is read again just before
    method, path = ("DELETE", "/a$") if publisher.grafana.api == "apis" else ("GET", "/uid/a$")
    if method == "GET":
        memory_server.add_hook(
            method, path, lambda: memory_server.add_hook(method, path, build_edit(publisher))
        )
    else:
        memory_server.add_hook(method, path, build_edit(publisher))
    run = publisher.run_publish("--owner", "team", "--prune", code=4)
    assert "changed meanwhile" in run.stderr
    assert publisher.list_queries() == {"a": "edited", "b": "up"}


def test_an_orphan_deleted_meanwhile_is_no_failure(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    publisher.declare_dashboard("a")
    publisher.declare_dashboard("b")
    publisher.run_publish("--owner", "team")
    publisher.delete_definition("a")
    memory_server.add_hook("DELETE", "/a$", lambda: publisher.grafana.delete_dashboard("a"))
    publisher.run_publish("--owner", "team", "--prune")
    assert set(publisher.grafana.list_documents()) == {"b"}


@typical_api
def test_two_publishers_at_once_leave_what_they_declare(publisher: Publisher) -> None:
    for number in range(12):
        publisher.declare_dashboard(f"d{number}", folder=f"Shop/{number % 3}")
    children = [
        subprocess.Popen(
            publisher.publish_command,
            cwd=publisher.workspace.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    outputs = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], outputs
    assert publisher.is_published()
    assert set(publisher.grafana.list_documents()) == {f"d{number}" for number in range(12)}
    assert sorted(publisher.grafana.list_folder_titles().values()) == ["0", "1", "2", "Shop"]


@typical_api
def test_a_publisher_that_meets_another_in_every_write_leaves_what_both_declare(
    publisher: Publisher, memory_server: MemoryGrafana
) -> None:
    for number in range(4):
        publisher.declare_dashboard(f"d{number}", "old")
    publisher.run_publish()
    for number in range(4):
        publisher.declare_dashboard(f"d{number}", "new")
    child: list[subprocess.CompletedProcess[str]] = []

    def other() -> None:
        child.append(
            subprocess.run(
                publisher.publish_command,
                cwd=publisher.workspace.root,
                text=True,
                capture_output=True,
                check=False,
            )
        )

    once = threading.Lock()
    intervene_before_write(
        publisher, "d0", lambda: other() if once.acquire(blocking=False) else None
    )
    publisher.run_publish()
    assert child[0].returncode == 0, child[0].stderr
    assert set(publisher.list_queries().values()) == {"new"}
    assert set(publisher.count_versions([f"d{number}" for number in range(4)]).values()) == {2}
