"""What a run touched is put back, from its report or from the server's history."""

import pytest

from tests.publish.grafana.shop import Shop, name_of, set_query

OWNER = ("--owner", "team")


@pytest.fixture(params=["report", "history"])
def forgetful(request: pytest.FixtureRequest) -> bool:
    """Whether the state folder is lost before the rollback."""
    return bool(request.param == "history")


def test_created_dashboards_and_folders_are_deleted(shop: Shop, forgetful: bool) -> None:
    shop.declare("old")
    shop.publish()
    shop.declare("a", folder="Shop/Orders")
    run = shop.publish()
    if forgetful:
        shop.forget_runs()
    assert "deleted" in shop.roll_back(run).out
    assert set(shop.grafana.documents()) == {"old"}
    if not forgetful:
        assert shop.grafana.folders() == {}


def test_an_update_is_undone_and_can_be_done_again(shop: Shop, forgetful: bool) -> None:
    shop.declare("a", "old")
    shop.declare("b")
    shop.publish()
    shop.declare("a", "new")
    run = shop.publish()
    if forgetful:
        shop.forget_runs()
    undone = shop.roll_back(run)
    assert shop.queries() == {"a": "old", "b": "up"}
    assert shop.states() == {"a": "update", "b": "unchanged"}
    shop.roll_back(undone)
    assert shop.queries()["a"] == "new"
    assert shop.is_published()
    shop.declare("a", "newer")
    shop.publish()
    assert shop.queries()["a"] == "newer"


def test_a_move_is_undone(shop: Shop) -> None:
    shop.declare("a", folder="Here")
    shop.publish()
    shop.declare("a", folder="There")
    run = shop.publish()
    shop.roll_back(run)
    assert shop.folder_titles() == {"a": "Here"}
    assert list(shop.grafana.folders().values()) == ["Here"]


def test_a_forced_overwriting_gives_the_hand_edit_back(shop: Shop, forgetful: bool) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.grafana.edit_by_hand("a", set_query)
    shop.declare("a", "new")
    run = shop.publish("--force")
    if forgetful:
        shop.forget_runs()
    shop.roll_back(run)
    assert shop.queries() == {"a": "edited"}
    assert shop.states() == {"a": "hand-edited"}


def test_an_adopted_dashboard_is_given_back(shop: Shop) -> None:
    shop.grafana.create_folder("theirs", "Theirs")
    shop.grafana.create_foreign("a", "Of them", "theirs")
    shop.declare("a")
    run = shop.publish("--adopt")
    shop.roll_back(run)
    assert shop.grafana.documents()["a"]["title"] == "Of them"
    assert shop.grafana.places() == {"a": "theirs"}
    assert shop.states() == {"a": "foreign"}
    assert "nothing" in shop.roll_back(run).err or shop.states() == {"a": "foreign"}


def test_pruned_dashboards_and_folders_are_there_again(shop: Shop) -> None:
    shop.declare("a", "old", folder="Shop/Orders")
    shop.declare("kept")
    shop.publish(*OWNER)
    shop.undeclare("a")
    run = shop.publish(*OWNER, "--prune")
    assert (set(shop.grafana.documents()), shop.grafana.folders()) == ({"kept"}, {})
    shop.roll_back(run, *OWNER)
    assert shop.queries() == {"a": "old", "kept": "up"}
    assert shop.folder_titles() == {"a": "Shop/Orders", "kept": ""}
    shop.declare("a", "old", folder="Shop/Orders")
    assert shop.is_published(*OWNER)


def test_what_was_edited_since_stays(shop: Shop, forgetful: bool) -> None:
    shop.declare("a", "old")
    shop.declare("b", "old")
    shop.publish()
    shop.declare("a", "new")
    shop.declare("b", "new")
    shop.declare("c", "new")
    run = shop.publish()
    shop.grafana.edit_by_hand("a", set_query)
    shop.grafana.edit_by_hand("c", set_query)
    if forgetful:
        shop.forget_runs()
    undone = shop.roll_back(run, code=4)
    assert "edited since that run" in undone.err
    assert "undo it all the same with --force" in undone.err
    assert "--prune" not in undone.err
    assert shop.queries() == {"a": "edited", "b": "old", "c": "edited"}
    shop.roll_back(run, "--force")
    assert shop.queries() == {"a": "old", "b": "old"}


def test_a_folder_that_got_something_since_stays(shop: Shop) -> None:
    shop.declare("a", folder="Shop")
    run = shop.publish()
    [folder] = shop.grafana.folders()
    shop.grafana.create_foreign("theirs", "Theirs", folder)
    assert "it still holds 1 dashboard" in shop.roll_back(run).out
    assert shop.grafana.places() == {"theirs": folder}


