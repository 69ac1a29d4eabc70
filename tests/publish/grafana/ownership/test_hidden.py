"""What the credentials may not see: it is told of, left alone, and keeps nothing else waiting."""

import pytest

from tests.grafana.fault_proxy import FaultProxy, build_refusal
from tests.publish.grafana.publisher import Publisher

HIDDEN_FOLDER = "hidden-folder"


def hide_folder(publisher: Publisher, folder: str) -> None:
    """Let only admins see a folder, and ask as an editor from now on."""
    publisher.grafana.hide_folder(folder)
    publisher.set_token(publisher.grafana.server.create_token("editor"))  # type: ignore[attr-defined]


def create_hidden_dashboard(publisher: Publisher, uid: str = "theirs") -> None:
    """Put a dashboard of others where only admins see it."""
    publisher.grafana.create_folder(HIDDEN_FOLDER, "Hidden")
    publisher.grafana.create_foreign_dashboard(uid, "Theirs", HIDDEN_FOLDER)
    hide_folder(publisher, HIDDEN_FOLDER)


def test_a_dashboard_that_may_not_be_read_is_blocked_and_the_others_are_planned(
    publisher: Publisher,
) -> None:
    create_hidden_dashboard(publisher)
    publisher.declare_dashboard("theirs")
    publisher.declare_dashboard("new")
    items = publisher.plan_items()
    assert {uid: item["state"] for uid, item in items.items()} == {
        "new": "create",
        "theirs": "blocked",
    }
    assert "dashboards:read is missing" in items["theirs"]["why"]
    assert "the permission Edit" in items["theirs"]["tip"]
    assert not items["new"]["tip"]


def test_a_plan_says_what_to_do_about_what_may_not_be_read(publisher: Publisher) -> None:
    create_hidden_dashboard(publisher)
    publisher.declare_dashboard("theirs")
    run = publisher.run_command("plan")
    assert run.exit_code == 0, run.output
    assert "blocked      dashboard 'Theirs' (theirs): the credentials may not" in run.stdout
    assert "Tip: theirs: give the service account the permission Edit" in run.stderr
    assert publisher.run_command("plan", "--exit-code").exit_code == 1


@pytest.mark.parametrize("leave", [(), ("--force",), ("--adopt",)])
def test_what_may_not_be_read_is_left_alone_and_the_others_are_published(
    publisher: Publisher, leave: tuple[str, ...]
) -> None:
    create_hidden_dashboard(publisher)
    before = publisher.grafana.list_documents()["theirs"]
    new = "-".join(("new", *leave)).replace("--", "")
    publisher.declare_dashboard("theirs")
    publisher.run_publish(*leave, code=1)
    publisher.declare_dashboard(new)  # Grafana remembers for a while whose a deleted dashboard was
    run = publisher.run_publish(*leave, code=4)
    assert "dashboards:read is missing" in run.stderr
    assert "the permission Edit" in run.stderr
    assert publisher.list_queries() == {new: "up", "theirs": ""}
    assert publisher.grafana.list_documents()["theirs"] == before


def test_what_a_search_names_and_a_reading_refuses_is_left_out(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    for uid in ("named", "read"):
        publisher.declare_dashboard(uid)
    publisher.run_publish()
    publisher.grafana.save_by_api("named", lambda document: None)
    publisher.delete_definition("named")
    publisher.set_url(proxy.url)
    proxy.add_fault(build_refusal(403), path=r"/dashboards/(uid/)?named$")
    assert publisher.plan_states() == {"read": "unchanged"}


def test_a_list_that_is_not_allowed_ends_the_plan(publisher: Publisher, proxy: FaultProxy) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url(proxy.url)
    proxy.add_fault(build_refusal(403), path="/folders$|/api/search")
    run = publisher.run_command("plan")
    assert run.exit_code == 3, run.output
    assert "is not allowed (403)" in run.stderr
    assert "listing the" in run.stderr or "searching for dashboards" in run.stderr


def test_a_folder_of_ours_that_may_not_be_seen_is_not_made_again(publisher: Publisher) -> None:
    publisher.declare_dashboard("inside", "old", folder="Secret/Deep")
    publisher.declare_dashboard("beside", "old", folder="Shop")
    publisher.run_publish()
    [secret] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Secret"
    ]
    hide_folder(publisher, secret)
    publisher.declare_dashboard("beside", "new", folder="Shop")
    publisher.declare_dashboard("within", folder="Secret/Deep")
    publisher.declare_dashboard("deeper", folder="Secret/Other")
    run = publisher.run_publish(code=4)
    assert "folders:read is missing" in run.stderr
    assert "the permission Edit" in run.stderr
    assert "changed meanwhile" not in run.output
    assert publisher.list_queries() == {"inside": "old", "beside": "new"}
    assert len(publisher.grafana.list_folder_titles()) == 3


