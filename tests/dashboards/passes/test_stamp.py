"""The uid, the tags and the defaults that every document has."""

from typing import Any

import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards import Dashboard, build_document
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    build_json_document,
    catch_definition_error,
)


@pytest.mark.parametrize("uid", ["a" * 41, "orders/api", "orders api", "订单", "a.b", "ä", "a\n"])
def test_a_uid_that_grafana_refuses_is_refused(uid: str) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Dashboard("Orders", uid=uid)
    assert repr(uid) in excinfo.value.problem
    assert "'Orders'" in excinfo.value.problem
    assert "1 to 40" in excinfo.value.tip
    for dashboard in (
        GrafanalibDashboard(title="Orders", uid=uid),
        {"title": "Orders", "uid": uid},
    ):
        error = catch_definition_error(dashboard)
        assert repr(uid) in error.problem
        assert error.location == ("dashboard 'Orders'",)


def test_a_uid_that_is_no_string_is_refused() -> None:
    assert "7" in catch_definition_error({"title": "Orders", "uid": 7}).problem


@pytest.mark.parametrize("uid", ["a", "a" * 40, "Orders_API-2"])
def test_a_uid_that_grafana_accepts_is_kept(uid: str) -> None:
    for dashboard in (
        Dashboard("Orders", uid=uid),
        GrafanalibDashboard(title="Orders", uid=uid),
        {"title": "Orders", "uid": uid},
    ):
        assert build_document(dashboard)["uid"] == uid


@pytest.mark.parametrize("uid", ["", None])
def test_a_missing_uid_comes_from_the_title_whoever_made_the_dashboard(uid: Any) -> None:
    for dashboard in (
        Dashboard("Orders / API", uid=uid),
        GrafanalibDashboard(title="Orders / API", uid=uid),
        {"title": "Orders / API", "uid": uid},
        {"title": "Orders / API"},
    ):
        assert build_document(dashboard)["uid"] == "orders-api"


def test_tags_are_sorted_and_once_and_ours_among_them() -> None:
    document = build_document(Dashboard("Orders", tags=["z", "a", "z"]))
    assert document["tags"] == ["a", "tailboard", "z"]
    assert build_document(document)["tags"] == document["tags"]


def test_a_tag_of_a_grafanalib_dashboard_is_kept() -> None:
    document = build_document(GrafanalibDashboard(title="Orders", tags=["team-a"]))
    assert document["tags"] == ["tailboard", "team-a"]


def test_our_dashboards_share_a_crosshair_and_are_refreshed() -> None:
    document = build_document(Dashboard("Orders"))
    assert document["graphTooltip"] == 1
    assert document["refresh"] == "1m"
    assert document["time"] == {"from": "now-1h", "to": "now"}
    assert document["timezone"] == "browser"
    assert document["editable"] is True


def test_what_json_does_not_say_is_what_grafana_would_say() -> None:
    document = build_document({"title": "Orders"})
    assert document["editable"] is True
    assert document["graphTooltip"] == 0
    assert document["time"] == {"from": "now-1h", "to": "now"}
    assert document["timezone"] == "browser"


def test_a_time_zone_that_somebody_chose_is_kept() -> None:
    for zone in ("utc", "Asia/Shanghai", ""):
        assert build_json_document(timezone=zone)["timezone"] == zone
