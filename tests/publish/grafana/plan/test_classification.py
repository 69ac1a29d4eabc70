"""What publishing would do, from what is declared and what is stored."""

from dataclasses import replace
from typing import Any

import pytest

from tailboard.publish.grafana.api import DesiredDashboard, Document, LiveDashboard, LiveFolder
from tailboard.publish.grafana.documents.marker import add_marker
from tailboard.publish.grafana.documents.normalize import NORMAL_FORM_VERSION
from tailboard.publish.grafana.plan.classification import (
    classify_dashboard,
    classify_folder,
    classify_orphan,
    is_hand_edited,
)
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem
from tailboard.publish.plan.item import State
from tailboard.publish.plan.policy import PublishPolicy, is_permitted
from tests.publish.grafana.sample_documents import copy_orders

FOLDER = DesiredFolder("shop-uid", "Shop", "above")


def build_document(query: str = "p99", *, owner: str = "shop", folder: str = "here") -> Document:
    """A document that was published with this query."""
    document = copy_orders()
    document["panels"][1]["targets"][0]["expr"] = query
    return add_marker(document, owner, folder)


def build_desired(
    query: str = "p99", *, owner: str = "shop", folder: str = "here"
) -> DesiredDashboard:
    """What is declared."""
    return DesiredDashboard(
        "orders", build_document(query, owner=owner, folder=folder), folder, owner
    )


def build_stored(query: str = "p99", **fields: Any) -> LiveDashboard:
    """What we published, and nobody has touched."""
    stored = LiveDashboard("orders", build_document(query), "here", editor="ada", edit_time="noon")
    return replace(stored, **fields)


def build_edited(**fields: Any) -> LiveDashboard:
    """What we published, and somebody has changed."""
    changed = build_document()
    changed["panels"][1]["title"] = "Mine"
    return build_stored(document=changed, **fields)


def classify_item(desired: DesiredDashboard, stored: LiveDashboard | None) -> DashboardItem:
    """The item of a plan, on a server that stores what it is sent."""
    return classify_dashboard(desired, stored, lambda: desired.document)


def classify_stored_orphan(live: LiveDashboard) -> DashboardItem:
    return classify_orphan(live, is_content_edited=is_hand_edited(live))


def test_what_is_not_there_is_created() -> None:
    assert classify_item(build_desired(), None).state is State.CREATE


def test_what_is_as_published_and_declared_is_unchanged() -> None:
    item = classify_item(build_desired(), build_stored())
    assert (item.state, item.is_stale, item.differences) == (State.UNCHANGED, False, ())


def test_nobody_asks_the_server_about_what_is_as_it_was_published() -> None:
    def preview() -> Document:
        raise AssertionError

    assert classify_dashboard(build_desired(), build_stored(), preview).state is State.UNCHANGED


def test_what_is_declared_anew_is_updated_with_what_changes() -> None:
    item = classify_item(build_desired("p999"), build_stored())
    assert item.state is State.UPDATE
    assert item.differences == ("panel 'P99 latency': query changed",)


def test_another_folder_is_a_move() -> None:
    item = classify_item(build_desired(folder="there"), build_stored())
    assert (item.state, item.folder) == (State.MOVE, "there")


def test_another_query_and_folder_is_an_update() -> None:
    assert (
        classify_item(build_desired("p999", folder="there"), build_stored()).state is State.UPDATE
    )


def test_what_somebody_edited_is_left_to_them_and_told_with_who_and_when() -> None:
    for desired in (build_desired(), build_desired("p999")):
        item = classify_item(desired, build_edited())
        assert (item.state, item.reason) == (State.HAND_EDITED, "edited by hand by ada at noon")
        assert item.differences


def test_an_edit_that_is_declared_by_now_is_none_but_its_mark_is_renewed() -> None:
    bare = build_edited().unmarked_document
    desired = DesiredDashboard("orders", add_marker(bare, "shop", "here"), "here", "shop")
    item = classify_item(desired, build_edited())
    assert (item.state, item.is_stale) == (State.UNCHANGED, True)


def test_what_somebody_moved_is_left_there() -> None:
    item = classify_item(build_desired(), build_stored(folder="elsewhere"))
    assert (item.state, item.reason) == (State.HAND_EDITED, "moved by hand by ada at noon")


