"""Jobs that run now and then: did it run, did it succeed, how long did it take."""

from dashboards.dashboard import Dashboard, Row
from dashboards.library.feasible import feasible, filled
from dashboards.library.frame import framed
from panels import batch as panels_batch
from panels.service import Service


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
