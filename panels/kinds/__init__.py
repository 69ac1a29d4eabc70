"""One panel kind a file: the house style over one grafanalib class."""

from panels.kinds.bar_gauge import bar_gauge
from panels.kinds.heatmap import heatmap
from panels.kinds.size import flowing
from panels.kinds.stat import stat
from panels.kinds.state_timeline import state_timeline
from panels.kinds.status_history import status_history
from panels.kinds.table import Column, table
from panels.kinds.text import text
from panels.kinds.timeseries import timeseries

KINDS = (timeseries, stat, table, heatmap, status_history, state_timeline, bar_gauge, text)

__all__ = [
    "KINDS",
    "Column",
    "bar_gauge",
    "flowing",
    "heatmap",
    "stat",
    "state_timeline",
    "status_history",
    "table",
    "text",
    "timeseries",
]
