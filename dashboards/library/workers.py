"""Workers behind a queue: does the work get done, does it fail, does it wait."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import workers as panels_workers
from tailboard.panels.service import Service


def workers(service: Service) -> Dashboard:
    """Backlog and wait first: what users feel when workers are few or stuck."""
    return framed(service, "workers", "Workers", _rows, description=str(workers.__doc__))


def _rows(service: Service) -> list[Row]:
    return filled(
        Row(
            "Queue",
            feasible(service, panels_workers.backlog, panels_workers.wait, panels_workers.running),
        ),
        Row(
            "Work",
            feasible(
                service,
                panels_workers.throughput,
                panels_workers.failure_ratio,
                panels_workers.runtime,
                panels_workers.runtime_by_task,
                panels_workers.mean_runtime,
            ),
        ),
    )
