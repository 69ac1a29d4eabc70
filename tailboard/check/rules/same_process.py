"""One process under several targets: all that it counts is there several times.

Bad: `app:8000` and `10.0.0.7:8000` in one job are the same program: rates are twice what they are
Good: each process is one target
Seen by processes that started at the same hundredth of a second and have counted the same for two
minutes.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said, named
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).twins:
        several = len(it.instances)
        problem = (
            f"{named(it.instances)} are one process: rates of this job count it {several} times"
        )
        tip = "scrape it under one address; keep one of these targets, or drop it by relabelling."
        yield Said(it.job, problem, tip, it.instances[0])


CHECK = Check("same-process", "error", "one process under several targets", __doc__, _judge)
