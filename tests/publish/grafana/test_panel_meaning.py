"""What Grafana's browser writes into a panel is no difference, what a person sets is one."""

import json
from pathlib import Path as File
from typing import Any

import pytest

from tailboard.publish.grafana.beyond import serialize_json
from tailboard.publish.grafana.difference import describe_differences
from tailboard.publish.grafana.normalize import compute_checksum, normalize_document
from tailboard.publish.grafana.normalize_panel import SINGLE_VALUE_KINDS, UNIT_RANGES
from tailboard.publish.grafana.panel_defaults import (
    BASE_PANEL_DEFAULTS,
    PANEL_DEFAULTS,
    find_panel_defaults,
)
from tests.publish.grafana.documents import Document, Path, changed, leaves

SAVED = json.loads(File(__file__).with_name("saved_in_the_browser.json").read_text("utf-8"))
"""A dashboard as Grafana stored it, before and after somebody saved it in the browser."""

KINDS = [*PANEL_DEFAULTS, "somebody-elses-panel"]
PLACES = [
    pytest.param(kind, path, id=f"{kind}-{'.'.join(map(str, path))}")
    for kind in KINDS
    for path in leaves(find_panel_defaults(kind))
]


def panel(kind: Any, **said: Any) -> Document:
    """A document with one panel."""
    return {"panels": [{"id": 1, "title": "It", "type": kind, **said}]}


def test_saving_in_the_browser_is_no_difference() -> None:
    before, after = SAVED["before"], SAVED["after"]
    assert before != after
    assert describe_differences(before, after) == []
    assert compute_checksum(before) == compute_checksum(after)


def test_every_kind_that_is_known_was_saved_in_the_browser() -> None:
    assert {it["type"] for it in SAVED["after"]["panels"]} >= set(PANEL_DEFAULTS)


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_that_are_written_out_are_no_difference(kind: str) -> None:
    assert compute_checksum(panel(kind, **find_panel_defaults(kind))) == compute_checksum(
        panel(kind)
    )


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_every_default_that_somebody_changes_is_a_difference(kind: str, path: Path) -> None:
    saved = panel(kind, **find_panel_defaults(kind))
    mine = changed(saved, ("panels", 0, *path))
    assert compute_checksum(mine) != compute_checksum(panel(kind))
    assert describe_differences(saved, mine)
    assert describe_differences(mine, panel(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_defaults_are_written_as_the_normal_form_writes(kind: str) -> None:
    assert serialize_json(
        normalize_document({"it": find_panel_defaults(kind)})["it"]
    ) == serialize_json(find_panel_defaults(kind))


def test_a_default_of_one_kind_is_not_that_of_another() -> None:
    drawn = {"fieldConfig": {"defaults": {"custom": {"lineWidth": 0}}}}
    assert compute_checksum(panel("state-timeline", **drawn)) == compute_checksum(
        panel("state-timeline")
    )
    assert compute_checksum(panel("timeseries", **drawn)) != compute_checksum(panel("timeseries"))


def test_a_part_without_anything_in_it_is_none() -> None:
    hollow: Document = {"options": {"legend": {}, "tooltip": {}}, "fieldConfig": {"defaults": {}}}
    assert compute_checksum(panel("timeseries", **hollow)) == compute_checksum(panel("timeseries"))


def test_a_setting_that_the_kind_does_not_know_is_meant() -> None:
    assert compute_checksum(panel("stat", options={"mine": {}})) != compute_checksum(panel("stat"))


def thresholds(*values: Any) -> Document:
    """Thresholds at these values."""
    steps = [{"color": "red"} if it is None else {"color": "red", "value": it} for it in values]
    return {"mode": "percentage", "steps": steps}


def of_all(*values: Any) -> Document:
    """A panel with thresholds of every field."""
    return panel("stat", fieldConfig={"defaults": {"thresholds": thresholds(*values)}})


def of_one(*values: Any, name: str = "thresholds") -> Document:
    """A panel with thresholds of one field."""
    it = {"properties": [{"id": name, "value": thresholds(*values)}]}
    return panel("stat", fieldConfig={"overrides": [it]})


@pytest.mark.parametrize("made", [of_all, of_one])
def test_the_first_threshold_has_no_value_and_the_others_have(made: Any) -> None:
    assert (
        compute_checksum(made(0, 5))
        == compute_checksum(made(-3, 5))
        == compute_checksum(made(None, 5))
    )
    assert compute_checksum(made(None, 5)) != compute_checksum(made(None, 6))


def test_steps_of_something_else_than_thresholds_are_all_meant() -> None:
    assert compute_checksum(of_one(0, name="mine")) != compute_checksum(of_one(None, name="mine"))


@pytest.mark.parametrize("kind", SINGLE_VALUE_KINDS)
@pytest.mark.parametrize("unit", UNIT_RANGES)
def test_a_share_goes_from_none_to_all_without_saying_so(kind: str, unit: str) -> None:
    def share(**limits: Any) -> Document:
        return panel(kind, fieldConfig={"defaults": {"unit": unit, **limits}})

    assert compute_checksum(share(**UNIT_RANGES[unit])) == compute_checksum(share())
    assert compute_checksum(share(min=0)) == compute_checksum(share())
    assert compute_checksum(share(min=0.5)) != compute_checksum(share())
    assert compute_checksum(share(max=50)) != compute_checksum(share())


def test_limits_of_other_units_and_kinds_are_meant() -> None:
    for kind, unit in (("stat", "s"), ("timeseries", "percentunit")):
        bare = panel(kind, fieldConfig={"defaults": {"unit": unit}})
        limited = panel(kind, fieldConfig={"defaults": {"unit": unit, "min": 0}})
        assert compute_checksum(limited) != compute_checksum(bare)


def test_a_query_that_is_shown_need_not_say_so() -> None:
    shown, hidden = ({"refId": "A", "hide": it} for it in (False, True))
    bare = panel("stat", targets=[{"refId": "A"}])
    assert compute_checksum(panel("stat", targets=[shown])) == compute_checksum(bare)
    assert compute_checksum(panel("stat", targets=[hidden])) != compute_checksum(bare)


@pytest.mark.parametrize("kind", [None, 7, [], {}, ["stat"], ""])
def test_a_kind_that_is_none_has_the_defaults_of_any(kind: Any) -> None:
    assert compute_checksum(panel(kind, **BASE_PANEL_DEFAULTS)) == compute_checksum(panel(kind))
