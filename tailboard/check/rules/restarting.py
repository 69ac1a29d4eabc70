"""A program that starts again and again: its counters begin at 0 each time.

Bad: killed for its memory every ten minutes, and what it counted since the last scrape is lost
Good: it starts when it is deployed
Three starts within an hour are told.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

MANY = 3


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).processes:
        if it.starts >= MANY:
            problem = f"its process started {it.starts} times within an hour"
            tip = "look why it ends: its logs, and the memory that it may have."
            yield Said(it.job, problem, tip, it.instance)


CHECK = Check(
    "restarting",
    "warning",
    "a program that starts again and again",
    __doc__,
    _judge,
    unless=("mixed-processes",),
)
