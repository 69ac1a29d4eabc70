"""Workers behind a queue: backlog, wait, failures, run times."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import workers as panels_workers
from tailboard.panels.service import Service


def workers(service: Service) -> Dashboard:
    """Backlog and wait first: what users feel when workers are few or stuck."""
    return build_service_dashboard(
        service, "workers", "Workers", _build_rows, description=str(workers.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row(
            "Queue",
            apply_feasible_builders(
                service, panels_workers.backlog, panels_workers.wait, panels_workers.running
            ),
        ),
        Row(
            "Work",
            apply_feasible_builders(
                service,
                panels_workers.throughput,
                panels_workers.failure_ratio,
                panels_workers.runtime,
                panels_workers.runtime_by_task,
                panels_workers.mean_runtime,
            ),
        ),
    )
