"""Overrides for series that a panel cannot have are left out, and named in a note."""

from typing import Any

import pytest

from tailboard.convert.conversion import Conversion, convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel


def build_override(name: str, matcher: str = "byName") -> Document:
    return {
        "matcher": {"id": matcher, "options": name},
        "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}],
    }


def convert_panel(
    *overrides: Document, legends: tuple[str, ...] = ("Used", "Free"), **fields: Any
) -> Conversion:
    """The conversion of a panel with these overrides and a query for each legend."""
    targets = [{"expr": "memory_bytes", "legendFormat": legend} for legend in legends]
    config = {"defaults": fields.pop("defaults", {}), "overrides": [*overrides]}
    panel = build_panel("Memory", **{"fieldConfig": config, "targets": targets, **fields})
    conversion = convert_dashboard(build_document(panel))
    assert not conversion.differences
    return conversion


def test_an_override_for_a_name_that_no_legend_gives_is_left_out_and_that_is_said() -> None:
    conversion = convert_panel(build_override("Used"), build_override("Chunks"))
    assert "Used" in conversion.text
    assert "Chunks" not in conversion.text.partition('\n"""')[2]
    assert conversion.notes == (
        "overrides for names that no series of their panel has are left out: 'Chunks' in 'Memory'",
    )


@pytest.mark.parametrize("name", ["max", "used by", "Used, x"])
def test_a_legend_with_a_label_gives_any_name_around_it(name: str) -> None:
    assert convert_panel(build_override(name), legends=("used, {{instance}}",)).notes
    assert not convert_panel(build_override("used, x"), legends=("used, {{instance}}",)).notes
    assert not convert_panel(build_override(name), legends=("{{instance}}",)).notes


@pytest.mark.parametrize(
    ("pattern", "is_dead"),
    [("/^Us/", False), ("/ee$/", False), ("/-/", True), (r"/\d/", False), ("/a?b/", False)],
)
def test_a_regular_expression_that_matches_no_legend_is_dead(pattern: str, is_dead: bool) -> None:
    assert bool(convert_panel(build_override(pattern, "byRegexp")).notes) is is_dead


@pytest.mark.parametrize(
    "fields",
    [
        {"legends": ("Used", "__auto")},
        {"legends": ("Used", "")},
        {"legends": ("Used", "$name")},
        {"type": "table"},
        {"transformations": [{"id": "organize", "options": {}}]},
        {"defaults": {"displayName": "${__field.labels.pod}"}},
        {"targets": [{"expr": "up", "legendFormat": "Used", "exemplar": True}]},
        {"targets": [{"expr": "up", "legendFormat": "Used", "format": "table"}]},
        {"targets": [{"expr": "sum(Chunks) + up", "legendFormat": "Used"}]},
        {"targets": [{"expr": '{__name__=~"Ch.+"}', "legendFormat": "Used"}]},
        {"datasource": {"type": "loki", "uid": "logs"}},
    ],
)
def test_an_override_stays_where_its_name_may_come_from_elsewhere(fields: Document) -> None:
    assert not convert_panel(build_override("Chunks"), **fields).notes


@pytest.mark.parametrize("name", ["Value", "Time", "time", "Value #A", "$name"])
def test_names_of_fields_and_of_variables_may_always_be_there(name: str) -> None:
    assert not convert_panel(build_override(name)).notes


def test_variables_of_one_name_are_noted() -> None:
    variable = {"name": "pod", "type": "textbox", "query": ""}
    document = build_document(build_panel(), templating={"list": [variable, {**variable}]})
    assert convert_dashboard(document).notes == (
        "2 variables are named 'pod', as in the JSON: one of them is enough",
    )
