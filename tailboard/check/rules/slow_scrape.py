"""A scrape that takes nearly as long as it may: the next one fails, and leaves a gap.

Bad: the program needs 9 s to write its metrics, and the scrape is given up after 10 s
Good: it needs less than a second
More than four fifths of the timeout is too near. Often there are too many series.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

NEAR = 0.8


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).targets:
        limit = it.timeout or it.interval
        if it.up and limit and it.duration > NEAR * limit:
            problem = f"the last scrape took {it.duration:.3g} s of the {limit:g} s that it may"
            tip = "expose fewer series, or give it a longer scrape_timeout."
            yield Said(it.job, problem, tip, it.instance)


CHECK = Check("slow-scrape", "warning", "a scrape that takes nearly too long", __doc__, _judge)
