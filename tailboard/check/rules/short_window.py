"""A range that is too short for the scrape interval: the panel has gaps, or nothing at all.

Bad: `rate(http_requests_total[1m])` of a target that is scraped every minute
Good: `rate(http_requests_total[$__rate_interval])`, and the data source knows the interval
A rate needs two scrapes, and four to survive one that fails. `$__rate_interval` is four times
what the data source in Grafana has as its scrape interval, 15 s if nobody set it.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said, named
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping, Window
from tailboard.publish.counted import counted

NEEDED, SAFE = 2, 4


def _judge(evidence: Evidence) -> Iterator[Said]:
    groups: dict[tuple[str, float, float], list[Window]] = {}
    for it in (evidence.scraping or Scraping()).windows:
        if it.seconds < SAFE * it.interval:
            groups.setdefault((it.job, it.seconds, it.interval), []).append(it)
    for (job, length, interval), found in sorted(groups.items()):
        effect = "it has no rate" if length < NEEDED * interval else "one lost scrape is a gap"
        places = [f"{it.place.dashboard}: {it.place.panel}" for it in found]
        several = counted(len(dict.fromkeys(places)), "panel or rule", "panels and rules")
        yield Said(
            job,
            f"a range of {length:g} s, scraped every {interval:g} s: {effect}, in {several}: "
            f"{named(dict.fromkeys(places))}",
            f"ask for {SAFE * interval:g} s; of $__rate_interval, tell Grafana's data source the "
            f"scrape interval, {interval:g}s.",
        )


CHECK = Check("short-window", "warning", "a range too short for its scrapes", __doc__, _judge)
