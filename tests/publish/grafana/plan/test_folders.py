"""Folders: from a path to the uids that Grafana knows."""

from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards.folder import parse_folder_titles, validate_folder
from tailboard.dashboards.uid import UID_PATTERN
from tailboard.publish.grafana.api import ROOT_UID
from tailboard.publish.grafana.plan.folders import (
    DesiredFolder,
    build_folder_uid,
    build_folders,
    build_uid_prefix,
)

titles = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1)
paths = st.lists(titles, min_size=1, max_size=5).map("/".join)
owners = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


def test_the_uid_of_a_path_never_changes() -> None:
    assert build_folder_uid("Shop/Orders", "tailboard") == "tb-da6934cc-85aec1a9901f063fc9a1"


@given(paths, owners)
def test_a_path_has_a_uid_that_grafana_accepts(path: str, owner: str) -> None:
    uid = build_folder_uid(f"/{path}", owner)
    assert UID_PATTERN.fullmatch(uid)
    assert uid.startswith(build_uid_prefix(owner))


@given(paths, paths, owners)
def test_different_paths_never_share_a_uid(first_path: str, second_path: str, owner: str) -> None:
    same = parse_folder_titles(first_path) == parse_folder_titles(second_path)
    assert (
        build_folder_uid(f"/{first_path}", owner) == build_folder_uid(f"/{second_path}", owner)
    ) == same


@given(paths, owners, owners)
def test_different_owners_never_share_a_folder(
    path: str, first_owner: str, second_owner: str
) -> None:
    assert (
        build_folder_uid(f"/{path}", first_owner) == build_folder_uid(f"/{path}", second_owner)
    ) == (first_owner == second_owner)


def test_spaces_around_a_slash_make_no_other_folder() -> None:
    assert build_folder_uid(" Shop / Orders/", "a") == build_folder_uid("Shop/Orders", "a")
    assert build_folder_uid("Shop Orders", "a") != build_folder_uid("ShopOrders", "a")


def test_no_path_is_the_root() -> None:
    assert build_folder_uid(" / ", "a") == ROOT_UID
    assert build_folders(["", "/"], "a") == {}


@given(st.sets(paths, max_size=4), owners)
def test_parents_come_first(some: set[str], owner: str) -> None:
    uids = {ROOT_UID}
    folders = build_folders((f"/{path}" for path in some), owner)
    for uid, folder in folders.items():
        assert folder.uid == uid
        assert folder.parent in uids
        uids.add(uid)
    assert all(build_folder_uid(f"/{path}", owner) in folders for path in some)


def test_a_folder_that_several_paths_share_is_there_once() -> None:
    folders = build_folders(["Shop/Orders", "Shop/Queue", "Shop"], "a")
    assert [value.title for value in folders.values()] == ["Shop", "Orders", "Queue"]


def test_a_folder_named_by_its_uid_is_somebody_elses() -> None:
    assert build_folders([" uid:orders"], "a") == {
        "orders": DesiredFolder("orders", is_external=True)
    }


def test_a_title_that_looks_like_a_uid_is_never_taken_for_a_folder_of_others() -> None:
    for path in ("/uid:orders", "/uid:orders/Deep"):
        assert build_folder_uid(path, "a").startswith(build_uid_prefix("a"))
        folders = build_folders([validate_folder(path)], "a")
        assert "orders" not in folders
        assert all(uid.startswith(build_uid_prefix("a")) for uid in folders)
