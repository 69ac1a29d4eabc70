"""Panels of one kind are calls of a function whose defaults are what most of them have."""

from typing import Any

from tailboard.convert.conversion import convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel, place

LINES = {"lineWidth": 2, "showPoints": "never"}
TABLE = {"legend": {"calcs": ["mean"], "displayMode": "table"}, "tooltip": {"mode": "multi"}}


def build_style_panel(index: int, custom: Document, **fields: Any) -> Document:
    """A panel that has no shape in common with its neighbours."""
    return build_panel(
        f"Panel {index}",
        fieldConfig={"defaults": {"unit": "bytes", "custom": custom}, "overrides": []},
        gridPos=place(0, 8 * index, 24, 8),
        options=TABLE,
        targets=[
            {"expr": f"up{number}", "legendFormat": f"{index}"} for number in range(index + 1)
        ],
        **fields,
    )


def convert_panels(*panels: Document) -> str:
    conversion = convert_dashboard(build_document(*panels))
    assert not conversion.differences
    return conversion.text


def test_what_most_panels_have_is_the_default_of_a_parameter() -> None:
    styles: list[Document] = [LINES, LINES, LINES, {"fillOpacity": 80}, {}]
    text = convert_panels(*map(build_style_panel, range(len(styles)), styles))
    assert f"TIMESERIES_STYLE = {LINES}\n".replace("'", '"') in text
    assert "    custom: Mapping[str, Any] | None = TIMESERIES_STYLE,\n" in text
    assert 'custom={"fillOpacity": 80}' in text
    assert "custom=None" in text
    assert '    unit="bytes",\n' in text.partition("return raw(")[2]
    assert text.count("raw(") == 1


def test_what_many_panels_do_without_is_no_default() -> None:
    panels = [build_style_panel(index, LINES) for index in range(9)]
    for panel in panels[:5]:
        panel["fieldConfig"]["defaults"]["min"] = 0
    text = convert_panels(*panels)
    assert "    fields: Mapping[str, Any] | None = None,\n" in text
    assert "fields=None" not in text


def test_what_is_special_about_a_panel_has_no_default() -> None:
    panels = [
        build_style_panel(index, LINES, maxDataPoints=100, description="The same.")
        for index in range(3)
    ]
    panels += [build_style_panel(index, LINES) for index in (3, 4)]
    text = convert_panels(*panels)
    assert "    extra: Mapping[str, Any] | None = None,\n" in text
    assert '    description: str = "",\n' in text


def test_three_panels_of_a_kind_stay_written_out() -> None:
    styles: list[Document] = [LINES, LINES, {"fillOpacity": 80}]
    text = convert_panels(*map(build_style_panel, range(len(styles)), styles))
    assert text.count("raw(") == 3


def test_panels_that_have_little_in_common_stay_written_out() -> None:
    kinds = ("barchart", "histogram", "trend", "xychart")
    panels = [build_style_panel(index, {}, type=kind) for index, kind in enumerate(kinds)]
    assert "def build_b" not in convert_panels(*panels)


def test_a_default_is_no_empty_list() -> None:
    steps = {"mode": "absolute", "steps": [{"color": "blue", "value": None}]}
    panels = [build_style_panel(index, LINES) for index in range(5)]
    for panel in panels[1:]:
        panel["fieldConfig"]["defaults"]["thresholds"] = steps
    text = convert_panels(*panels)
    assert "    thresholds: Thresholds | None = (),\n" in text
    assert "[]" not in text
