"""What a published document says about itself."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.grafana.api import LiveDashboard
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.marker import (
    NAME,
    Marker,
    add_marker,
    find_marker,
    strip_marker,
)
from tailboard.publish.grafana.documents.normalize import NORMAL_FORM_VERSION
from tests.publish.grafana.sample_documents import (
    ORDERS_DOCUMENT,
    Document,
    copy_orders,
    mutilated_documents,
)

owners = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
uids = st.from_regex(r"[a-zA-Z0-9_-]{1,40}", fullmatch=True)


def build_marked_document(query: Any) -> Document:
    """A document whose mark says something else."""
    document = add_marker(copy_orders(), "shop", "folder")
    document["templating"]["list"][-1]["query"] = query
    return document


@given(owners, uids, uids | st.just(""))
def test_a_mark_says_what_was_put_into_it(owner: str, uid: str, folder: str) -> None:
    document = {**ORDERS_DOCUMENT, "uid": uid}
    expected = Marker(owner, uid, folder, compute_checksum(document))
    assert find_marker(add_marker(document, owner, folder)) == expected


def test_a_document_of_somebody_has_no_mark() -> None:
    assert find_marker(ORDERS_DOCUMENT) is None


def test_a_mark_takes_the_place_of_an_older_one() -> None:
    twice = add_marker(add_marker(copy_orders(), "shop", "old"), "shop", "new")
    assert [variable["name"] for variable in twice["templating"]["list"]].count(NAME) == 1
    assert find_marker(twice) == find_marker(add_marker(copy_orders(), "shop", "new"))


def test_a_mark_is_the_last_variable_and_hidden() -> None:
    variable = add_marker(copy_orders(), "shop", "")["templating"]["list"][-1]
    assert (variable["name"], variable["type"], variable["hide"]) == (NAME, "constant", 2)


def test_marking_leaves_the_document_itself_alone() -> None:
    document = copy_orders()
    add_marker(document, "shop", "")
    assert document == ORDERS_DOCUMENT


def test_a_mark_survives_that_others_choose_its_value_anew() -> None:
    document = add_marker(copy_orders(), "shop", "folder")
    variable = document["templating"]["list"][-1]
    variable |= {"current": {}, "options": None, "label": "x"}
    assert find_marker(document) == find_marker(add_marker(copy_orders(), "shop", "folder"))


def test_a_copy_is_not_ours() -> None:
    document = add_marker(copy_orders(), "shop", "")
    assert LiveDashboard("orders", document).owner == "shop"
    copy = LiveDashboard("other", {**document, "uid": "other"})
    assert copy.marker is None
    assert copy.owner == ""


@pytest.mark.parametrize(
    "query",
    [
        None,
        7,
        "",
        "owner=shop",
        "owner=shop uid=orders folder= checksum=",
        "owner=Shop uid=orders folder= checksum=00",
        "form= owner=shop uid=orders folder= checksum=00",
        "form=x owner=shop uid=orders folder= checksum=00",
        "form=1owner=shop uid=orders folder= checksum=00",
        "owner=shop uid=../x folder= checksum=00",
        "owner=shop uid=orders folder= checksum=00 and more",
        "owner=shop uid=orders folder= checksum=00\n",
        "owner=shop uid=订单 folder= checksum=00",
    ],
)
def test_a_mark_that_we_did_not_write_is_none(query: Any) -> None:
    assert find_marker(build_marked_document(query)) is None


@pytest.mark.parametrize(
    ("form", "known"), [("", 0), ("form=0 ", 0), ("form=1 ", 1), ("form=27 ", 27)]
)
def test_a_mark_says_which_normal_form_its_checksum_is_of(form: str, known: int) -> None:
    document = build_marked_document(f"{form}owner=shop uid=orders folder= checksum=00")
    assert find_marker(document) == Marker("shop", "orders", "", "00", known)


def test_a_mark_that_is_put_on_is_of_our_form() -> None:
    mark = find_marker(add_marker(copy_orders(), "shop", "folder"))
    assert mark is not None
    assert (mark.form, str(mark).partition(" ")[0]) == (
        NORMAL_FORM_VERSION,
        f"form={NORMAL_FORM_VERSION}",
    )


def test_a_mark_that_was_broken_is_taken_away_all_the_same() -> None:
    assert strip_marker(build_marked_document("broken")) == ORDERS_DOCUMENT


@given(mutilated_documents.filter(lambda mark: "uid" in mark))
def test_marking_changes_nothing_that_is_meant(document: Document) -> None:
    marked_document = add_marker(document, "shop", "folder")
    assert compute_checksum(strip_marker(marked_document)) == compute_checksum(document)
    assert find_marker(json.loads(json.dumps(marked_document))) == find_marker(marked_document)
    assert find_marker(marked_document) == Marker(
        "shop", "orders", "folder", compute_checksum(document)
    )


def test_a_document_is_the_same_once_its_mark_is_taken_away() -> None:
    assert strip_marker(add_marker(copy_orders(), "shop", "folder")) == ORDERS_DOCUMENT
