"""What a server adds is no difference, what a person changes is one."""

import json
from typing import Any

import pytest
from hypothesis import example, given

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.normalize import (
    BUILT_IN_ANNOTATION,
    COMMON_VARIABLE_DEFAULTS,
    DOCUMENT_DEFAULTS,
    LINK_DEFAULTS,
    VARIABLE_DEFAULTS,
    normalize_document,
)
from tests.publish.grafana.sample_documents import (
    INSIGNIFICANT_PATHS,
    ORDERS_DOCUMENT,
    Document,
    Path,
    change_leaf,
    copy_orders,
    mutilated_documents,
    walk_leaves,
)

MEANINGFUL_PATHS = [
    path for path in walk_leaves(ORDERS_DOCUMENT) if path not in INSIGNIFICANT_PATHS
]


def build_document(variable: Document) -> Document:
    """A document with one variable."""
    return {"templating": {"list": [variable]}}


@pytest.mark.parametrize("path", MEANINGFUL_PATHS, ids=lambda path: ".".join(map(str, path)))
def test_whatever_a_person_changes_changes_the_checksum(path: Path) -> None:
    assert compute_checksum(change_leaf(ORDERS_DOCUMENT, path)) != compute_checksum(ORDERS_DOCUMENT)


@pytest.mark.parametrize(
    "path", sorted(INSIGNIFICANT_PATHS, key=str), ids=lambda path: ".".join(map(str, path))
)
def test_what_a_server_writes_changes_no_checksum(path: Path) -> None:
    assert compute_checksum(change_leaf(ORDERS_DOCUMENT, path)) == compute_checksum(ORDERS_DOCUMENT)


def test_the_order_of_keys_is_no_difference() -> None:
    assert compute_checksum(dict(reversed(ORDERS_DOCUMENT.items()))) == compute_checksum(
        ORDERS_DOCUMENT
    )


def test_the_order_of_tags_is_no_difference() -> None:
    first, second, other = ({"tags": tags} for tags in (["b", "a"], ["a", "b"], ["a"]))
    assert compute_checksum(first) == compute_checksum(second)
    assert compute_checksum(first) != compute_checksum(other)


def test_the_order_of_panels_is_a_difference() -> None:
    assert compute_checksum(
        {**ORDERS_DOCUMENT, "panels": ORDERS_DOCUMENT["panels"][::-1]}
    ) != compute_checksum(ORDERS_DOCUMENT)


@pytest.mark.parametrize(
    ("first", "second"),
    [(1, 1.0), (0, -0.0), (2**60, float(2**60)), (10**400, 10**400), ({"a": None}, {})],
    ids=["one", "nought", "large", "larger than any number of Grafana", "null"],
)
def test_two_ways_to_write_a_value_are_one(first: Any, second: Any) -> None:
    assert compute_checksum({"max": first}) == compute_checksum({"max": second})


@pytest.mark.parametrize(("first", "second"), [(1, True), (0, False), (0, ""), (1, "1"), (1, 1.5)])
def test_values_of_different_kinds_are_not_one(first: Any, second: Any) -> None:
    assert compute_checksum({"max": first}) != compute_checksum({"max": second})


@pytest.mark.parametrize("name", DOCUMENT_DEFAULTS)
def test_a_default_that_is_written_out_is_no_difference(name: str) -> None:
    assert compute_checksum({"title": "Orders", name: DOCUMENT_DEFAULTS[name]}) == compute_checksum(
        {"title": "Orders"}
    )
    assert compute_checksum({"title": "Orders", name: "other"}) != compute_checksum(
        {"title": "Orders"}
    )


def test_the_annotation_that_every_dashboard_has_is_no_difference() -> None:
    document = copy_orders()
    document["annotations"]["list"].insert(0, dict(BUILT_IN_ANNOTATION))
    assert compute_checksum(document) == compute_checksum(ORDERS_DOCUMENT)


def test_the_annotation_that_every_dashboard_has_may_be_changed() -> None:
    document = copy_orders()
    document["annotations"]["list"].insert(0, {**BUILT_IN_ANNOTATION, "iconColor": "red"})
    assert compute_checksum(document) != compute_checksum(ORDERS_DOCUMENT)


