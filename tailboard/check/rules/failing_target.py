"""A target that Prometheus cannot scrape: what it would tell is missing, and nobody sees it.

Bad: `connection refused`, because the port has changed and the scrape configuration has not
Good: every target is up, or is taken out of the configuration
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).targets:
        if not it.up:
            why = f": {it.error}" if it.error else ""
            tip = "start the program, or correct where it is scraped, or take the target away."
            yield Said(it.job, f"it cannot be scraped{why}", tip, it.instance)


CHECK = Check("failing-target", "warning", "a target that cannot be scraped", __doc__, _judge)
