"""The Python process: CPU, memory, open files, garbage collection, restarts."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import health, saturation
from tailboard.panels.service import Service


def runtime(service: Service) -> Dashboard:
    """Whether the process runs out of something."""
    return build_service_dashboard(
        service, "runtime", "Runtime", _build_rows, description=str(runtime.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    saturation_panels = apply_feasible_builders(
        service,
        saturation.cpu,
        saturation.memory,
        saturation.open_files,
        saturation.collections,
    )
    if not saturation_panels:
        return []
    return strip_empty_rows(
        Row(
            "Instances",
            apply_feasible_builders(service, health.instances_of_total, health.up, health.restarts),
        ),
        Row("Saturation", saturation_panels),
    )
