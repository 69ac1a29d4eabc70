"""Dashboards that the browser stores in schema v2, whatever they were published in."""

import copy
import json
from typing import Any

import pytest

from tailboard.publish.grafana.documents.marker import NAME
from tests.grafana.grafana_under_test import Change, Document
from tests.grafana.scenarios import DASHBOARDS, OLD_DASHBOARDS, V2_DASHBOARDS
from tests.publish.grafana.documents.schema_v2.sample_documents import (
    add_panel,
    add_row_condition,
    place_automatically,
    put_row_into_tab,
    turn_rows_into_tabs,
)
from tests.publish.grafana.publisher import Publisher, build_panel, read_run_name
from tests.slow_marks import mark_slow

UID = "orders"


@pytest.fixture(autouse=True)
def _skip_without_v2(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("only /apis shows schema v2")


def build_rows_document(**fields: Any) -> Document:
    """A dashboard of schema v1 with a row of three panels and a row of one."""
    titles = ["P99", "Errors", "Rate", "Slowest"]
    panels = [
        {**build_panel(title, f"query_{number}"), "id": number + 1}
        for number, title in enumerate(titles)
    ]
    for number, panel in enumerate(panels[:3]):
        panel["gridPos"] = {"h": 8, "w": 8, "x": 8 * number, "y": 1}
    panels[3]["gridPos"] = {"h": 8, "w": 24, "x": 0, "y": 10}
    rows = [
        {
            "collapsed": False,
            "gridPos": {"h": 1, "w": 24, "x": 0, "y": y},
            "id": 10 + y,
            "panels": [],
            "title": title,
            "type": "row",
        }
        for title, y in (("Service", 0), ("Routes", 9))
    ]
    return {
        "panels": [rows[0], *panels[:3], rows[1], panels[3]],
        "refresh": "1m",
        "schemaVersion": 42,
        "tags": ["shop"],
        "templating": {"list": []},
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "title": "Orders",
        "uid": UID,
        **fields,
    }


def publish_rows(publisher: Publisher, **fields: Any) -> str:
    """Publish the dashboard with rows; the name of the run."""
    publisher.declare_document(build_rows_document(**fields))
    return read_run_name(publisher.run_publish())


def rename_panel(document: Document) -> None:
    document["elements"]["panel-1"]["spec"]["title"] = "P99 of all"


def delete_mark(document: Document) -> None:
    document["variables"] = [
        variable for variable in document["variables"] if variable["spec"]["name"] != NAME
    ]


def overwrite_mark(document: Document) -> None:
    for variable in document["variables"]:
        if variable["spec"]["name"] == NAME:
            variable["spec"] |= {"current": {"text": "x", "value": "x"}, "query": "x"}


def set_time_range(document: Document) -> None:
    document["timeSettings"]["from"] = "now-24h"


def move_panel(document: Document) -> None:
    rows = document["layout"]["spec"]["rows"]
    items = [row["spec"]["layout"]["spec"]["items"] for row in rows]
    moved_item = items[0].pop()
    moved_item["spec"] |= {"x": 0, "y": 8}
    items[1].append(moved_item)


MARK_NAME = f"tailboard's mark, the variable {NAME!r}"
EDITS: dict[str, tuple[Change, list[str], str]] = {
    "rows to tabs": (
        turn_rows_into_tabs,
        ["tab 'Service' in place of a row", "tab 'Routes' in place of a row"],
        "2 tabs become rows",
    ),
    "a tab within a row": (
        put_row_into_tab,
        ["tab 'New tab' added in row 'Routes' with 1 panel"],
        "1 tab becomes a row",
    ),
    "auto grid": (
        place_automatically,
        ["auto grid in place of a grid of placed panels in row 'Service'"],
        "1 auto grid becomes a grid of fixed positions",
    ),
    "a row's rule": (
        add_row_condition,
        ["condition added to row 'Routes'"],
        "1 condition is lost",
    ),
    "a title": (rename_panel, ["panel 'P99': title 'P99' -> 'P99 of all'"], ""),
    "a new panel": (add_panel, ["panel 'New panel' added in row 'Routes'"], ""),
    "a moved panel": (move_panel, ["panel 'Rate' moved to row 'Routes'"], ""),
    "a time range": (set_time_range, ["time range now-1h to now -> now-24h to now"], ""),
    "the mark deleted": (delete_mark, [f"{MARK_NAME}, was deleted"], ""),
    "the mark overwritten": (overwrite_mark, [f"{MARK_NAME}, was overwritten"], ""),
}
TYPICAL_EDITS = ("rows to tabs", "a row's rule", "a new panel", "a moved panel", "the mark deleted")


def test_saving_without_a_change_is_no_edit(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, lambda document: None)
    assert publisher.is_published()
    publisher.grafana.save_in_v2(UID, lambda document: None)
    assert publisher.is_published()
    publisher.declare_document(build_rows_document(title="Orders and returns"))
    item = publisher.plan_items()[UID]
    assert (item["state"], item["differences"], item["loss"]) == (
        "update",
        ["title 'Orders' -> 'Orders and returns'"],
        "",
    )
    publisher.run_publish()
    assert publisher.is_published()


def test_what_is_declared_no_more_and_was_only_saved_is_pruned_without_force(
    publisher: Publisher,
) -> None:
    publisher.declare_dashboard("stays")
    publisher.declare_document(build_rows_document())
    publisher.run_publish("--owner", "team")
    publisher.grafana.save_in_v2(UID, lambda document: None)
    publisher.delete_definition(UID)
    assert "deleted" in publisher.run_publish("--owner", "team", "--prune").stdout


@pytest.mark.parametrize("name", mark_slow(EDITS, TYPICAL_EDITS))
def test_an_edit_is_named_kept_by_pull_and_brought_back_by_rollback(
    publisher: Publisher, name: str
) -> None:
    edit, expected_differences, expected_loss = EDITS[name]
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, edit)
    stored_document = publisher.grafana.read_in_v2(UID)
    item = publisher.plan_items()[UID]
    assert item["state"] == "hand-edited"
    assert item["differences"] == expected_differences
    assert item["loss"] == expected_loss
    publisher.run_publish(code=1)
    assert publisher.grafana.read_in_v2(UID) == stored_document

    forced = publisher.run_publish("--force")
    assert expected_loss in forced.stderr
    assert publisher.is_published()
    publisher.run_rollback(forced)
    assert publisher.grafana.read_in_v2(UID) == stored_document
    assert publisher.plan_items()[UID]["differences"] == expected_differences

    publisher.run_pull(UID, "--out", "definitions", "--force")
    assert publisher.workspace.run_tailboard("build", "definitions").exit_code == 0
    assert publisher.plan_items()[UID]["differences"] in ([], expected_differences)
    publisher.run_publish("--force")
    assert publisher.is_published()
    assert strip_mark(publisher.grafana.read_in_v2(UID)) == strip_mark(stored_document)


