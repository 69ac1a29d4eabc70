"""One panel kind a file: our style over one grafanalib class."""

from grafanalib.core import GridPos

from tailboard.panels.kinds.bar_gauge import bar_gauge
from tailboard.panels.kinds.heatmap import heatmap
from tailboard.panels.kinds.raw import raw
from tailboard.panels.kinds.size import grid_position, grid_size
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.state_timeline import state_timeline
from tailboard.panels.kinds.status_history import status_history
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.kinds.text import text
from tailboard.panels.kinds.timeseries import timeseries

KINDS = (timeseries, stat, table, heatmap, status_history, state_timeline, bar_gauge, text)

__all__ = [
    "KINDS",
    "Column",
    "GridPos",
    "bar_gauge",
    "grid_position",
    "grid_size",
    "heatmap",
    "raw",
    "stat",
    "state_timeline",
    "status_history",
    "table",
    "text",
    "timeseries",
]
