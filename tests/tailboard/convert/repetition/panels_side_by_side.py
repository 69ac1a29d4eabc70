"""Panels converted side by side, for tests of what their definition shares."""

from tailboard.convert.conversion import convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, place


def convert_panels(*panels: Document) -> str:
    """The definition of panels side by side; it proves itself."""
    placed_panels = [
        {**panel, "gridPos": place(6 * (index % 4), 8 * (index // 4), 6, 8)}
        for index, panel in enumerate(panels)
    ]
    conversion = convert_dashboard(build_document(*placed_panels))
    assert not conversion.differences
    return conversion.text