def test_a_move_by_hand_to_where_it_is_declared_by_now_is_none() -> None:
    item = classify_item(build_desired(folder="elsewhere"), build_stored(folder="elsewhere"))
    assert (item.state, item.is_stale) == (State.UNCHANGED, True)


def test_what_the_server_vouches_for_is_not_edited_whatever_its_form() -> None:
    assert classify_item(build_desired(), build_edited(is_untouched=True)).state is State.UNCHANGED


def build_outdated_mark(**fields: Any) -> LiveDashboard:
    """What a version of us published that wrote its checksum of another normal form."""
    document = build_document()
    mark = document["templating"]["list"][-1]
    mark["query"] = str(mark["query"]).replace(
        f"form={NORMAL_FORM_VERSION} ", f"form={NORMAL_FORM_VERSION + 1} "
    )
    return build_stored(document=document, **fields)


def test_a_checksum_of_another_form_does_not_tell_that_nobody_edited() -> None:
    assert is_hand_edited(build_outdated_mark())
    assert classify_item(build_desired("p999"), build_outdated_mark()).state is State.HAND_EDITED
    assert classify_stored_orphan(build_outdated_mark()).is_edited


def test_what_the_server_vouches_for_is_not_edited_whatever_form_its_checksum_is_of() -> None:
    assert not is_hand_edited(build_outdated_mark(is_untouched=True))
    assert (
        classify_item(build_desired("p999"), build_outdated_mark(is_untouched=True)).state
        is State.UPDATE
    )


def test_equal_contents_are_unchanged_whatever_form_and_the_mark_is_renewed() -> None:
    for stored in (build_outdated_mark(), build_outdated_mark(is_untouched=True)):
        item = classify_item(build_desired(), stored)
        assert (item.state, item.is_stale) == (State.UNCHANGED, True)


def test_what_nobody_published_is_foreign() -> None:
    item = classify_item(build_desired(), build_stored(document=copy_orders()))
    assert item.state is State.FOREIGN
    assert item.reason == "not published by tailboard, last saved by ada at noon"


def test_a_copy_of_what_we_published_is_foreign() -> None:
    copy = replace(build_stored(), uid="copy", document={**build_document(), "uid": "copy"})
    desired = replace(build_desired(), uid="copy")
    assert classify_item(desired, copy).state is State.FOREIGN


def test_what_another_owner_published_is_foreign_and_says_whose() -> None:
    item = classify_item(build_desired(), build_stored(document=build_document(owner="other")))
    assert item.state is State.FOREIGN
    assert "another owner, 'other'" in item.reason


def test_what_lost_its_mark_but_not_its_manager_is_edited_not_foreign() -> None:
    changed = copy_orders()
    changed["panels"].pop()
    item = classify_item(build_desired(), build_stored(document=changed, manager_owner="shop"))
    assert item.state is State.HAND_EDITED


@pytest.mark.parametrize(
    "stored", [build_stored(), build_edited(), build_stored(document=copy_orders())]
)
def test_what_another_manager_has_is_blocked_whatever_is_in_it(stored: LiveDashboard) -> None:
    item = classify_item(build_desired("p999"), replace(stored, block_reason="owned by Git Sync"))
    assert (item.state, item.reason) == (State.BLOCKED, "owned by Git Sync")


def test_an_orphan_is_declared_no_more() -> None:
    item = classify_stored_orphan(build_stored())
    assert (item.state, item.reason, item.is_edited) == (State.ORPHAN, "declared no more", False)


@pytest.mark.parametrize(
    "stored", [build_edited(), build_stored(folder="elsewhere")], ids=["edited", "moved"]
)
def test_an_orphan_that_somebody_touched_says_so(stored: LiveDashboard) -> None:
    item = classify_stored_orphan(stored)
    assert item.is_edited
    assert item.reason.startswith("declared no more, and ")


def test_an_orphan_of_another_manager_is_blocked() -> None:
    assert classify_stored_orphan(build_stored(block_reason="provisioned")).state is State.BLOCKED


