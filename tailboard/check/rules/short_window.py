"""A range that is too short for the scrape interval: the panel has gaps, or nothing at all.

Bad: `rate(http_requests_total[1m])` of a target that is scraped every minute
Good: `rate(http_requests_total[$__rate_interval])`, and the data source knows the interval
A rate needs two scrapes, and four to survive one that fails. `$__rate_interval` is four times
what the data source in Grafana has as its scrape interval, 15 s if nobody set it.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem, format_names
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import RangeWindow, Scraping
from tailboard.publish.plural import format_count

MIN_SCRAPES, SAFE_SCRAPES = 2, 4


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    groups: dict[tuple[str, float, float], list[RangeWindow]] = {}
    for window in (evidence.scraping or Scraping()).windows:
        if window.seconds < SAFE_SCRAPES * window.interval:
            groups.setdefault((window.job, window.seconds, window.interval), []).append(window)
    for (job, length, interval), windows in sorted(groups.items()):
        effect = "it has no rate" if length < MIN_SCRAPES * interval else "one lost scrape is a gap"
        places = [f"{window.place.dashboard}: {window.place.panel}" for window in windows]
        panel_count = format_count(len(dict.fromkeys(places)), "panel or rule", "panels and rules")
        yield MetricProblem(
            job,
            f"a range of {length:g} s, scraped every {interval:g} s: {effect}, in {panel_count}: "
            f"{format_names(dict.fromkeys(places))}",
            f"ask for {SAFE_SCRAPES * interval:g} s; of $__rate_interval, tell Grafana's data "
            f"source the scrape interval, {interval:g}s.",
        )


CHECK = Check(
    "short-window", "warning", "a range too short for its scrapes", __doc__, _check_evidence
)
