"""What an export of Grafana has right stays right, and once is enough."""

import json
from typing import Any

import pytest
from grafanalib._gen import DashboardEncoder
from grafanalib.core import Dashboard as GrafanalibDashboard
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import Row, build_document, encode_document
from tests.dashboards.sample_dashboards import (
    EVERY_KIND,
    EXPORT,
    THRESHOLDS,
    build_grafanalib_document,
    build_library_documents,
    build_rows_document,
    build_timeseries,
    find_lost_values,
    find_panel,
    load_export,
    walk_panels,
)
from tests.example_counts import count_examples

NO_MAPPINGS: tuple[str, Any] = ("none is the default", [])
DROPPED_FIELDS: dict[str, tuple[str, Any]] = {
    ".id": ("the number is of one Grafana; in another it is somebody else's", 17),
    ".version": ("Grafana counts it itself", 23),
    ".gnetId": ("it says nothing", None),
    ".iteration": ("nothing reads it any more", 1650000000000),
    ".style": ("nothing reads it any more", "dark"),
    ".tags": ("ours is added, in order", ["orders", "team-a"]),
    ".timepicker.hidden": ("false is the default", False),
    ".panels[].datasource": ("it says nothing", None),
    ".panels[].fieldConfig": ("an empty one is the default", {"defaults": {}, "overrides": []}),
    ".panels[].fieldConfig.defaults.mappings": NO_MAPPINGS,
    ".panels[].panels[].fieldConfig.defaults.mappings": NO_MAPPINGS,
    ".panels[].repeatDirection": ("rows repeat downwards, whatever they say", "h"),
    ".panels[].targets[].format": ("it is the default", "time_series"),
    ".panels[].targets[].hide": ("false is the default", False),
    ".panels[].targets[].instant": ("false is the default beside range", False),
    ".templating.list[].hide": ("0 is the default", 0),
}
"""What an export loses, and why that changes nothing."""


TIMESERIES_DEFAULTS = {
    "align": "auto",
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "lineInterpolation": "linear",
    "pointSize": 5,
    "showPoints": "auto",
    "spanNulls": False,
    "thresholdsStyle": {"mode": "off"},
}
"""What Grafana's editor writes into every panel, although it is what happens anyway."""


def test_an_export_keeps_everything_that_matters() -> None:
    before, after = load_export(), build_document(load_export())
    assert set(after["tags"]) == {*before["tags"], "tailboard"}
    for path, value in find_lost_values(before, after):
        if ".fieldConfig.defaults.custom." in path:
            assert TIMESERIES_DEFAULTS.get(path.rpartition(".")[2]) == value, path
        else:
            assert path in DROPPED_FIELDS, (path, value)
            assert DROPPED_FIELDS[path][1] == value, path


def test_every_reason_for_a_loss_is_still_needed() -> None:
    assert {
        path for path, _ in find_lost_values(load_export(), build_document(load_export()))
    } >= set(DROPPED_FIELDS)


def test_what_an_export_says_of_nothing_stays_nothing() -> None:
    """A null in somebody's JSON may say something: the range below zero has no beginning."""
    document = build_document(load_export())
    stat = find_panel(document, "Up")["fieldConfig"]["defaults"]
    assert stat["mappings"][1]["options"]["from"] is None
    assert find_panel(document, "Clock")["options"]["monitor"] is None


def test_an_export_is_written_by_hand() -> None:
    assert EXPORT.stat().st_size > 10_000
    assert len(list(walk_panels(load_export()["panels"]))) == 14


def test_a_document_of_a_document_is_the_same_document() -> None:
    for name, document in build_library_documents().items():
        assert build_document(document) == document, name


def test_an_export_repaired_once_is_not_repaired_again() -> None:
    once = build_document(load_export())
    assert build_document(once) == once


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda panel: type(panel).__name__)
def test_a_panel_repaired_once_is_not_repaired_again(panel: Any) -> None:
    once = build_grafanalib_document(panel)
    assert build_document(once) == once


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "Row"]),
            st.lists(st.sampled_from(EVERY_KIND), max_size=4),
            st.booleans(),
        ),
        max_size=4,
    )
)
@settings(max_examples=count_examples(40))
def test_whatever_is_repaired_once_is_not_repaired_again(
    rows: list[tuple[str, list[Any], bool]],
) -> None:
    once = build_rows_document(
        *(Row(title, panels, collapsed) for title, panels, collapsed in rows)
    )
    assert build_document(once) == once
    assert encode_document(build_document(once)) == encode_document(once)


@pytest.mark.parametrize("panel", EVERY_KIND, ids=lambda panel: type(panel).__name__)
def test_grafanalibs_own_json_becomes_what_its_objects_become(panel: Any) -> None:
    """A team may keep the JSON that generate-dashboard wrote."""
    dashboard = GrafanalibDashboard(
        title="Orders", panels=[panel, build_timeseries("B", thresholds=THRESHOLDS, id=7)]
    )
    document = json.loads(json.dumps(dashboard.to_json_data(), cls=DashboardEncoder))
    assert build_document(document) == build_document(dashboard)
