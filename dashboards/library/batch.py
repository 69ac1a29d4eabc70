"""Batch jobs: last run, last success, duration, failures."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import batch as panels_batch
from tailboard.panels.service import Service


def batch(service: Service) -> Dashboard:
    """A job that does not run makes no noise: its age is what tells."""
    return build_service_dashboard(
        service, "batch", "Batch jobs", _build_rows, description=str(batch.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row(
            "Is it late?",
            apply_feasible_builders(service, panels_batch.last_success, panels_batch.last_run),
        ),
        Row(
            "Runs",
            apply_feasible_builders(
                service,
                panels_batch.duration,
                panels_batch.failures,
                panels_batch.failed_pushes,
            ),
        ),
    )
