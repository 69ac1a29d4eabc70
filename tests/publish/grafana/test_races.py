"""Others work in the same Grafana, also between the plan and the write."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.grafana.memory import MemoryGrafana
from tests.publish.grafana.shop import Shop, set_query
from tests.publish.workshop import RUN

Meanwhile = Callable[[], None]


@pytest.fixture
def memory_of(shop: Shop) -> MemoryGrafana:
    """The server itself, where it is one in memory."""
    if shop.grafana.memory is None:
        pytest.skip("needs a hook in the server")
    return shop.grafana.memory


def before_the_write(shop: Shop, uid: str, meanwhile: Meanwhile) -> None:
    """Let something happen just before a dashboard that is there is written."""
    memory = shop.grafana.memory
    assert memory
    if shop.grafana.api == "classic":
        memory.before("POST", "/dashboards/db$", meanwhile)
        return
    # the first PUT asks how the document would be stored, the second one stores it
    memory.before("PUT", f"/{uid}$", lambda: memory.before("PUT", f"/{uid}$", meanwhile))


def before_the_creation(shop: Shop, meanwhile: Meanwhile) -> None:
    """Let something happen just before a new dashboard is written."""
    assert shop.grafana.memory
    shop.grafana.memory.before("POST", "/dashboards(/db)?$", meanwhile)


def edit(shop: Shop) -> Meanwhile:
    return lambda: shop.grafana.edit_by_hand("a", set_query)


@pytest.fixture
def changed(shop: Shop, memory_of: MemoryGrafana) -> Shop:
    """A shop with a dashboard that was published, and is declared otherwise now."""
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    return shop


def test_a_hand_edit_between_plan_and_write_stays(changed: Shop) -> None:
    before_the_write(changed, "a", edit(changed))
    run = changed.publish(code=1)
    assert "was changed meanwhile: hand-edited" in run.err
    assert changed.queries() == {"a": "edited"}


def test_a_hand_edit_while_it_is_compared_is_seen(changed: Shop, memory_of: MemoryGrafana) -> None:
    if changed.grafana.api == "classic":
        pytest.skip("the classic API compares nothing")
    memory_of.before("PUT", "/a$", edit(changed))
    assert changed.states() == {"a": "hand-edited"}


def test_what_is_forced_is_forced_over_an_edit_meanwhile_and_can_be_undone(changed: Shop) -> None:
    before_the_write(changed, "a", edit(changed))
    run = changed.publish("--force")
    assert changed.queries() == {"a": "new"}
    changed.roll_back(run)
    assert changed.queries() == {"a": "edited"}


def test_what_was_deleted_meanwhile_is_created(changed: Shop) -> None:
    before_the_write(changed, "a", lambda: changed.grafana.delete("a"))
    changed.publish()
    assert changed.queries() == {"a": "new"}
    assert changed.is_published()


def test_what_somebody_else_created_meanwhile_stays(shop: Shop, memory_of: MemoryGrafana) -> None:
    shop.declare("a")
    before_the_creation(shop, lambda: shop.grafana.create_foreign("a", "Theirs"))
    run = shop.publish(code=1)
    assert "was changed meanwhile: foreign" in run.err
    assert shop.grafana.documents()["a"]["title"] == "Theirs"


def test_a_folder_deleted_meanwhile_is_made_by_the_next_run(
    shop: Shop, memory_of: MemoryGrafana
) -> None:
    shop.declare("a", folder="Shop")

    def delete() -> None:
        for folder in shop.grafana.folders():
            shop.grafana.ask("DELETE", f"/api/folders/{folder}")

    before_the_creation(shop, delete)
    run = shop.publish(code=1)
    assert "'A' (a)" in run.err
    assert "not found" in run.err
    shop.publish()
    assert shop.folder_titles() == {"a": "Shop"}


def test_a_folder_made_meanwhile_is_used(shop: Shop, memory_of: MemoryGrafana) -> None:
    shop.declare("a", folder="Shop")
    folder = next(uid for uid, it in shop.items().items() if it["kind"] == "folder")
    memory_of.before("POST", "/folders$", lambda: shop.grafana.create_folder(folder, "Shop"))
    shop.publish()
    assert shop.folder_titles() == {"a": "Shop"}
    assert shop.is_published()


def test_an_orphan_edited_meanwhile_is_not_deleted(shop: Shop, memory_of: MemoryGrafana) -> None:
    shop.declare("a", "old")
    shop.declare("b")
    shop.publish("--owner", "team")
    shop.undeclare("a")
    # the classic API cannot lock: it is read again just before
    method, path = ("DELETE", "/a$") if shop.grafana.api == "apis" else ("GET", "/uid/a$")
    if method == "GET":
        memory_of.before(method, path, lambda: memory_of.before(method, path, edit(shop)))
    else:
        memory_of.before(method, path, edit(shop))
    run = shop.publish("--owner", "team", "--prune", code=4)
    assert "changed meanwhile" in run.err
    assert shop.queries() == {"a": "edited", "b": "up"}


def test_an_orphan_deleted_meanwhile_is_no_failure(shop: Shop, memory_of: MemoryGrafana) -> None:
    shop.declare("a")
    shop.declare("b")
    shop.publish("--owner", "team")
    shop.undeclare("a")
    memory_of.before("DELETE", "/a$", lambda: shop.grafana.delete("a"))
    shop.publish("--owner", "team", "--prune")
    assert set(shop.grafana.documents()) == {"b"}


def test_two_publishers_at_once_leave_what_they_declare(shop: Shop) -> None:
    for number in range(12):
        shop.declare(f"d{number}", folder=f"Shop/{number % 3}")
    command = [sys.executable, "-c", RUN, "publish", "definitions", "--api", shop.grafana.api]
    children = [
        subprocess.Popen(
            [*command, "--no-data-source-check"],
            cwd=shop.workshop.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert shop.is_published()
    assert set(shop.grafana.documents()) == {f"d{number}" for number in range(12)}
    assert sorted(shop.grafana.folders().values()) == ["0", "1", "2", "Shop"]


def test_a_publisher_that_meets_another_in_every_write_leaves_what_both_declare(
    shop: Shop, memory_of: MemoryGrafana
) -> None:
    for number in range(4):
        shop.declare(f"d{number}", "old")
    shop.publish()
    for number in range(4):
        shop.declare(f"d{number}", "new")
    child: list[subprocess.CompletedProcess[str]] = []

    def other() -> None:
        command = [sys.executable, "-c", RUN, "publish", "definitions", "--api", shop.grafana.api]
        child.append(
            subprocess.run(
                [*command, "--no-data-source-check"],
                cwd=shop.workshop.root,
                text=True,
                capture_output=True,
                check=False,
            )
        )

    once = threading.Lock()
    before_the_write(shop, "d0", lambda: other() if once.acquire(blocking=False) else None)
    shop.publish()
    assert child[0].returncode == 0, child[0].stderr
    assert set(shop.queries().values()) == {"new"}
    assert set(shop.versions([f"d{number}" for number in range(4)]).values()) == {2}
