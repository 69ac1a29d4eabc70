"""The Python process: CPU, memory, open files, garbage collection, restarts."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import health, saturation
from tailboard.panels.service import Service


def runtime(service: Service) -> Dashboard:
    """Whether the process runs out of something."""
    return framed(service, "runtime", "Runtime", _rows, description=str(runtime.__doc__))


def _rows(service: Service) -> list[Row]:
    saturated = feasible(
        service,
        saturation.cpu,
        saturation.memory,
        saturation.open_files,
        saturation.collections,
    )
    if not saturated:
        return []
    return filled(
        Row("Instances", feasible(service, health.instances_of_total, health.up, health.restarts)),
        Row("Saturation", saturated),
    )
