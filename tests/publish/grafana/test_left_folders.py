"""The folders of another owner that adopting leaves empty: told of, and deleted where asked for."""

from collections.abc import Callable

import pytest

from tests.grafana.proxy import FaultProxy, refusal
from tests.publish.grafana.shop import Shop, name_of
from tests.publish.grafana.test_pruning import (
    a_dashboard,
    a_dashboard_deeper_down,
    a_folder,
    a_library_panel,
    a_rule,
)

Put = Callable[[Shop, str], None]
BEFORE, NOW = ("--owner", "before"), ("--owner", "now")
ADOPT = (*NOW, "--adopt")
MOVE = (*ADOPT, "--prune")


def published_before(shop: Shop, *uids: str, folder: str = "Shop/Orders") -> dict[str, str]:
    """Publish as another owner; the folders that this made, by uid."""
    for uid in uids or ("a",):
        shop.declare(uid, folder=folder)
    shop.publish(*BEFORE)
    return shop.grafana.folders()


def orphans(shop: Shop) -> set[str]:
    """The uids of the folders that a plan takes for needed no more."""
    return {uid for uid, it in shop.items(*NOW).items() if it["state"] == "orphan"}


def test_a_plan_tells_which_folders_adopting_leaves_empty_and_how_to_remove_them(
    shop: Shop,
) -> None:
    left = published_before(shop, "a", "b")
    items = shop.items(*NOW)
    assert orphans(shop) == set(left)
    for uid in left:
        assert "made for the owner 'before', and empty once" in items[uid]["why"]
        assert "--adopt --prune" in items[uid]["tip"]
    said = shop.run("plan", *NOW).err
    assert "Tip: folder 'Orders', folder 'Shop': publish with --adopt --prune" in said


def test_adopting_keeps_the_empty_folders_and_says_so(shop: Shop) -> None:
    left = published_before(shop, folder="Shop")
    run = shop.publish(*ADOPT)
    [uid] = left
    assert f"kept         folder 'Shop' ({uid}): made for the owner 'before', and empty" in run.out
    assert "delete it in the browser" in run.out
    assert "1 folder kept" in run.err
    assert left.keys() < shop.grafana.folders().keys()
    assert shop.is_published(*NOW)


def test_adopting_and_pruning_deletes_the_empty_folders(shop: Shop) -> None:
    left = published_before(shop, "a", "b")
    run = shop.publish(*MOVE)
    assert run.out.count("deleted      folder") == 2
    assert not left.keys() & shop.grafana.folders().keys()
    assert shop.folder_titles() == {"a": "Shop/Orders", "b": "Shop/Orders"}
    assert shop.is_published(*NOW)


@pytest.mark.parametrize("leave", [("--prune",), ("--force",), ("--prune", "--force"), ()])
def test_what_is_not_adopted_keeps_its_folder(shop: Shop, leave: tuple[str, ...]) -> None:
    left = published_before(shop)
    shop.publish(*NOW, *leave, code=1)
    assert shop.grafana.folders() == left
    assert shop.folder_titles() == {"a": "Shop/Orders"}


def test_the_folder_of_what_another_owner_keeps_is_not_left(shop: Shop) -> None:
    left = published_before(shop, "a", "b")
    shop.undeclare("b")
    assert not orphans(shop)
    shop.publish(*MOVE)
    assert left.keys() < shop.grafana.folders().keys()
    assert shop.grafana.places()["b"] in left


@pytest.mark.parametrize(
    "put", [a_dashboard, a_folder, a_dashboard_deeper_down, a_rule, a_library_panel]
)
def test_a_folder_with_anything_of_others_is_neither_told_of_nor_deleted(
    shop: Shop, put: Put
) -> None:
    left = published_before(shop, folder="Shop")
    [folder] = left
    put(shop, folder)
    assert not orphans(shop)
    shop.publish(*MOVE, "--force")
    assert folder in shop.grafana.folders()
    for uid in ("theirs", "theirs-panel"):
        shop.grafana.ask("DELETE", f"/api/v1/provisioning/alert-rules/{uid}")
        shop.grafana.ask("DELETE", f"/api/library-elements/{uid}")


@pytest.mark.parametrize("put", [a_dashboard, a_dashboard_deeper_down, a_rule, a_library_panel])
def test_what_others_put_there_after_the_plan_keeps_the_folder(shop: Shop, put: Put) -> None:
    if shop.grafana.memory is None:
        pytest.skip("needs a hook in the server")
    left = published_before(shop, folder="Shop")
    [folder] = left
    shop.grafana.memory.before("POST", r"/folders$", lambda: put(shop, folder))
    run = shop.publish(*MOVE)
    assert "it still holds 1 " in run.out
    assert folder in shop.grafana.folders()


def test_a_folder_that_tailboard_did_not_make_is_never_left(shop: Shop) -> None:
    shop.grafana.create_folder("theirs", "Theirs")
    published_before(shop, folder="uid:theirs")
    shop.declare("a", folder="Shop")
    assert not orphans(shop)
    shop.publish(*MOVE)
    assert "theirs" in shop.grafana.folders()


def test_a_folder_that_is_still_declared_is_not_left(shop: Shop) -> None:
    [folder] = published_before(shop, folder="Shop")
    shop.declare("a", folder="Other")
    shop.declare("b", folder=f"uid:{folder}")
    assert not orphans(shop)
    shop.publish(*MOVE)
    assert shop.grafana.places()["b"] == folder


def test_an_adoption_that_fails_keeps_its_folder(shop: Shop, proxy: FaultProxy) -> None:
    [folder] = published_before(shop, folder="Shop")
    shop.ask_at(proxy.url)
    for method in ("PUT", "POST"):
        proxy.harm(refusal(403), method=method, path=r"/dashboards/(db|a)$")
    run = shop.publish(*MOVE, code=3)
    assert "it still holds 1 dashboard" in run.out
    assert folder in shop.grafana.folders()
    assert shop.grafana.places() == {"a": folder}


def test_rolling_back_makes_the_deleted_folders_again(shop: Shop) -> None:
    left = published_before(shop, "a", "b")
    run = shop.publish(*MOVE)
    shop.workshop.tailboard(
        "rollback", name_of(run), "--api", shop.grafana.api, *NOW, "--state", ".tailboard"
    )
    assert shop.grafana.folders() == left
    assert set(shop.grafana.places().values()) < left.keys()
    assert shop.is_published(*BEFORE)
