"""One address, several processes: each scrape meets another one, so counters jump up and down.

Bad: gunicorn with four workers, each with metrics of its own, and no PROMETHEUS_MULTIPROC_DIR
Good: prometheus-client in multi-process mode, or one port for each worker
Seen by a start time of the process that goes back, or by counters that fall in a tenth of the
scrapes or more. Rates of such counters are far too high, and percentiles are made up.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Processes, Scraping

OFTEN, MANY = 0.1, 5


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).processes:
        if problem := _problem(it):
            tip = "turn on multi-process mode (PROMETHEUS_MULTIPROC_DIR), or scrape each worker."
            yield Said(it.job, problem, tip, it.instance)


def _problem(found: Processes) -> str:
    if found.back:
        return f"its process's start time went back {found.back} times within an hour"
    if found.resets >= MANY and found.scrapes and found.resets >= OFTEN * found.scrapes:
        return (
            f"{found.counter or 'a counter'} fell {found.resets} times in {found.scrapes} scrapes"
        )
    return ""


CHECK = Check("mixed-processes", "error", "several processes behind one target", __doc__, _judge)
