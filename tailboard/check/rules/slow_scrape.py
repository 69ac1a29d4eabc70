"""A scrape that takes nearly as long as its timeout: the next one fails, and leaves a gap.

Bad: the program needs 9 s to write its metrics, and the scrape is given up after 10 s
Good: it needs less than a second
More than four fifths of the timeout is too near. Often there are too many series.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

MAX_TIMEOUT_RATIO = 0.8


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for target in (evidence.scraping or Scraping()).targets:
        limit = target.timeout or target.interval
        if target.is_up and limit and target.duration > MAX_TIMEOUT_RATIO * limit:
            problem = f"the last scrape took {target.duration:.3g} s of the {limit:g} s that it may"
            tip = "expose fewer series, or give it a longer scrape_timeout."
            yield MetricProblem(target.job, problem, tip, target.instance)


CHECK = Check(
    "slow-scrape", "warning", "a scrape that takes nearly too long", __doc__, _check_evidence
)
