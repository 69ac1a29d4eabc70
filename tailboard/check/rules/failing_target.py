"""A target that Prometheus cannot scrape: what it would tell is missing, and nobody sees it.

Bad: `connection refused`, because the port has changed and the scrape configuration has not
Good: every target is up, or is taken out of the configuration
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for target in (evidence.scraping or Scraping()).targets:
        if not target.is_up:
            reason = f": {target.error}" if target.error else ""
            tip = "start the program, or correct where it is scraped, or take the target away."
            yield MetricProblem(target.job, f"it cannot be scraped{reason}", tip, target.instance)


CHECK = Check(
    "failing-target", "warning", "a target that cannot be scraped", __doc__, _check_evidence
)
