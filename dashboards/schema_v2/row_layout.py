"""How a row of a dashboard is laid out in schema v2."""

from tailboard.panels.record import record


@record
class RowLayout:
    """How a row of schema v1 is laid out in schema v2.

    `title` is its heading within the tab, empty for none. `collapsed` is whether it is closed at
    first. With `auto_grid` Grafana places its
    panels by itself, and with `hide_empty` it shows those that have data.
    """

    title: str
    tab: str = ""
    collapsed: bool = False
    auto_grid: bool = False
    hide_empty: bool = False