def strip_mark(document: Document) -> Document:
    """A document without our mark."""
    stripped_document = copy.deepcopy(document)
    delete_mark(stripped_document)
    return stripped_document


def test_a_rollback_from_the_history_goes_back_in_the_schema_of_the_version(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    stored_document = publisher.grafana.read_in_v2(UID)
    forced = publisher.run_publish("--force")
    publisher.delete_runs()
    undone = publisher.run_rollback(forced)
    assert publisher.grafana.read_in_v2(UID) == stored_document
    publisher.delete_runs()
    publisher.run_rollback(undone, "--force")
    assert publisher.is_published()


def test_schemas_in_turn_are_told_apart(publisher: Publisher) -> None:
    publish_rows(publisher)
    for number in range(3):
        publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
        assert publisher.plan_states()[UID] == "hand-edited", number
        publisher.run_publish("--force")
        assert publisher.is_published(), number


def test_a_saved_and_a_declared_change_are_told_apart(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, rename_panel)
    publisher.declare_document(build_rows_document(title="Orders and returns"))
    assert publisher.plan_items()[UID]["differences"] == [
        "panel 'P99': title 'P99' -> 'P99 of all'",
        "declared since: title 'Orders' -> 'Orders and returns'",
    ]


def test_an_edit_that_is_declared_by_now_is_none(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, lambda document: document.update(title="Mine"))
    publisher.declare_document(build_rows_document(title="Mine"))
    assert publisher.plan_states()[UID] == "unchanged"
    publisher.run_publish()
    assert publisher.is_published()


@pytest.mark.parametrize("schema", ["v1", "v2"])
def test_a_saved_title_that_is_declared_by_now_needs_no_force_for_the_new_id(
    publisher: Publisher, schema: str
) -> None:
    document = build_rows_document()
    publisher.declare_document(document)
    publisher.run_publish("--schema", schema)
    publisher.grafana.save_in_v2(UID, rename_panel)
    (panel,) = [panel for panel in document["panels"] if panel.get("id") == 1]
    panel |= {"id": 77, "title": "P99 of all"}
    publisher.declare_document(document)
    item = publisher.plan_items("--schema", schema)[UID]
    assert (item["state"], item["differences"]) == ("update", ["panel 'P99 of all': id 1 -> 77"])
    publisher.run_publish("--schema", schema)
    assert publisher.is_published("--schema", schema)


def test_the_published_version_restored_in_the_browser_is_no_edit(publisher: Publisher) -> None:
    publish_rows(publisher)
    published_document = publisher.grafana.read_in_v2(UID)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    publisher.grafana.restore_in_v2(UID, published_document)
    assert publisher.plan_states()[UID] == "unchanged"
    publisher.run_publish()
    assert publisher.is_published()


def test_an_earlier_publish_restored_in_the_browser_is_an_edit(publisher: Publisher) -> None:
    publish_rows(publisher)
    earlier_document = publisher.grafana.read_in_v2(UID)
    publisher.declare_document(build_rows_document(title="Newer"))
    publisher.run_publish()
    publisher.grafana.restore_in_v2(UID, earlier_document)
    item = publisher.plan_items()[UID]
    assert (item["state"], item["why"]) == (
        "hand-edited",
        "an earlier version was put back by hand",
    )


def test_a_dashboard_that_lost_its_mark_and_its_manager_is_known_from_its_history(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)
    bare_document = strip_mark(publisher.grafana.read_in_v2(UID))
    publisher.grafana.restore_in_v2(UID, bare_document)
    item = publisher.plan_items()[UID]
    assert (item["state"], item["differences"]) == (
        "hand-edited",
        [f"{MARK_NAME}, was deleted"],
    )
    forced = publisher.run_publish("--force")
    assert publisher.is_published()
    publisher.run_rollback(forced)
    assert publisher.plan_states()[UID] == "hand-edited"


def test_what_was_never_ours_stays_foreign_and_says_what_adopting_loses(
    publisher: Publisher,
) -> None:
    publisher.grafana.create_foreign_dashboard(UID, "Theirs")

    def edit(document: Document) -> None:
        tab = {"layout": document["layout"], "title": "All"}
        tabs = [{"kind": "TabsLayoutTab", "spec": tab}]
        document["layout"] = {"kind": "TabsLayout", "spec": {"tabs": tabs}}

    publisher.grafana.save_in_v2(UID, edit)
    publisher.declare_document(build_rows_document())
    item = publisher.plan_items()[UID]
    assert (item["state"], item["loss"]) == ("foreign", "1 tab becomes a row")
    assert "tab 'All' removed" in item["differences"]
    assert not any("mark" in difference for difference in item["differences"])
    adopted = publisher.run_publish("--adopt")
    assert publisher.is_published()
    publisher.run_rollback(adopted)
    assert publisher.plan_states()[UID] == "foreign"


def test_a_mark_deleted_from_a_dashboard_published_in_schema_v2_is_named(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    publisher.run_pull(UID, "--out", "definitions", "--force")
    publisher.run_publish()
    assert publisher.is_published()
    publisher.grafana.save_in_v2(UID, delete_mark)
    item = publisher.plan_items()[UID]
    assert (item["state"], item["differences"]) == (
        "hand-edited",
        [f"{MARK_NAME}, was deleted"],
    )
    assert "writes the mark anew" in item["tip"]
    publisher.run_publish("--force")
    assert publisher.is_published()


def test_a_deleted_mark_beside_an_edit_leaves_the_advice_to_keep_that_edit(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)

    def edit(document: Document) -> None:
        delete_mark(document)
        document["title"] = "Changed"

    publisher.grafana.save_in_v2(UID, edit)
    assert "tailboard pull UID" in publisher.plan_items()[UID]["tip"]


def test_two_publishers_one_in_each_schema_take_turns(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.run_pull(UID, "--out", "pulled")
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    publisher.run_pull(UID, "--out", "definitions", "--force")
    publisher.run_publish()
    assert publisher.is_published()
    assert publisher.grafana.read_in_v2(UID)["layout"]["kind"] == "TabsLayout"
    publisher.declare_document(build_rows_document())
    item = publisher.plan_items()[UID]
    assert (item["state"], item["loss"]) == ("update", "2 tabs become rows")
    publisher.run_publish()
    assert publisher.is_published()
    assert publisher.grafana.read_in_v2(UID)["layout"]["kind"] == "RowsLayout"


def test_pull_flattens_on_request_and_lists_what_is_lost(publisher: Publisher) -> None:
    publish_rows(publisher)

    def edit(document: Document) -> None:
        add_row_condition(document)
        put_row_into_tab(document)

    publisher.grafana.save_in_v2(UID, edit)
    run = publisher.run_pull(UID, "--schema", "v1", "--out", "flat", "--json")
    assert len(run.json["losses"][UID]) == 2
    assert "1 tab becomes a row, 1 condition is lost" in run.stderr
    definition = json.loads((publisher.workspace.root / "flat" / f"{UID}.json").read_bytes())
    assert definition["apiVersion"] == "dashboard.grafana.app/v1beta1"
    assert publisher.workspace.run_tailboard("build", "flat").exit_code == 0


def save_status(publisher: Publisher, version: str, **fields: Any) -> None:
    """Let the server in memory report another conversion."""
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("only a server in memory can be made to")
    item = memory.store.dashboards[UID]
    item.version = version
    for name, value in fields.items():
        setattr(item, name, value)


def test_what_cannot_be_converted_is_left_alone_with_the_reason(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    save_status(publisher, "v2beta1", conversion_error="panels lost: 1")
    item = publisher.plan_items()[UID]
    assert item["state"] == "blocked"
    assert "Grafana cannot convert it to schema v1: panels lost: 1" in item["why"]
    publisher.run_publish("--force", code=1)
    publisher.run_pull(UID, "--out", "definitions", "--force")
    publisher.run_publish("--force")
    assert publisher.is_published()


def test_a_schema_newer_than_any_that_we_know_is_left_alone(publisher: Publisher) -> None:
    publish_rows(publisher)
    save_status(publisher, "v3alpha0")
    item = publisher.plan_items()[UID]
    assert item["state"] == "blocked"
    assert "stored in schema v3alpha0, which this version of tailboard does not know" in item["why"]
    publisher.run_publish("--force", code=1)
    refused = publisher.run_pull(UID, code=2)
    assert "v3alpha0" in refused.stderr


def test_what_changes_between_two_reads_is_read_again(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("a server in memory has hooks")
    memory.add_hook(
        "GET",
        f"{V2_DASHBOARDS}/{UID}",
        lambda: publisher.grafana.save_in_v2(UID, rename_panel),
    )
    assert "panel 'P99': title 'P99' -> 'P99 of all'" in publisher.plan_items()[UID]["differences"]


def test_the_stored_version_is_found_whatever_a_read_reports(publisher: Publisher) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    reports = {
        path: publisher.grafana.send_request("GET", f"{path}/{UID}").json()["status"]["conversion"][
            "storedVersion"
        ]
        for path in (DASHBOARDS, V2_DASHBOARDS, OLD_DASHBOARDS)
    }
    assert reports == {
        DASHBOARDS: "v2beta1",
        V2_DASHBOARDS: "v1beta1",  # outdated: that of the version before
        OLD_DASHBOARDS: "v2beta1",
    }
    assert publisher.plan_items()[UID]["loss"] == "2 tabs become rows"


def forget_history(publisher: Publisher) -> None:
    """Let the server in memory keep the last version alone, as Grafana does after twenty saves."""
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("a server in memory can forget")
    del memory.store.history[UID][1:]


def test_without_the_published_version_saving_without_a_change_is_still_no_edit(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, lambda document: None)
    forget_history(publisher)
    assert publisher.is_published()


def test_without_the_published_version_an_edit_is_shown_as_what_publishing_changes(
    publisher: Publisher,
) -> None:
    publish_rows(publisher)
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    forget_history(publisher)
    item = publisher.plan_items()[UID]
    assert (item["state"], item["differences"], item["loss"]) == (
        "hand-edited",
        ["row 'Service' in place of a tab", "row 'Routes' in place of a tab"],
        "2 tabs become rows",
    )
    publisher.run_publish("--force")
    assert publisher.is_published()


def test_who_may_not_see_a_history_still_sees_an_edit(publisher: Publisher) -> None:
    publish_rows(publisher, tags=["tailboard"])
    publisher.grafana.save_in_v2(UID, turn_rows_into_tabs)
    publisher.set_token(dict(publisher.grafana.build_credentials("viewer"))["Authorization"][7:])
    item = publisher.plan_items()[UID]
    assert item["state"] == "hand-edited"
    assert item["loss"] == "2 tabs become rows"


def test_the_mark_says_what_it_is_for_in_both_schemas(publisher: Publisher) -> None:
    publish_rows(publisher)
    [mark] = [
        variable["spec"]
        for variable in publisher.grafana.read_in_v2(UID)["variables"]
        if variable["spec"]["name"] == NAME
    ]
    assert mark["label"] == "Published by tailboard"
    assert "tailboard does" in mark["description"]
    assert mark["hide"] == "hideVariable"
