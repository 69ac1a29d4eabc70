"""Jobs that run now and then: did it run, did it succeed, how long did it take."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import batch as panels_batch
from tailboard.panels.service import Service


def batch(service: Service) -> Dashboard:
    """A job that does not run makes no noise: its age is what tells."""
    return framed(service, "batch", "Batch jobs", _rows, description=str(batch.__doc__))


def _rows(service: Service) -> list[Row]:
    return filled(
        Row(
            "Is it late?",
            feasible(service, panels_batch.last_success, panels_batch.last_run),
        ),
        Row(
            "Runs",
            feasible(
                service,
                panels_batch.duration,
                panels_batch.failures,
                panels_batch.failed_pushes,
            ),
        ),
    )
