"""A scrape that takes too long to be repeated in time."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import DURATION_TEMPLATE, escape_template, format_label_template
from tailboard.panels import hygiene, promql
from tailboard.panels.service import Service

NAME = "ScrapeSlow"


def scrape_slow(service: Service) -> Iterator[AlertRule]:
    """Collecting the metrics takes more than half of the time between two scrapes.

    Beyond the scrape's timeout the target counts as down, though it serves. Look at how many series
    it exposes, then at collectors that ask something slow while they are scraped.
    """
    duration_limit = hygiene.build_scrape_duration_limit(service, NAME)
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(
            hygiene.build_scrape_metric(service, "scrape_duration_seconds", NAME, "max"),
            duration_limit,
        ),
        severity="warning",
        signal="metrics",
        lasting="15m",
        summary=f"Scraping {escape_template(service.name)} takes {DURATION_TEMPLATE}",
        description=f"Prometheus needs {DURATION_TEMPLATE} to collect the metrics of "
        f"{format_label_template('job')}, more than half of its interval: soon it counts as down. "
        "Look first at how many series it exposes, then at collectors that ask something slow.",
        panel=hygiene.scrape_duration,
        limit=duration_limit,
        series_labels=("job",),
        examples=(
            Example("too slow", _build_scrape_series(service, 9), is_firing=True, delay="3m"),
            Example("quick", _build_scrape_series(service, 0.1), is_firing=False),
        ),
    )


def _build_scrape_series(service: Service, seconds: float) -> InputSeries:
    return {
        **example_series.build_target_series(service, "up", "1+0"),
        **example_series.build_target_series(
            service, "scrape_duration_seconds", example_series.format_constant(seconds)
        ),
    }
