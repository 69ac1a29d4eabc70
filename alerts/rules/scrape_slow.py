"""A scrape that takes too long to be repeated in time."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import DURATION, label, literal
from tailboard.panels import hygiene, promql
from tailboard.panels.service import Service

NAME = "ScrapeSlow"


def scrape_slow(service: Service) -> Iterator[AlertRule]:
    """Collecting the metrics takes more than half of the time between two scrapes.

    Beyond the scrape's timeout the target counts as down, though it serves. Look at how many series
    it exposes, then at collectors that ask something slow while they are scraped.
    """
    line = hygiene.half_the_interval(service, NAME)
    yield AlertRule(
        name=NAME,
        expression=promql.above(
            hygiene.of_scrapes(service, "scrape_duration_seconds", NAME, "max"), line
        ),
        severity="warning",
        signal="metrics",
        lasting="15m",
        summary=f"Scraping {literal(service.name)} takes {DURATION}",
        description=f"Prometheus needs {DURATION} to collect the metrics of {label('job')}, more "
        "than half of its interval: soon it counts as down. Look first at how many series it "
        "exposes, then at collectors that ask something slow.",
        panel=hygiene.scrape_duration,
        limit=line,
        told_by=("job",),
        examples=(
            Example("too slow", _scrapes(service, 9), fires=True),
            Example("quick", _scrapes(service, 0.1), fires=False),
        ),
    )


def _scrapes(service: Service, seconds: float) -> Series:
    return {
        **scene.of_target(service, "up", "1+0"),
        **scene.of_target(service, "scrape_duration_seconds", scene.constant(seconds)),
    }
