"""Three services with all dashboards of the library; all read the series of one."""

from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [
    Service(
        name,
        selector={"job": "orders"},
        convention=PROMETHEUS_CLIENT,
        objectives=Objectives(latency={0.99: 1.0}, availability=0.999),
    )
    for name in ("orders", "checkout", "search")
]
