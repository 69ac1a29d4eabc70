"""Previews: copies come and go, and what else a Grafana holds stays as before."""

import json
import subprocess
from typing import Any

import pytest

from tailboard.publish.grafana.previews.preview import Preview
from tests.dashboards.schema_v2.sample_documents import build_resource, build_tabs_spec
from tests.grafana.conftest import typical_api
from tests.grafana.fault_proxy import FaultProxy, build_refusal
from tests.publish.grafana.previews.server_state import list_copies, read_originals, read_state
from tests.publish.grafana.publisher import DEFINITIONS_FOLDER, Publisher, read_query, set_query
from tests.workspace import CommandResult

pytestmark = typical_api

OWNER_OPTIONS = ("--owner", "team")
PREVIEW = Preview("pr-7", "team")
DAY = 24 * 3600


def run_preview(
    publisher: Publisher, *arguments: str, name: str = "pr-7", code: int = 0
) -> CommandResult:
    return publisher.run_publish(*OWNER_OPTIONS, "--preview", name, *arguments, code=code)


def build_document(uid: str, query: str, links: list[dict[str, Any]]) -> dict[str, Any]:
    panel = {
        "targets": [{"expr": query, "refId": "A"}],
        "title": "Up",
        "type": "timeseries",
        "links": [{"title": "Routes", "url": "/d/changed?a=b"}],
    }
    return {
        "links": links,
        "panels": [panel],
        "schemaVersion": 42,
        "title": uid.capitalize(),
        "uid": uid,
    }


@pytest.fixture
def shop(publisher: Publisher) -> Publisher:
    """A shop with published dashboards, of which one is declared otherwise now, and one is new."""
    publisher.grafana.create_folder("strangers", PREVIEW.folder.title)
    publisher.grafana.create_foreign_dashboard("theirs", "Theirs", "strangers")
    links = [{"title": "Same", "type": "link", "url": "/d/same"}]
    publisher.declare_document(build_document("changed", "old", links), "Shop")
    publisher.declare_dashboard("same", folder="Shop")
    publisher.run_publish(*OWNER_OPTIONS)
    publisher.declare_document(build_document("changed", "new", links), "Shop")
    publisher.declare_document(build_document("new", "new", links), "Made")
    return publisher


def test_what_would_change_is_copied_and_after_removal_the_server_is_as_before(
    shop: Publisher,
) -> None:
    before = read_state(shop.grafana)
    run = run_preview(shop)
    assert list_copies(shop.grafana) == {
        PREVIEW.build_uid("changed"): "pr-7: Changed",
        PREVIEW.build_uid("new"): "pr-7: New",
    }
    assert read_originals(shop.grafana) == before
    assert f"/dashboards/f/{PREVIEW.folder.uid}" in run.stderr
    document = shop.grafana.list_documents()[PREVIEW.build_uid("changed")]
    assert read_query(document) == "new"
    assert document["links"][0]["url"] == "/d/same"
    assert document["panels"][0]["links"][0]["url"] == f"/d/{PREVIEW.build_uid('changed')}?a=b"
    places = shop.list_folder_paths()
    assert {places[uid] for uid in list_copies(shop.grafana)} == {PREVIEW.folder.title}
    removal = run_preview(shop, "--remove")
    assert "3 deleted" in removal.stderr
    assert read_state(shop.grafana) == before
    assert "nothing" in run_preview(shop, "--remove").stderr


def test_everything_is_copied_where_that_is_asked_for(shop: Publisher) -> None:
    run_preview(shop, "--all")
    copies = list_copies(shop.grafana)
    assert set(copies) == {PREVIEW.build_uid(uid) for uid in ("changed", "new", "same")}
    document = shop.grafana.list_documents()[PREVIEW.build_uid("changed")]
    assert document["links"][0]["url"] == f"/d/{PREVIEW.build_uid('same')}"


