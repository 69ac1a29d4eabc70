"""A program that starts again and again: its counters begin at 0 each time.

Bad: killed for its memory every ten minutes, and what it counted since the last scrape is lost
Good: it starts when it is deployed
Three starts within an hour are told.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

MIN_STARTS = 3


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for process in (evidence.scraping or Scraping()).processes:
        if process.start_count >= MIN_STARTS:
            problem = f"its process started {process.start_count} times within an hour"
            tip = "look why it ends: its logs, and the memory that it may have."
            yield MetricProblem(process.job, problem, tip, process.instance)


CHECK = Check(
    "restarting",
    "warning",
    "a program that starts again and again",
    __doc__,
    _check_evidence,
    suppressors=("mixed-processes",),
)
