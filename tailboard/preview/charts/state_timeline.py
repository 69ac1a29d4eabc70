"""How long a state lasted, one row for each series."""

from tailboard.preview.charts.states import draw_states
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

KINDS = ("state-timeline",)


def draw(panel: PanelData, size: Size) -> Drawing:
    """Bars, each as long as the state."""
    return draw_states(panel, size, is_joined=True)