def test_a_preview_follows_the_definitions_and_writes_nothing_twice(shop: Publisher) -> None:
    run_preview(shop)
    uids = [PREVIEW.build_uid("changed"), PREVIEW.build_uid("new")]
    versions = shop.count_versions(uids)
    assert ": 3 unchanged" in run_preview(shop).stderr
    assert shop.count_versions(uids) == versions
    shop.declare_dashboard("changed", "newer", folder="Shop")
    shop.delete_definition("new")
    run = run_preview(shop)
    assert list_copies(shop.grafana) == {uids[0]: "pr-7: Changed"}
    assert read_query(shop.grafana.list_documents()[uids[0]]) == "newer"
    assert "deleted" in run.stdout


def test_where_nothing_would_change_there_is_no_folder(shop: Publisher) -> None:
    run_preview(shop)
    shop.delete_definition("new")
    shop.run_publish(*OWNER_OPTIONS)
    before = read_originals(shop.grafana)
    run_preview(shop)
    assert read_state(shop.grafana) == before


def test_to_a_publish_copies_are_nobodys(shop: Publisher) -> None:
    run_preview(shop)
    copies = list_copies(shop.grafana)
    shop.run_publish(*OWNER_OPTIONS, "--prune")
    assert list_copies(shop.grafana) == copies
    assert not {uid for uid in shop.plan_states(*OWNER_OPTIONS) if uid.startswith("tbp")}
    assert shop.is_published(*OWNER_OPTIONS)


@pytest.mark.parametrize("option", ["--adopt", "--force"])
def test_no_option_lets_a_publish_overwrite_a_copy(shop: Publisher, option: str) -> None:
    run_preview(shop)
    uid = PREVIEW.build_uid("changed")
    shop.declare_dashboard(uid, "taken")
    run = shop.run_publish(*OWNER_OPTIONS, option, code=4)
    assert "it is a copy for the preview 'pr-7'" in run.stderr
    assert read_query(shop.grafana.list_documents()[uid]) == "new"


def test_a_strangers_dashboard_at_the_uid_of_a_copy_stays(shop: Publisher) -> None:
    uid = PREVIEW.build_uid("changed")
    shop.grafana.create_foreign_dashboard(uid, "A stranger's")
    run = run_preview(shop, code=4)
    assert "it is no copy of this preview" in run.stderr
    run_preview(shop, "--remove")
    assert list_copies(shop.grafana) == {uid: "A stranger's"}


def test_what_others_put_into_the_folder_stays_there(shop: Publisher) -> None:
    run_preview(shop)
    shop.grafana.create_foreign_dashboard("guest", "Guest", PREVIEW.folder.uid)
    run = run_preview(shop, "--remove")
    assert "it still holds 1 dashboard" in run.output
    assert shop.list_folder_paths()["guest"] == PREVIEW.folder.title
    assert list_copies(shop.grafana) == {}


def test_a_copy_that_somebody_made_of_a_copy_stays(shop: Publisher) -> None:
    run_preview(shop)
    document = {
        **shop.grafana.list_documents()[PREVIEW.build_uid("changed")],
        "uid": "kept",
        "id": None,
    }
    body = {"dashboard": document, "folderUid": "strangers"}
    assert shop.grafana.send_request("POST", "/api/dashboards/db", body).ok
    run_preview(shop, "--remove")
    assert "kept" in shop.grafana.list_documents()


def test_an_edit_of_a_copy_is_overwritten_by_its_preview_alone(shop: Publisher) -> None:
    run_preview(shop)
    uid = PREVIEW.build_uid("changed")
    shop.grafana.save_from_browser(uid, set_query)
    run_preview(shop)
    assert read_query(shop.grafana.list_documents()[uid]) == "new"
    shop.grafana.save_from_browser(uid, set_query)
    run_preview(shop, "--remove")
    assert list_copies(shop.grafana) == {}


def test_copies_that_lost_their_label_are_removed_too(shop: Publisher) -> None:
    run_preview(shop)
    shop.grafana.save_by_api(PREVIEW.build_uid("changed"), set_query)
    run_preview(shop, "--remove")
    assert list_copies(shop.grafana) == {}


