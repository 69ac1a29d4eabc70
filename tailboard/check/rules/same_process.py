"""One process under several targets: all that it counts is there several times.

Bad: `app:8000` and `10.0.0.7:8000` in one job are the same program: rates are twice what they are
Good: each process is one target
Seen by processes that started at the same hundredth of a second and have counted the same for two
minutes.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem, format_names
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for shared_process in (evidence.scraping or Scraping()).shared_processes:
        instance_count = len(shared_process.instances)
        problem = (
            f"{format_names(shared_process.instances)} are one process: "
            f"rates of this job count it {instance_count} times"
        )
        tip = "scrape it under one address; keep one of these targets, or drop it by relabelling."
        yield MetricProblem(shared_process.job, problem, tip, shared_process.instances[0])


CHECK = Check(
    "same-process", "error", "one process under several targets", __doc__, _check_evidence
)