def test_what_somebody_else_made_since_is_not_deleted_by_force(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish()
    shop.grafana.delete("a")
    shop.grafana.create_foreign("a", "Theirs")
    shop.roll_back(run, "--force")
    assert shop.grafana.documents()["a"]["title"] == "Theirs"


def test_what_somebody_else_made_of_an_update_is_not_overwritten_by_force(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    run = shop.publish()
    shop.grafana.delete("a")
    shop.grafana.create_foreign("a", "Theirs")
    undone = shop.roll_back(run, "--force", code=1)
    assert "--adopt" not in undone.err
    assert shop.grafana.documents()["a"]["title"] == "Theirs"


def test_what_was_deleted_since_is_there_again(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    run = shop.publish()
    shop.grafana.delete("a")
    shop.roll_back(run)
    assert shop.queries() == {"a": "old"}


def test_a_dry_run_shows_and_does_nothing(shop: Shop) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    run = shop.publish()
    shown = shop.roll_back(run, "--dry-run")
    assert "update       dashboard 'A' (a)" in shown.out
    assert shop.queries() == {"a": "new"}


def test_a_dry_run_says_what_would_be_left_and_ends_with_1(shop: Shop) -> None:
    shop.declare("a", folder="One")
    shop.declare("b", folder="Two")
    run = shop.publish()
    shop.grafana.edit_by_hand("b", set_query)
    shown = shop.roll_back(run, "--dry-run", code=1)
    assert "delete       dashboard 'A' (a): made by that run" in shown.out
    assert "delete       folder 'One'" in shown.out
    assert "stop         dashboard 'B' (b): edited since that run" in shown.out
    assert "keep         folder 'Two'" in shown.out
    assert "it still holds 1 dashboard" in shown.out
    assert "undo it all the same with --force" in shown.err
    assert "nothing changed" in shown.err
    assert set(shop.grafana.documents()) == {"a", "b"}
    forced = shop.roll_back(run, "--dry-run", "--force")
    assert forced.out.count("delete  ") == 4
    assert set(shop.grafana.documents()) == {"a", "b"}


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_dry_run_foresees_what_the_rollback_does(shop: Shop, force: tuple[str, ...]) -> None:
    shop.declare("old", "old", folder="Shop/Old")
    shop.declare("moved", folder="Shop/Old")
    shop.publish()
    shop.declare("old", "new", folder="Shop/Old")
    shop.declare("moved", folder="Shop/New")
    shop.declare("a", folder="Shop/Orders/Deep")
    shop.declare("b", folder="Shop/Orders")
    shop.declare("c", folder="Other/Deep")
    run = shop.publish()
    for uid in ("old", "b"):
        shop.grafana.edit_by_hand(uid, set_query)
    other = next(uid for uid, title in shop.grafana.folders().items() if title == "Other")
    shop.grafana.create_foreign("theirs", "Theirs", other)
    before = (shop.grafana.documents(), shop.grafana.folders(), shop.grafana.places())
    foreseen = shop.roll_back(run, "--dry-run", "--json", *force, code=1).json
    assert before == (shop.grafana.documents(), shop.grafana.folders(), shop.grafana.places())
    done = shop.roll_back(run, "--json", *force, code=0 if force else 4).json
    words = {"create": "created", "delete": "deleted", "keep": "kept", "move": "moved"}
    words |= {"overwrite": "overwritten", "stop": "stopped", "update": "updated"}
    for item in foreseen["items"]:
        item["result"] = words.get(item["result"], item["result"])
    assert foreseen["items"] == done["items"]


def test_a_dry_run_foresees_what_comes_back(shop: Shop) -> None:
    shop.declare("a", folder="Shop/Orders")
    shop.declare("kept")
    shop.publish(*OWNER)
    shop.undeclare("a")
    run = shop.publish(*OWNER, "--prune")
    shown = shop.roll_back(run, "--dry-run", *OWNER)
    assert "create       dashboard 'A' (a)" in shown.out
    assert shown.out.count("create       folder") == 2
    assert shop.grafana.folders() == {}


def test_a_dry_run_says_that_nothing_is_left_to_undo(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish()
    shop.roll_back(run)
    shown = shop.roll_back(run, "--dry-run")
    assert "nothing is left to undo" in shown.err
    assert shown.out == ""


def test_the_summary_tells_folders_from_dashboards_that_are_kept(shop: Shop) -> None:
    shop.declare("a", folder="Shop")
    run = shop.publish()
    [folder] = shop.grafana.folders()
    shop.grafana.create_foreign("theirs", "Theirs", folder)
    assert "1 deleted, 1 folder kept" in shop.roll_back(run).err


def test_an_unknown_run_is_an_error(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish("--owner", "team")
    shop.forget_runs()
    assert "nothing is known of a run" in shop.roll_back(run, code=2).err
    wrong = shop.workshop.tailboard("rollback", "../../etc/passwd")
    assert (wrong.code, "etc/passwd" in wrong.err) == (2, True)


def test_a_run_is_only_undone_where_it_was(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish()
    shop.ask_at(shop.grafana.url.replace("127.0.0.1", "localhost"))
    assert "published to" in shop.roll_back(run, code=2).err
    assert set(shop.grafana.documents()) == {"a"}


def test_a_broken_report_is_named(shop: Shop) -> None:
    shop.declare("a")
    run = shop.publish()
    path = shop.workshop.root / ".tailboard" / "runs" / f"{name_of(run)}.json"
    path.write_text('{"run": 1}')
    assert str(path.name) in shop.roll_back(run, code=2).err


def test_only_the_last_reports_are_kept(shop: Shop) -> None:
    for number in range(22):
        shop.declare("a", f"query_{number}")
        shop.publish()
    kept = list((shop.workshop.root / ".tailboard" / "runs").iterdir())
    assert len(kept) == 20