def build_folder(**fields: Any) -> LiveFolder:
    """The folder as we made it."""
    return replace(LiveFolder("shop-uid", "Shop", "above"), **fields)


@pytest.mark.parametrize(
    ("stored", "state", "why"),
    [
        (None, State.CREATE, ""),
        (build_folder(), State.UNCHANGED, ""),
        (build_folder(title="Store"), State.HAND_EDITED, "renamed by hand to 'Store'"),
        (build_folder(parent=""), State.HAND_EDITED, "moved by hand to another folder"),
        (build_folder(block_reason="owned by Git Sync"), State.BLOCKED, "owned by Git Sync"),
    ],
    ids=["missing", "as made", "renamed", "moved", "managed"],
)
def test_a_folder_is_judged_by_its_title_and_place(
    stored: LiveFolder | None, state: State, why: str
) -> None:
    item = classify_folder(FOLDER, stored)
    assert (item.state, item.reason, item.title) == (state, why, "Shop")


def test_a_folder_that_is_given_is_taken_as_it_is() -> None:
    folder = DesiredFolder("shop-uid", is_external=True)
    item = classify_folder(
        folder, build_folder(title="Theirs", parent="", block_reason="owned by Git Sync")
    )
    assert (item.state, item.title) == (State.UNCHANGED, "Theirs")


def test_a_folder_that_is_given_and_missing_blocks() -> None:
    item = classify_folder(DesiredFolder("shop-uid", is_external=True), None)
    assert item.state is State.BLOCKED
    assert "no folder of this uid" in item.reason


def build_item(state: State, *, was_edited: bool = False) -> DashboardItem:
    """A dashboard in some state."""
    return DashboardItem("orders", "Orders", state, is_edited=was_edited)


FORCE, ADOPT, PRUNE = (
    PublishPolicy(force=True),
    PublishPolicy(adopt=True),
    PublishPolicy(prune=True),
)
EVERYTHING = PublishPolicy(force=True, adopt=True, prune=True)


@pytest.mark.parametrize(
    ("item", "by"),
    [
        (build_item(State.HAND_EDITED), [FORCE, EVERYTHING]),
        (build_item(State.FOREIGN), [ADOPT, EVERYTHING]),
        (build_item(State.ORPHAN), [PRUNE, EVERYTHING]),
        (build_item(State.ORPHAN, was_edited=True), [EVERYTHING]),
        (build_item(State.BLOCKED), []),
        (build_item(State.UNCHANGED), []),
        (build_item(State.CREATE), [PublishPolicy(), FORCE, ADOPT, PRUNE, EVERYTHING]),
        (build_item(State.UPDATE), [PublishPolicy(), FORCE, ADOPT, PRUNE, EVERYTHING]),
        (build_item(State.MOVE), [PublishPolicy(), FORCE, ADOPT, PRUNE, EVERYTHING]),
        (FolderItem("shop", "Shop", State.HAND_EDITED), [FORCE, EVERYTHING]),
        (FolderItem("shop", "Shop", State.ORPHAN), [PRUNE, EVERYTHING]),
    ],
)
def test_each_state_needs_its_own_leave(
    item: DashboardItem | FolderItem, by: list[PublishPolicy]
) -> None:
    every = [PublishPolicy(), FORCE, ADOPT, PRUNE, EVERYTHING]
    assert [policy for policy in every if is_permitted(item, policy)] == by


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.HAND_EDITED, ["tailboard pull UID", "--force"]),
        (State.FOREIGN, ["--adopt", "another uid"]),
        (State.BLOCKED, ["another uid"]),
        (State.ORPHAN, ["--prune,", "declare it again"]),
    ],
)
def test_what_is_left_alone_says_what_to_do(state: State, expected: list[str]) -> None:
    assert all(word in build_item(state).advice for word in expected)


def test_only_an_edited_orphan_wants_force() -> None:
    orphan = build_item(State.ORPHAN)
    assert "--force" not in orphan.advice
    assert "--prune --force" in replace(orphan, is_edited=True).advice


def test_what_is_as_declared_wants_nothing() -> None:
    assert not build_item(State.UNCHANGED).advice
    assert not FolderItem("f", "F", State.CREATE).advice