def test_a_plan_tells_a_hidden_folder_from_a_new_one(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("the classic API answers the same for both")
    publisher.declare_dashboard("inside", folder="Secret/Deep")
    publisher.run_publish()
    [secret] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Secret"
    ]
    hide_folder(publisher, secret)
    publisher.declare_dashboard("beside", folder="Secret/Other")
    publisher.declare_dashboard("within", folder="New")
    items = {value["title"]: value for value in publisher.plan_items().values()}
    states = {title: item["state"] for title, item in items.items()}
    assert {title for title, state in states.items() if state == "create"} == {"New", "Within"}
    assert items["Secret"]["why"].startswith("it is there")
    assert items["Other"]["why"].startswith("it lies in a folder")
    assert items["Beside"]["why"].startswith("its folder 'Other': it lies in a folder")
    assert items["Beside"]["tip"] == items["Secret"]["tip"]


def test_a_dashboard_that_no_list_and_no_reading_shows_is_not_called_changed(
    publisher: Publisher,
) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("needs a hook in the server")
    publisher.declare_dashboard("a")
    document = {"title": "Theirs", "panels": []}
    memory.add_hook("POST", r"/dashboards(/db)?$", lambda: memory.add_dashboard("a", document))
    answer = memory.answer

    def blind(method: str, target: str, headers: object, raw: bytes) -> object:
        is_hidden = target.endswith(("/uid/a", "/dashboards/a"))
        target_path = (
            target.removesuffix("/a") + "/missing" if is_hidden and method == "GET" else target
        )
        return answer(method, target_path, headers, raw)  # type: ignore[arg-type]

    publisher.monkeypatch.setattr(memory, "answer", blind)
    run = publisher.run_publish(code=3)
    assert "there is one of this uid" in run.stderr
    assert "dashboards:read is missing" in run.stderr


def test_a_rollback_leaves_what_may_not_be_read_and_undoes_the_rest(publisher: Publisher) -> None:
    for uid in ("inside", "beside"):
        publisher.declare_dashboard(uid, "old", folder="Shop" if uid == "beside" else "Secret")
    publisher.run_publish()
    for uid in ("inside", "beside"):
        publisher.declare_dashboard(uid, "new", folder="Shop" if uid == "beside" else "Secret")
    run = publisher.run_publish()
    [secret] = [
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Secret"
    ]
    hide_folder(publisher, secret)
    undone = publisher.run_rollback(run, code=4)
    assert "dashboards:read is missing" in undone.stderr
    assert publisher.list_queries() == {"inside": "new", "beside": "old"}


def test_what_an_editor_moves_out_of_every_folder_is_told_to_be_out_of_sight(
    publisher: Publisher,
) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("the classic API remembers for a while where a dashboard was")
    publisher.set_token(publisher.grafana.server.create_token("editor"))  # type: ignore[attr-defined]
    publisher.declare_dashboard("moving", folder="Shop")
    publisher.run_publish()
    publisher.declare_dashboard("moving")
    assert "to admins only" in publisher.plan_items()["moving"]["why"]
    run = publisher.run_publish(code=3)
    assert "it was written, and the credentials may not read it any more" in run.stderr
    assert "declare a folder" in run.stderr
    assert publisher.grafana.list_folder_uids() == {"moving": ""}
    publisher.set_token(publisher.grafana.token)
    publisher.run_rollback(run)
    assert publisher.list_folder_paths() == {"moving": "Shop"}
