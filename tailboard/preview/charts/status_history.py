"""One row of coloured cells for each series."""

from tailboard.preview.charts.states import draw_states
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

KINDS = ("status-history",)


def draw(panel: PanelData, size: Size) -> Drawing:
    """A cell for each point."""
    return draw_states(panel, size, is_joined=False)
