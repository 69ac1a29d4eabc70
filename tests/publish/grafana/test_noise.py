"""What a server adds is no difference, what a person changes is one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tailboard.publish.grafana.noise import BUILT_IN, DEFAULTS, VARIABLES, checksum, normal
from tests.publish.grafana.documents import (
    NOISE,
    ORDERS,
    Document,
    Path,
    changed,
    leaves,
    mutilated,
    orders,
)

MEANT = [it for it in leaves(ORDERS) if it not in NOISE]


def with_variable(variable: Document) -> Document:
    """A document with one variable."""
    return {"templating": {"list": [variable]}}


@pytest.mark.parametrize("path", MEANT, ids=lambda it: ".".join(map(str, it)))
def test_whatever_a_person_changes_changes_the_checksum(path: Path) -> None:
    assert checksum(changed(ORDERS, path)) != checksum(ORDERS)


@pytest.mark.parametrize("path", sorted(NOISE, key=str), ids=lambda it: ".".join(map(str, it)))
def test_what_a_server_writes_changes_no_checksum(path: Path) -> None:
    assert checksum(changed(ORDERS, path)) == checksum(ORDERS)


def test_the_order_of_keys_is_no_difference() -> None:
    assert checksum(dict(reversed(ORDERS.items()))) == checksum(ORDERS)


def test_the_order_of_panels_is_a_difference() -> None:
    assert checksum({**ORDERS, "panels": ORDERS["panels"][::-1]}) != checksum(ORDERS)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (0, -0.0), (2**60, float(2**60)), (10**400, 10**400), ({"a": None}, {})],
    ids=["one", "nought", "large", "larger than any number of Grafana", "null"],
)
def test_two_ways_to_write_a_value_are_one(one: Any, other: Any) -> None:
    assert checksum({"max": one}) == checksum({"max": other})


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (0, ""), (1, "1"), (1, 1.5)])
def test_values_of_different_kinds_are_not_one(one: Any, other: Any) -> None:
    assert checksum({"max": one}) != checksum({"max": other})


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_that_is_written_out_is_no_difference(name: str) -> None:
    assert checksum({"title": "Orders", name: DEFAULTS[name]}) == checksum({"title": "Orders"})
    assert checksum({"title": "Orders", name: "other"}) != checksum({"title": "Orders"})


def test_the_annotation_that_every_dashboard_has_is_no_difference() -> None:
    document = orders()
    document["annotations"]["list"].insert(0, dict(BUILT_IN))
    assert checksum(document) == checksum(ORDERS)


def test_the_annotation_that_every_dashboard_has_may_be_changed() -> None:
    document = orders()
    document["annotations"]["list"].insert(0, {**BUILT_IN, "iconColor": "red"})
    assert checksum(document) != checksum(ORDERS)


@pytest.mark.parametrize("current", [None, {}, {"text": "", "value": ""}, {"selected": True}])
def test_a_variable_that_has_chosen_nothing_says_so_in_many_ways(current: Any) -> None:
    document = orders()
    document["templating"]["list"][1]["current"] = current
    assert checksum(document) == checksum(ORDERS)


def test_a_row_without_panels_may_leave_them_out() -> None:
    document = orders()
    document["panels"][0]["panels"] = []
    assert checksum(document) == checksum(ORDERS)


def test_an_empty_part_is_as_good_as_none() -> None:
    empty: Document = {"annotations": {"list": []}, "panels": [], "templating": {"list": []}}
    assert checksum(empty) == checksum({"panels": None}) == checksum({})


@pytest.mark.parametrize("kind", VARIABLES)
def test_what_the_browser_writes_into_a_variable_is_no_difference(kind: str) -> None:
    said = {"name": "it", "type": kind}
    written = {**said, **VARIABLES[kind]}
    assert checksum(with_variable(written)) == checksum(with_variable(said))
    for name in VARIABLES[kind]:
        assert checksum(with_variable({**written, name: "else"})) != checksum(with_variable(said))


def test_what_one_kind_of_variable_does_anyway_another_may_mean() -> None:
    said = {"name": "it", "type": "query"}
    assert checksum(with_variable({**said, "refresh": 1})) != checksum(with_variable(said))


def test_what_the_browser_writes_into_an_annotation_is_no_difference() -> None:
    said = {"annotations": {"list": [{"name": "Deploys"}]}}
    shown = {"annotations": {"list": [{"name": "Deploys", "hide": False}]}}
    hidden = {"annotations": {"list": [{"name": "Deploys", "hide": True}]}}
    assert checksum(shown) == checksum(said) != checksum(hidden)


def test_the_document_itself_stays_as_it_is() -> None:
    document = orders()
    normal(document)
    assert document == ORDERS


@given(mutilated)
@settings(deadline=None)
def test_what_is_normal_stays_normal(document: Document) -> None:
    once = normal(document)
    assert normal(once) == once
    assert checksum(once) == checksum(document)


@given(mutilated)
@settings(deadline=None)
def test_a_round_trip_through_json_changes_no_checksum(document: Document) -> None:
    assert checksum(json.loads(json.dumps(document, sort_keys=True))) == checksum(document)
