"""What a run touched is put back, from its report or from the server's history."""

import pytest

from tests.publish.grafana.publisher import Publisher, read_run_name, set_query

OWNER_OPTIONS = ("--owner", "team")


@pytest.fixture(params=["report", "history"])
def is_report_lost(request: pytest.FixtureRequest) -> bool:
    """Whether the state folder is lost before the rollback."""
    return bool(request.param == "history")


def test_created_dashboards_and_folders_are_deleted(
    publisher: Publisher, is_report_lost: bool
) -> None:
    publisher.declare_dashboard("old")
    publisher.run_publish()
    publisher.declare_dashboard("a", folder="Shop/Orders")
    run = publisher.run_publish()
    if is_report_lost:
        publisher.delete_runs()
    assert "deleted" in publisher.run_rollback(run).stdout
    assert set(publisher.grafana.list_documents()) == {"old"}
    if not is_report_lost:
        assert publisher.grafana.list_folder_titles() == {}


def test_an_update_is_undone_and_can_be_done_again(
    publisher: Publisher, is_report_lost: bool
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.declare_dashboard("b")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    run = publisher.run_publish()
    if is_report_lost:
        publisher.delete_runs()
    undone = publisher.run_rollback(run)
    assert publisher.list_queries() == {"a": "old", "b": "up"}
    assert publisher.plan_states() == {"a": "update", "b": "unchanged"}
    publisher.run_rollback(undone)
    assert publisher.list_queries()["a"] == "new"
    assert publisher.is_published()
    publisher.declare_dashboard("a", "newer")
    publisher.run_publish()
    assert publisher.list_queries()["a"] == "newer"


def test_a_move_is_undone(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Here")
    publisher.run_publish()
    publisher.declare_dashboard("a", folder="There")
    run = publisher.run_publish()
    publisher.run_rollback(run)
    assert publisher.list_folder_paths() == {"a": "Here"}
    assert list(publisher.grafana.list_folder_titles().values()) == ["Here"]


def test_a_forced_overwriting_gives_the_hand_edit_back(
    publisher: Publisher, is_report_lost: bool
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.grafana.save_from_browser("a", set_query)
    publisher.declare_dashboard("a", "new")
    run = publisher.run_publish("--force")
    if is_report_lost:
        publisher.delete_runs()
    publisher.run_rollback(run)
    assert publisher.list_queries() == {"a": "edited"}
    assert publisher.plan_states() == {"a": "hand-edited"}


def test_an_adopted_dashboard_is_given_back(publisher: Publisher) -> None:
    publisher.grafana.create_folder("theirs", "Theirs")
    publisher.grafana.create_foreign_dashboard("a", "Of them", "theirs")
    publisher.declare_dashboard("a")
    run = publisher.run_publish("--adopt")
    publisher.run_rollback(run)
    assert publisher.grafana.list_documents()["a"]["title"] == "Of them"
    assert publisher.grafana.list_folder_uids() == {"a": "theirs"}
    assert publisher.plan_states() == {"a": "foreign"}
    assert "nothing" in publisher.run_rollback(run).stderr or publisher.plan_states() == {
        "a": "foreign"
    }


def test_pruned_dashboards_and_folders_are_there_again(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old", folder="Shop/Orders")
    publisher.declare_dashboard("kept")
    publisher.run_publish(*OWNER_OPTIONS)
    publisher.delete_definition("a")
    run = publisher.run_publish(*OWNER_OPTIONS, "--prune")
    assert (set(publisher.grafana.list_documents()), publisher.grafana.list_folder_titles()) == (
        {"kept"},
        {},
    )
    publisher.run_rollback(run, *OWNER_OPTIONS)
    assert publisher.list_queries() == {"a": "old", "kept": "up"}
    assert publisher.list_folder_paths() == {"a": "Shop/Orders", "kept": ""}
    publisher.declare_dashboard("a", "old", folder="Shop/Orders")
    assert publisher.is_published(*OWNER_OPTIONS)


def test_what_was_edited_since_stays(publisher: Publisher, is_report_lost: bool) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.declare_dashboard("b", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    publisher.declare_dashboard("b", "new")
    publisher.declare_dashboard("c", "new")
    run = publisher.run_publish()
    publisher.grafana.save_from_browser("a", set_query)
    publisher.grafana.save_from_browser("c", set_query)
    if is_report_lost:
        publisher.delete_runs()
    undone = publisher.run_rollback(run, code=4)
    assert "edited since that run" in undone.stderr
    assert "undo it all the same with --force" in undone.stderr
    assert "--prune" not in undone.stderr
    assert publisher.list_queries() == {"a": "edited", "b": "old", "c": "edited"}
    publisher.run_rollback(run, "--force")
    assert publisher.list_queries() == {"a": "old", "b": "old"}


def test_a_folder_that_got_something_since_stays(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    run = publisher.run_publish()
    [folder] = publisher.grafana.list_folder_titles()
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder)
    assert "it still holds 1 dashboard" in publisher.run_rollback(run).stdout
    assert publisher.grafana.list_folder_uids() == {"theirs": folder}


def test_what_somebody_else_made_since_is_not_deleted_by_force(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish()
    publisher.grafana.delete_dashboard("a")
    publisher.grafana.create_foreign_dashboard("a", "Theirs")
    publisher.run_rollback(run, "--force")
    assert publisher.grafana.list_documents()["a"]["title"] == "Theirs"


def test_what_somebody_else_made_of_an_update_is_not_overwritten_by_force(
    publisher: Publisher,
) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    run = publisher.run_publish()
    publisher.grafana.delete_dashboard("a")
    publisher.grafana.create_foreign_dashboard("a", "Theirs")
    undone = publisher.run_rollback(run, "--force", code=1)
    assert "--adopt" not in undone.stderr
    assert publisher.grafana.list_documents()["a"]["title"] == "Theirs"


def test_what_was_deleted_since_is_there_again(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    run = publisher.run_publish()
    publisher.grafana.delete_dashboard("a")
    publisher.run_rollback(run)
    assert publisher.list_queries() == {"a": "old"}


def test_a_dry_run_shows_and_does_nothing(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", "old")
    publisher.run_publish()
    publisher.declare_dashboard("a", "new")
    run = publisher.run_publish()
    result = publisher.run_rollback(run, "--dry-run")
    assert "update       dashboard 'A' (a)" in result.stdout
    assert publisher.list_queries() == {"a": "new"}


def test_a_dry_run_says_what_would_be_left_and_ends_with_1(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="One")
    publisher.declare_dashboard("b", folder="Two")
    run = publisher.run_publish()
    publisher.grafana.save_from_browser("b", set_query)
    result = publisher.run_rollback(run, "--dry-run", code=1)
    assert "delete       dashboard 'A' (a): made by that run" in result.stdout
    assert "delete       folder 'One'" in result.stdout
    assert "stop         dashboard 'B' (b): edited since that run" in result.stdout
    assert "keep         folder 'Two'" in result.stdout
    assert "it still holds 1 dashboard" in result.stdout
    assert "undo it all the same with --force" in result.stderr
    assert "nothing changed" in result.stderr
    assert set(publisher.grafana.list_documents()) == {"a", "b"}
    forced = publisher.run_rollback(run, "--dry-run", "--force")
    assert forced.stdout.count("delete  ") == 4
    assert set(publisher.grafana.list_documents()) == {"a", "b"}


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_dry_run_foresees_what_the_rollback_does(
    publisher: Publisher, force: tuple[str, ...]
) -> None:
    publisher.declare_dashboard("old", "old", folder="Shop/Old")
    publisher.declare_dashboard("moved", folder="Shop/Old")
    publisher.run_publish()
    publisher.declare_dashboard("old", "new", folder="Shop/Old")
    publisher.declare_dashboard("moved", folder="Shop/New")
    publisher.declare_dashboard("a", folder="Shop/Orders/Deep")
    publisher.declare_dashboard("b", folder="Shop/Orders")
    publisher.declare_dashboard("c", folder="Other/Deep")
    run = publisher.run_publish()
    for uid in ("old", "b"):
        publisher.grafana.save_from_browser(uid, set_query)
    folder = next(
        uid for uid, title in publisher.grafana.list_folder_titles().items() if title == "Other"
    )
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder)
    before = (
        publisher.grafana.list_documents(),
        publisher.grafana.list_folder_titles(),
        publisher.grafana.list_folder_uids(),
    )
    foreseen = publisher.run_rollback(run, "--dry-run", "--json", *force, code=1).json
    assert before == (
        publisher.grafana.list_documents(),
        publisher.grafana.list_folder_titles(),
        publisher.grafana.list_folder_uids(),
    )
    result = publisher.run_rollback(run, "--json", *force, code=0 if force else 4).json
    words = {"create": "created", "delete": "deleted", "keep": "kept", "move": "moved"}
    words |= {"overwrite": "overwritten", "stop": "stopped", "update": "updated"}
    for item in foreseen["items"]:
        item["result"] = words.get(item["result"], item["result"])
    assert foreseen["items"] == result["items"]


def test_a_dry_run_foresees_what_comes_back(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop/Orders")
    publisher.declare_dashboard("kept")
    publisher.run_publish(*OWNER_OPTIONS)
    publisher.delete_definition("a")
    run = publisher.run_publish(*OWNER_OPTIONS, "--prune")
    result = publisher.run_rollback(run, "--dry-run", *OWNER_OPTIONS)
    assert "create       dashboard 'A' (a)" in result.stdout
    assert result.stdout.count("create       folder") == 2
    assert publisher.grafana.list_folder_titles() == {}


def test_a_dry_run_says_that_nothing_is_left_to_undo(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish()
    publisher.run_rollback(run)
    result = publisher.run_rollback(run, "--dry-run")
    assert "nothing is left to undo" in result.stderr
    assert result.stdout == ""


def test_the_summary_tells_folders_from_dashboards_that_are_kept(publisher: Publisher) -> None:
    publisher.declare_dashboard("a", folder="Shop")
    run = publisher.run_publish()
    [folder] = publisher.grafana.list_folder_titles()
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", folder)
    assert "1 deleted, 1 folder kept" in publisher.run_rollback(run).stderr


def test_an_unknown_run_is_an_error(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish("--owner", "team")
    publisher.delete_runs()
    assert "nothing is known of a run" in publisher.run_rollback(run, code=2).stderr
    wrong = publisher.workspace.run_tailboard("rollback", "../../etc/passwd")
    assert (wrong.exit_code, "etc/passwd" in wrong.stderr) == (2, True)


def test_a_run_is_only_undone_where_it_was(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish()
    publisher.set_url(publisher.grafana.url.replace("127.0.0.1", "localhost"))
    assert "published to" in publisher.run_rollback(run, code=2).stderr
    assert set(publisher.grafana.list_documents()) == {"a"}


def test_a_broken_report_is_named(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    run = publisher.run_publish()
    path = publisher.workspace.root / ".tailboard" / "runs" / f"{read_run_name(run)}.json"
    path.write_text('{"run": 1}')
    assert str(path.name) in publisher.run_rollback(run, code=2).stderr


def test_only_the_last_reports_are_kept(publisher: Publisher) -> None:
    for number in range(22):
        publisher.declare_dashboard("a", f"query_{number}")
        publisher.run_publish()
    paths = list((publisher.workspace.root / ".tailboard" / "runs").iterdir())
    assert len(paths) == 20