@pytest.mark.parametrize("current", [None, {}, {"text": "", "value": ""}, {"selected": True}])
def test_a_variable_that_has_chosen_nothing_says_so_in_many_ways(current: Any) -> None:
    document = copy_orders()
    document["templating"]["list"][1]["current"] = current
    assert compute_checksum(document) == compute_checksum(ORDERS_DOCUMENT)


def test_a_row_without_panels_may_leave_them_out() -> None:
    document = copy_orders()
    document["panels"][0]["panels"] = []
    assert compute_checksum(document) == compute_checksum(ORDERS_DOCUMENT)


def build_closed_row(top: int, *inner_tops: int) -> Document:
    """A document with a closed row and panels in it."""
    panels = [{"type": "stat", "gridPos": {"x": 0, "y": y, "w": 9, "h": 4}} for y in inner_tops]
    position = {"x": 0, "y": top, "w": 24, "h": 1}
    return {"panels": [{"type": "row", "collapsed": True, "gridPos": position, "panels": panels}]}


def test_the_panels_of_a_closed_row_move_with_its_heading() -> None:
    document = build_closed_row(20, 21, 25)
    moved, spread = build_closed_row(20, 61, 65), build_closed_row(20, 61, 66)
    assert compute_checksum(moved) == compute_checksum(document) != compute_checksum(spread)
    assert compute_checksum(build_closed_row(8, 21, 25)) != compute_checksum(document)


def test_an_empty_part_is_as_good_as_none() -> None:
    empty: Document = {"annotations": {"list": []}, "panels": [], "templating": {"list": []}}
    assert compute_checksum(empty) == compute_checksum({"panels": None}) == compute_checksum({})


@pytest.mark.parametrize("kind", VARIABLE_DEFAULTS)
def test_what_the_browser_writes_into_a_variable_is_no_difference(kind: str) -> None:
    variable = {"name": "it", "type": kind}
    defaults = {**COMMON_VARIABLE_DEFAULTS, **VARIABLE_DEFAULTS[kind]}
    variable_json = {**variable, **defaults}
    assert compute_checksum(build_document(variable_json)) == compute_checksum(
        build_document(variable)
    )
    for name in defaults:
        assert compute_checksum(
            build_document({**variable_json, name: "else"})
        ) != compute_checksum(build_document(variable))


def test_what_one_kind_of_variable_does_anyway_another_may_mean() -> None:
    variable = {"name": "it", "type": "query"}
    assert compute_checksum(build_document({**variable, "refresh": 1})) != compute_checksum(
        build_document(variable)
    )


def test_what_the_browser_writes_into_an_annotation_is_no_difference() -> None:
    document = {"annotations": {"list": [{"name": "Deploys"}]}}
    saved = {"annotations": {"list": [{"name": "Deploys", "hide": False}]}}
    hidden = {"annotations": {"list": [{"name": "Deploys", "hide": True}]}}
    assert compute_checksum(saved) == compute_checksum(document) != compute_checksum(hidden)


def test_what_the_browser_writes_into_a_link_is_no_difference() -> None:
    link = {"title": "Wiki", "type": "link", "url": "/wiki"}
    bare, full, other = (
        compute_checksum({"links": [entry]})
        for entry in (link, {**LINK_DEFAULTS, **link}, {**link, "targetBlank": True})
    )
    assert full == bare != other


def test_the_document_itself_stays_as_it_is() -> None:
    document = copy_orders()
    normalize_document(document)
    assert document == ORDERS_DOCUMENT


@given(mutilated_documents)
def test_what_is_normal_stays_normal(document: Document) -> None:
    once = normalize_document(document)
    assert normalize_document(once) == once
    assert compute_checksum(once) == compute_checksum(document)


@given(mutilated_documents)
@example({"tags": [{"b": 1}, {"c": 1, "a": 1}]})
def test_a_round_trip_through_json_changes_no_checksum(document: Document) -> None:
    assert compute_checksum(json.loads(json.dumps(document, sort_keys=True))) == compute_checksum(
        document
    )
