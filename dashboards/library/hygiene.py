"""The quality of the metrics: number of series, width of buckets, scrapes."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import hygiene as panels_hygiene
from tailboard.panels.service import Service


def hygiene(service: Service) -> Dashboard:
    """Label explosion and coarse buckets made visible, before they cost memory or the truth."""
    return build_service_dashboard(
        service, "hygiene", "Metrics hygiene", _build_rows, description=str(hygiene.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row(
            "Label explosion",
            apply_feasible_builders(
                service,
                panels_hygiene.routes,
                panels_hygiene.series_by_job,
                panels_hygiene.new_series,
            ),
        ),
        Row(
            "Coarse buckets",
            apply_feasible_builders(
                service, panels_hygiene.beyond_buckets, panels_hygiene.bucket_width
            ),
        ),
        Row(
            "Scrapes",
            apply_feasible_builders(
                service, panels_hygiene.scrape_duration, panels_hygiene.samples
            ),
        ),
        Row("Largest metrics", apply_feasible_builders(service, panels_hygiene.series_by_metric)),
    )
