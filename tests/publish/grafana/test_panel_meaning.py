"""What Grafana's browser writes into a panel is no difference, what a person sets is one."""

import json
from pathlib import Path as File
from typing import Any

import pytest

from tailboard.publish.grafana.beyond import as_bytes
from tailboard.publish.grafana.difference import differences
from tailboard.publish.grafana.noise import checksum, normal
from tailboard.publish.grafana.panel_defaults import OF_ANY_KIND, PANEL_DEFAULTS, defaults_of
from tailboard.publish.grafana.panel_meaning import RANGES, WITH_RANGE
from tests.publish.grafana.documents import Document, Path, changed, leaves

SAVED = json.loads(File(__file__).with_name("saved_in_the_browser.json").read_text("utf-8"))
"""A dashboard as Grafana stored it, before and after somebody saved it in the browser."""

KINDS = [*PANEL_DEFAULTS, "somebody-elses-panel"]
PLACES = [
    pytest.param(kind, path, id=f"{kind}-{'.'.join(map(str, path))}")
    for kind in KINDS
    for path in leaves(defaults_of(kind))
]


def panel(kind: Any, **said: Any) -> Document:
    """A document with one panel."""
    return {"panels": [{"id": 1, "title": "It", "type": kind, **said}]}


def test_saving_in_the_browser_is_no_difference() -> None:
    before, after = SAVED["before"], SAVED["after"]
    assert before != after
    assert differences(before, after) == []
    assert checksum(before) == checksum(after)


def test_every_kind_that_is_known_was_saved_in_the_browser() -> None:
    assert {it["type"] for it in SAVED["after"]["panels"]} >= set(PANEL_DEFAULTS)


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_that_are_written_out_are_no_difference(kind: str) -> None:
    assert checksum(panel(kind, **defaults_of(kind))) == checksum(panel(kind))


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_every_default_that_somebody_changes_is_a_difference(kind: str, path: Path) -> None:
    saved = panel(kind, **defaults_of(kind))
    mine = changed(saved, ("panels", 0, *path))
    assert checksum(mine) != checksum(panel(kind))
    assert differences(saved, mine)
    assert differences(mine, panel(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_defaults_are_written_as_the_normal_form_writes(kind: str) -> None:
    assert as_bytes(normal({"it": defaults_of(kind)})["it"]) == as_bytes(defaults_of(kind))


def test_a_default_of_one_kind_is_not_that_of_another() -> None:
    drawn = {"fieldConfig": {"defaults": {"custom": {"lineWidth": 0}}}}
    assert checksum(panel("state-timeline", **drawn)) == checksum(panel("state-timeline"))
    assert checksum(panel("timeseries", **drawn)) != checksum(panel("timeseries"))


def test_a_part_without_anything_in_it_is_none() -> None:
    hollow: Document = {"options": {"legend": {}, "tooltip": {}}, "fieldConfig": {"defaults": {}}}
    assert checksum(panel("timeseries", **hollow)) == checksum(panel("timeseries"))


def test_a_setting_that_the_kind_does_not_know_is_meant() -> None:
    assert checksum(panel("stat", options={"mine": {}})) != checksum(panel("stat"))


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
    assert checksum(made(0, 5)) == checksum(made(-3, 5)) == checksum(made(None, 5))
    assert checksum(made(None, 5)) != checksum(made(None, 6))


def test_steps_of_something_else_than_thresholds_are_all_meant() -> None:
    assert checksum(of_one(0, name="mine")) != checksum(of_one(None, name="mine"))


@pytest.mark.parametrize("kind", WITH_RANGE)
@pytest.mark.parametrize("unit", RANGES)
def test_a_share_goes_from_none_to_all_without_saying_so(kind: str, unit: str) -> None:
    def share(**limits: Any) -> Document:
        return panel(kind, fieldConfig={"defaults": {"unit": unit, **limits}})

    assert checksum(share(**RANGES[unit])) == checksum(share())
    assert checksum(share(min=0)) == checksum(share())
    assert checksum(share(min=0.5)) != checksum(share())
    assert checksum(share(max=50)) != checksum(share())


def test_limits_of_other_units_and_kinds_are_meant() -> None:
    for kind, unit in (("stat", "s"), ("timeseries", "percentunit")):
        bare = panel(kind, fieldConfig={"defaults": {"unit": unit}})
        limited = panel(kind, fieldConfig={"defaults": {"unit": unit, "min": 0}})
        assert checksum(limited) != checksum(bare)


def test_a_query_that_is_shown_need_not_say_so() -> None:
    shown, hidden = ({"refId": "A", "hide": it} for it in (False, True))
    bare = panel("stat", targets=[{"refId": "A"}])
    assert checksum(panel("stat", targets=[shown])) == checksum(bare)
    assert checksum(panel("stat", targets=[hidden])) != checksum(bare)


@pytest.mark.parametrize("kind", [None, 7, [], {}, ["stat"], ""])
def test_a_kind_that_is_none_has_the_defaults_of_any(kind: Any) -> None:
    assert checksum(panel(kind, **OF_ANY_KIND)) == checksum(panel(kind))