def test_previews_of_others_are_left_alone(shop: Publisher) -> None:
    run_preview(shop)
    run_preview(shop, name="pr-8")
    shop.run_publish("--owner", "another", "--preview", "pr-7", "--all")
    everything = list_copies(shop.grafana)
    run_preview(shop, "--remove", name="pr-8")
    remaining = list_copies(shop.grafana)
    assert set(everything) - set(remaining) == {
        Preview("pr-8", "team").build_uid(uid) for uid in ("changed", "new")
    }


def test_a_preview_that_is_old_is_removed_by_another(
    shop: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_originals(shop.grafana)
    run_preview(shop, name="pr-6")
    run_preview(shop, "--expire", "7d")
    assert len(list_copies(shop.grafana)) == 4
    travel(monkeypatch, 6 * DAY)
    run_preview(shop)
    travel(monkeypatch, 8 * DAY)
    run = run_preview(shop, "--expire", "7d", name="pr-9")
    assert "its preview is old" in run.stdout
    titles = set(list_copies(shop.grafana).values())
    assert titles == {"pr-7: Changed", "pr-7: New", "pr-9: Changed", "pr-9: New"}
    travel(monkeypatch, 20 * DAY)
    run_preview(shop, "--remove", "--expire", "7d", name="pr-9")
    assert read_state(shop.grafana) == before


def test_previews_that_are_named_are_removed_with_another(shop: Publisher) -> None:
    before = read_originals(shop.grafana)
    for name in ("pr-4", "pr-5", "pr-6"):
        run_preview(shop, name=name)
    others = ("--also-remove", "pr-4", "--also-remove", "pr-6", "--also-remove", "pr-99")
    run = run_preview(shop, *others, "--also-remove", "pr-7")
    assert "its preview has ended" in run.stdout
    titles = set(list_copies(shop.grafana).values())
    assert titles == {"pr-5: Changed", "pr-5: New", "pr-7: Changed", "pr-7: New"}
    assert Preview("pr-4", "team").folder.uid not in shop.grafana.list_folder_titles()
    run_preview(shop, "--remove", "--also-remove", "pr-5")
    assert read_state(shop.grafana) == before


def test_the_folder_of_a_preview_that_was_cut_short_expires_too(
    shop: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Preview("pr-6", "team").folder
    shop.grafana.create_folder(folder.uid, folder.title)
    travel(monkeypatch, 8 * DAY)
    run_preview(shop, "--expire", "7d")
    assert folder.uid not in shop.grafana.list_folder_titles()
    assert "strangers" in shop.grafana.list_folder_titles()


def travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let previews be published so much later."""
    from tailboard.cli import preview_publish

    class LaterTime:
        @staticmethod
        def time() -> float:
            import time

            return time.time() + seconds

    monkeypatch.setattr(preview_publish, "time", LaterTime)


def test_a_dashboard_in_tabs_is_copied_in_its_schema(shop: Publisher) -> None:
    if shop.grafana.api == "classic":
        pytest.skip("the classic API stores no schema v2")
    before = read_state(shop.grafana)
    resource = build_resource(build_tabs_spec())
    uid = resource["metadata"]["name"]
    shop.workspace.write_file(f"{DEFINITIONS_FOLDER}/tabs.json", json.dumps(resource))
    run_preview(shop)
    copy = shop.grafana.read_in_v2(PREVIEW.build_uid(uid))
    assert copy["layout"]["kind"] == "TabsLayout"
    assert copy["title"] == f"pr-7: {resource['spec']['title']}"
    assert ": 4 unchanged" in run_preview(shop).stderr
    run_preview(shop, "--remove")
    assert read_state(shop.grafana) == before


def test_links_to_where_people_open_grafana_lead_to_the_copies(shop: Publisher) -> None:
    public_url = "https://grafana.example.org"
    shop.workspace.write_file("tailboard.toml", f'grafana_url = "{public_url}"')
    links = [{"title": "New", "type": "link", "url": f"{public_url}/d/new"}]
    shop.declare_document(build_document("changed", "new", links), "Shop")
    run_preview(shop, "--message", "long " * 200)
    document = shop.grafana.list_documents()[PREVIEW.build_uid("changed")]
    assert document["links"][0]["url"] == f"{public_url}/d/{PREVIEW.build_uid('new')}"


def test_copies_that_are_listed_are_not_asked_for_one_by_one(shop: Publisher) -> None:
    memory = shop.grafana.memory_server
    if memory is None or shop.grafana.api == "classic":
        pytest.skip("only /apis lists documents, and a server in memory tells its requests")
    run_preview(shop)
    memory.clear_requests()
    run_preview(shop)
    assert memory.count_requests(path="/dashboards/tbp-") == 0


@pytest.mark.slow
def test_two_pull_requests_at_once_have_a_preview_each(shop: Publisher) -> None:
    before = read_originals(shop.grafana)
    run_processes(shop, ["--preview", "pr-1", "--expire", "7d"], ["--preview", "pr-2", "--all"])
    assert len(list_copies(shop.grafana)) == 5
    run_processes(shop, ["--preview", "pr-1", "--remove"], ["--preview", "pr-2", "--remove"])
    assert read_state(shop.grafana) == before


def test_two_publishers_of_one_preview_leave_it_complete(shop: Publisher) -> None:
    before = read_originals(shop.grafana)
    run_processes(shop, ["--preview", "pr-7"], ["--preview", "pr-7"])
    assert len(list_copies(shop.grafana)) == 2
    assert ": 3 unchanged" in run_preview(shop).stderr
    run_processes(shop, ["--preview", "pr-7", "--remove"], ["--preview", "pr-7", "--remove"])
    assert read_state(shop.grafana) == before


def test_a_folder_that_another_run_made_during_the_plan_is_no_failure(
    publisher: Publisher,
) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("only a server in memory has hooks")
    publisher.declare_document(build_document("new", "new", []), "Made")

    def publish_meanwhile() -> None:
        run_preview(publisher)

    memory.add_hook("GET", f"/{PREVIEW.build_uid('new')}$", publish_meanwhile)
    assert ": 2 unchanged" in run_preview(publisher).stderr


def test_a_copy_that_somebody_else_is_deleting_is_no_failure(
    shop: Publisher, proxy: FaultProxy
) -> None:
    before = read_originals(shop.grafana)
    run_preview(shop)
    shop.set_url(proxy.url)
    proxy.add_fault(build_refusal(409), method="DELETE", path="/tbp-", times=1)
    run_preview(shop, "--remove")
    assert read_state(shop.grafana) == before


def run_processes(publisher: Publisher, *argument_lists: list[str]) -> None:
    """Publish at once, in a process each."""
    children = [
        subprocess.Popen(
            [*publisher.publish_command, *OWNER_OPTIONS, *arguments],
            cwd=publisher.workspace.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for arguments in argument_lists
    ]
    outputs = [child.communicate(timeout=120) for child in children]
    assert {child.returncode for child in children} == {0}, outputs


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--preview", "a/b"), "cannot be the name of a preview"),
        (("--preview", "a", "--force"), "leave --force out"),
        (("--preview", "a", "--prune"), "leave --prune out"),
        (("--preview", "a", "--all", "--remove"), "leave --all out"),
        (("--remove",), "need --preview NAME"),
        (("--expire", "7d"), "need --preview NAME"),
        (("--also-remove", "pr-1"), "need --preview NAME"),
        (("--preview", "a", "--also-remove", "b/c"), "cannot be the name of a preview"),
        (("--preview", "a", "--expire", "soon"), "is not a duration"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    publisher: Publisher, arguments: tuple[str, ...], problem: str
) -> None:
    run = publisher.run_publish(*OWNER_OPTIONS, *arguments, code=2)
    assert problem in run.stderr


def test_json_names_the_original_of_each_copy(shop: Publisher) -> None:
    run = run_preview(shop, "--json")
    report = run.json
    assert report["preview"] == "pr-7"
    assert report["folder_url"].endswith(PREVIEW.folder.uid)
    assert {item.get("original"): item["result"] for item in report["items"]} == {
        None: "created",
        "changed": "created",
        "new": "created",
    }
