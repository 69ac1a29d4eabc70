"""Whether the metrics can be trusted: series, scrapes, and the two pitfalls."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import hygiene as panels_hygiene
from tailboard.panels.service import Service


def hygiene(service: Service) -> Dashboard:
    """Label explosion and coarse buckets made visible, before they cost memory or the truth."""
    return framed(service, "hygiene", "Metrics hygiene", _rows, description=str(hygiene.__doc__))


def _rows(service: Service) -> list[Row]:
    return filled(
        Row(
            "Label explosion",
            feasible(
                service,
                panels_hygiene.routes,
                panels_hygiene.series_by_job,
                panels_hygiene.new_series,
            ),
        ),
        Row(
            "Coarse buckets",
            feasible(service, panels_hygiene.beyond_buckets, panels_hygiene.bucket_width),
        ),
        Row("Scrapes", feasible(service, panels_hygiene.scrape_duration, panels_hygiene.samples)),
        Row("Largest metrics", feasible(service, panels_hygiene.series_by_metric)),
    )
