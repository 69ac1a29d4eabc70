"""A few lines about a Python service become Grafana dashboards that tell the tail, not the average.

Most definitions begin with `from tailboard import Dashboard, Objectives, Row, Service`.
They are imported when they are used, so that the command line and pytest start without grafanalib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tailboard.dashboards import Dashboard, Row
    from tailboard.panels import Objectives, Service

__version__ = "0.1.0"

__all__ = ["Dashboard", "Objectives", "Row", "Service", "__version__"]

SOURCES = {
    "Dashboard": "tailboard.dashboards",
    "Objectives": "tailboard.panels",
    "Row": "tailboard.dashboards",
    "Service": "tailboard.panels",
}
"""Where each of them is defined."""


def __getattr__(name: str) -> Any:
    if name not in SOURCES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(SOURCES[name]), name)
