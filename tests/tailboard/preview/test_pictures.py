"""Pictures without a browser: SVG and PNG."""

import re
import xml.etree.ElementTree as ET

import pytest

from tailboard.preview.dashboard_drawing import draw_dashboard
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.pages.picture import (
    convert_to_png,
    fit_text,
    measure_text,
    render_panel_picture,
    render_picture,
)
from tests.tailboard.preview.documents import build_dashboard, build_panel
from tests.tailboard.preview.table_source import TableSource
from tests.tailboard.preview.test_pages import HOSTILE_TEXTS, build_hostile_document

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_picture_is_well_formed_whatever_the_titles(text: str) -> None:
    drawing = draw_dashboard(build_hostile_document(text), TableSource({text: [1.0, 2.0]}))
    tree = ET.fromstring(render_picture(drawing))
    assert not list(tree.iter(f"{SVG}script"))
    assert not list(tree.iter(f"{SVG}image"))


MARGINS = 28
"""Pixels beside a chart: those of its frame, and its own."""


def test_identifiers_of_charts_do_not_collide() -> None:
    drawing = draw_dashboard(build_dashboard(build_panel(), build_panel()), ExampleSource())
    tree = ET.fromstring(render_picture(drawing))
    names = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(names) == len(set(names)) > 0


def test_a_picture_of_a_panel_is_as_large_as_the_panel() -> None:
    (panel,) = draw_dashboard(build_dashboard(build_panel()), ExampleSource()).panels
    png = convert_to_png(render_panel_picture(panel, is_example=True))
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == panel.width
    assert int.from_bytes(png[20:24], "big") == panel.height


def test_a_picture_of_example_data_says_so() -> None:
    drawing = draw_dashboard(build_dashboard(build_panel()), ExampleSource())
    assert "EXAMPLE DATA" in render_picture(drawing)


def test_a_text_that_is_too_wide_is_cut() -> None:
    assert fit_text("short", 100, 12) == "short"
    cut = fit_text("a" * 100, 100, 12)
    assert cut.endswith("…")
    assert measure_text(cut, 12) <= 100
    assert measure_text("订单", 12) == 24


def test_dials_of_a_gauge_stand_side_by_side() -> None:
    source = TableSource({"a": [1.0], "b": [5.0], "c": [9.0]})
    (panel,) = draw_dashboard(build_dashboard(build_panel("gauge")), source).panels
    svg = render_panel_picture(panel, is_example=False)
    places = re.findall(r'aria-label="column: (\d)[^>]*translate\(([\d.]+),', svg)
    assert {number: round(float(x)) for number, x in places} == {
        str(number): round((panel.width - MARGINS) * (2 * number + 1) / 6) for number in range(3)
    }
    for number in range(3):
        assert len({x for column, x in places if column == str(number)}) == 1


def test_a_label_that_looks_like_an_identifier_stays_what_it_is() -> None:
    source = TableSource({'id="5"': [1.0, 0.0]})
    (panel,) = draw_dashboard(build_dashboard(build_panel("state-timeline")), source).panels
    tree = ET.fromstring(render_panel_picture(panel, is_example=False))
    assert 'id="5"' in {element.text for element in tree.iter(f"{SVG}text")}
