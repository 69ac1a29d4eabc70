"""A Grafana in memory that answers as the recorded one did."""

from tests.grafana.memory.server import MemoryGrafana

__all__ = ["MemoryGrafana"]
