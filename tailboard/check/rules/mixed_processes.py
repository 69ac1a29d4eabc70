"""One address, several processes: each scrape meets another one, so counters jump up and down.

Bad: gunicorn with four workers, each with metrics of its own, and no PROMETHEUS_MULTIPROC_DIR
Good: prometheus-client in multi-process mode, or one port for each worker
Seen by a start time of the process that goes back, or by counters that fall in a tenth of the
scrapes or more. Rates of such counters are far too high, and percentiles are made up.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import ProcessHistory, Scraping

MIN_RESET_RATIO, MIN_RESETS = 0.1, 5


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for process in (evidence.scraping or Scraping()).processes:
        if problem := _describe_problem(process):
            tip = "turn on multi-process mode (PROMETHEUS_MULTIPROC_DIR), or scrape each worker."
            yield MetricProblem(process.job, problem, tip, process.instance)


def _describe_problem(process: ProcessHistory) -> str:
    if process.backward_count:
        return f"its process's start time went back {process.backward_count} times within an hour"
    if (
        process.reset_count >= MIN_RESETS
        and process.scrape_count
        and process.reset_count >= MIN_RESET_RATIO * process.scrape_count
    ):
        counter = process.counter or "a counter"
        return f"{counter} fell {process.reset_count} times in {process.scrape_count} scrapes"
    return ""


CHECK = Check(
    "mixed-processes", "error", "several processes behind one target", __doc__, _check_evidence
)
