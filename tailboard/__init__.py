"""A few lines about a Python service become Grafana dashboards that tell the tail, not the average.

Most definitions begin with `from tailboard import Dashboard, Objectives, Row, Service`.
They are imported when they are used, so that the command line and pytest start without grafanalib.
"""

from typing import TYPE_CHECKING

from tailboard.panels.lazy_names import build_lazy_getattr

if TYPE_CHECKING:
    from tailboard.dashboards import Dashboard, Row
    from tailboard.panels import Objectives, Service

__version__ = "0.1.0"

__all__ = ["Dashboard", "Objectives", "Row", "Service", "__version__"]

SOURCES = {
    "Dashboard": "dashboards.dashboard",
    "Objectives": "panels.objectives",
    "Row": "dashboards.dashboard",
    "Service": "panels.service",
}
"""The module that defines each name."""

__getattr__ = build_lazy_getattr(__name__, SOURCES)
