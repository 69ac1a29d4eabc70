"""What build refuses is found, whatever panels were accepted before."""

from collections.abc import Iterator
from typing import Any

import pytest

from tailboard.lint import accepted_panels
from tailboard.lint.accepted_panels import replace_accepted_panels
from tailboard.lint.engine import lint_subject
from tailboard.lint.rules import refused_document
from tailboard.queries.subject import build_document_subject

Json = dict[str, Any]

PLACE = {"h": 8, "w": 12, "x": 0, "y": 0}
PANEL: Json = {
    "description": "All.",
    "fieldConfig": {"defaults": {"max": 1.5, "unit": "s"}, "overrides": []},
    "gridPos": PLACE,
    "id": 1,
    "targets": [{"expr": "up", "legendFormat": "{{job}}", "refId": "A"}],
    "title": "Up",
    "type": "timeseries",
}


@pytest.fixture(autouse=True)
def _accept_panel() -> Iterator[None]:
    accepted_panels._accepted_looks.clear()
    assert not find_refusals(build_dashboard(PANEL))
    yield
    accepted_panels._accepted_looks.clear()


def build_dashboard(*panels: Any, **fields: Any) -> Json:
    return {"panels": [*panels], "schemaVersion": 41, "title": "T", "uid": "t", **fields}


def find_refusals(document: Json) -> list[str]:
    subject = build_document_subject(document, "t.json")
    return [finding.problem for finding in lint_subject(subject, [refused_document.RULE])]


def build_query(**fields: Any) -> list[Json]:
    return [{**PANEL["targets"][0], **fields}]


@pytest.mark.parametrize(
    "words",
    [
        {"title": "Down", "description": "Nothing."},
        {"targets": build_query(expr="down", legendFormat="x")},
        {"gridPos": {"h": 2, "w": 3, "x": 12, "y": 0}, "id": 7},
    ],
)
def test_a_panel_that_differs_in_words_and_place_is_not_tried_again(words: Json) -> None:
    document, looks = replace_accepted_panels(
        build_dashboard({"type": "row", "collapsed": True, "panels": [{**PANEL, **words}]})
    )
    assert not looks
    assert "targets" not in document["panels"][0]["panels"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"type": None},
        {"fieldConfig": {"defaults": {"mappings": {"a": "b"}}}},
        {"fieldConfig": {"defaults": {"max": float("nan"), "unit": "s"}, "overrides": []}},
        {"fieldConfig": {"defaults": {"max": 2**64, "unit": "s"}, "overrides": []}},
        {"targets": build_query(legendFormat="half \ud800")},
        {"targets": build_query(step=2**64)},
        {"description": "half \ud800"},
        {"title": "half \ud800"},
        {"title": ("a", {"set"})},
        {"gridPos": {**PLACE, "w": 30}, "id": 2},
        {"gridPos": [], "id": 2},
        {"gridPos": {**PLACE, "x": 2**64}},
        {"height": 2**64},
        {"panels": 1},
    ],
)
def test_a_panel_that_differs_in_more_is_tried(change: Json) -> None:
    document = build_dashboard({**PANEL, **change})
    refusals = find_refusals(document)
    accepted_panels._accepted_looks.clear()
    assert refusals == find_refusals(document)


@pytest.mark.parametrize(
    ("accepted", "change"),
    [
        ({"description": "Grüße"}, {"description": "half \ud800"}),
        ({"span": "x"}, {"span": "x", "gridPos": {}}),
    ],
)
def test_a_panel_beside_one_that_is_as_odd_is_tried(accepted: Json, change: Json) -> None:
    assert not find_refusals(build_dashboard({**PANEL, **accepted}))
    assert find_refusals(build_dashboard({**PANEL, **change}))


def test_a_panel_that_build_refuses_is_found_beside_an_accepted_one() -> None:
    refused_panel = {**PANEL, "fieldConfig": {"defaults": {"mappings": {"a": "b"}}}}
    for _ in range(2):
        assert find_refusals(build_dashboard(PANEL, refused_panel))


def test_what_grafanalib_wrote_is_tried_in_its_own_way() -> None:
    document = build_dashboard(PANEL, schemaVersion=12)
    assert replace_accepted_panels(document) == (document, [])
