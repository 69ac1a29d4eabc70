"""A Grafana in memory that answers as the recorded one did."""

from .server import MemoryGrafana

__all__ = ["MemoryGrafana"]
