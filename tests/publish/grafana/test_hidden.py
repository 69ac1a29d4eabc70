"""What the credentials may not see: it is told of, left alone, and keeps nothing else waiting."""

import pytest

from tests.grafana.proxy import FaultProxy, refusal
from tests.publish.grafana.shop import Shop

HIDDEN = "hidden-folder"


def hide(shop: Shop, folder: str) -> None:
    """Let only admins see a folder, and ask as an editor from now on."""
    shop.grafana.hide_folder(folder)
    shop.with_token(shop.grafana.server.token("editor"))  # type: ignore[attr-defined]


def hidden(shop: Shop, uid: str = "theirs") -> None:
    """Put a dashboard of others where only admins see it."""
    shop.grafana.create_folder(HIDDEN, "Hidden")
    shop.grafana.create_foreign(uid, "Theirs", HIDDEN)
    hide(shop, HIDDEN)


def test_a_dashboard_that_may_not_be_read_is_blocked_and_the_others_are_planned(
    shop: Shop,
) -> None:
    hidden(shop)
    shop.declare("theirs")
    shop.declare("new")
    items = shop.items()
    assert {uid: it["state"] for uid, it in items.items()} == {"new": "create", "theirs": "blocked"}
    assert "dashboards:read is missing" in items["theirs"]["why"]
    assert "the permission Edit" in items["theirs"]["tip"]
    assert not items["new"]["tip"]


def test_a_plan_says_what_to_do_about_what_may_not_be_read(shop: Shop) -> None:
    hidden(shop)
    shop.declare("theirs")
    run = shop.run("plan")
    assert run.code == 0, run.said
    assert "blocked      dashboard 'Theirs' (theirs): the credentials may not" in run.out
    assert "Tip: theirs: give the service account the permission Edit" in run.err
    assert shop.run("plan", "--exit-code").code == 1


@pytest.mark.parametrize("leave", [(), ("--force",), ("--adopt",)])
def test_what_may_not_be_read_is_left_alone_and_the_others_are_published(
    shop: Shop, leave: tuple[str, ...]
) -> None:
    hidden(shop)
    before = shop.grafana.documents()["theirs"]
    new = "-".join(("new", *leave)).replace("--", "")
    shop.declare("theirs")
    shop.publish(*leave, code=1)
    shop.declare(new)  # Grafana remembers for a while whose a deleted dashboard was
    run = shop.publish(*leave, code=4)
    assert "dashboards:read is missing" in run.err
    assert "the permission Edit" in run.err
    assert shop.queries() == {new: "up", "theirs": ""}
    assert shop.grafana.documents()["theirs"] == before


def test_what_a_search_names_and_a_reading_refuses_is_left_out(
    shop: Shop, proxy: FaultProxy
) -> None:
    for uid in ("named", "read"):
        shop.declare(uid)
    shop.publish()
    shop.grafana.edit_by_api("named", lambda it: None)
    shop.undeclare("named")
    shop.ask_at(proxy.url)
    proxy.harm(refusal(403), path=r"/dashboards/(uid/)?named$")
    assert shop.states() == {"read": "unchanged"}


def test_a_list_that_is_not_allowed_ends_the_plan(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a")
    shop.ask_at(proxy.url)
    proxy.harm(refusal(403), path="/folders$|/api/search")
    run = shop.run("plan")
    assert run.code == 3, run.said
    assert "is not allowed (403)" in run.err
    assert "listing the" in run.err or "searching for dashboards" in run.err


def test_a_folder_of_ours_that_may_not_be_seen_is_not_made_again(shop: Shop) -> None:
    shop.declare("inside", "old", folder="Secret/Deep")
    shop.declare("beside", "old", folder="Shop")
    shop.publish()
    [secret] = [uid for uid, title in shop.grafana.folders().items() if title == "Secret"]
    hide(shop, secret)
    shop.declare("beside", "new", folder="Shop")
    shop.declare("within", folder="Secret/Deep")
    shop.declare("deeper", folder="Secret/Other")
    run = shop.publish(code=4)
    assert "folders:read is missing" in run.err
    assert "the permission Edit" in run.err
    assert "changed meanwhile" not in run.said
    assert shop.queries() == {"inside": "old", "beside": "new"}
    assert len(shop.grafana.folders()) == 3


def test_a_plan_tells_a_hidden_folder_from_a_new_one(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("the classic API answers the same for both")
    shop.declare("inside", folder="Secret/Deep")
    shop.publish()
    [secret] = [uid for uid, title in shop.grafana.folders().items() if title == "Secret"]
    hide(shop, secret)
    shop.declare("beside", folder="Secret/Other")
    shop.declare("within", folder="New")
    items = {it["title"]: it for it in shop.items().values()}
    states = {title: it["state"] for title, it in items.items()}
    assert {title for title, state in states.items() if state == "create"} == {"New", "Within"}
    assert items["Secret"]["why"].startswith("it is there")
    assert items["Other"]["why"].startswith("it lies in a folder")
    assert items["Beside"]["why"].startswith("its folder 'Other': it lies in a folder")
    assert items["Beside"]["tip"] == items["Secret"]["tip"]


def test_a_dashboard_that_no_list_and_no_reading_shows_is_not_called_changed(shop: Shop) -> None:
    memory = shop.grafana.memory
    if memory is None:
        pytest.skip("needs a hook in the server")
    shop.declare("a")
    theirs = {"title": "Theirs", "panels": []}
    memory.before("POST", r"/dashboards(/db)?$", lambda: memory.add("a", theirs))
    answer = memory.answer

    def blind(method: str, target: str, headers: object, raw: bytes) -> object:
        is_it = target.endswith(("/uid/a", "/dashboards/a"))
        known = target.removesuffix("/a") + "/missing" if is_it and method == "GET" else target
        return answer(method, known, headers, raw)  # type: ignore[arg-type]

    shop.patch.setattr(memory, "answer", blind)
    run = shop.publish(code=3)
    assert "there is one of this uid" in run.err
    assert "dashboards:read is missing" in run.err


def test_a_rollback_leaves_what_may_not_be_read_and_undoes_the_rest(shop: Shop) -> None:
    for uid in ("inside", "beside"):
        shop.declare(uid, "old", folder="Shop" if uid == "beside" else "Secret")
    shop.publish()
    for uid in ("inside", "beside"):
        shop.declare(uid, "new", folder="Shop" if uid == "beside" else "Secret")
    run = shop.publish()
    [secret] = [uid for uid, title in shop.grafana.folders().items() if title == "Secret"]
    hide(shop, secret)
    undone = shop.roll_back(run, code=4)
    assert "dashboards:read is missing" in undone.err
    assert shop.queries() == {"inside": "new", "beside": "old"}


def test_what_an_editor_moves_out_of_every_folder_is_told_to_be_out_of_sight(shop: Shop) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("the classic API remembers for a while where a dashboard was")
    shop.with_token(shop.grafana.server.token("editor"))  # type: ignore[attr-defined]
    shop.declare("moving", folder="Shop")
    shop.publish()
    shop.declare("moving")
    assert "to admins only" in shop.items()["moving"]["why"]
    run = shop.publish(code=3)
    assert "it was written, and the credentials may not read it any more" in run.err
    assert "declare a folder" in run.err
    assert shop.grafana.places() == {"moving": ""}
    shop.with_token(shop.grafana.token)
    shop.roll_back(run)
    assert shop.folder_titles() == {"moving": "Shop"}
