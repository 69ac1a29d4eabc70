"""A counter that does not begin again when its process does: it outlives what it counts.

Bad: a service of several workers starts over the files that the last run left in
PROMETHEUS_MULTIPROC_DIR: gauges of dead workers stay, and each start makes scrapes slower
Good: the folder is emptied before the service starts; a number that is read from a table is a gauge
Told where the start time of a process is another one, and none of its counters fell.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

TIP = (
    "empty PROMETHEUS_MULTIPROC_DIR before the program starts; what it reads from elsewhere, such "
    "as a table, is a gauge."
)


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for process in (evidence.scraping or Scraping()).processes:
        if process.surviving_counter:
            problem = (
                f"{process.surviving_counter} went on from where it was "
                "when its process started again"
            )
            yield MetricProblem(process.job, problem, TIP, process.instance)


CHECK = Check(
    "outliving-counter",
    "warning",
    "a counter that outlives its process",
    __doc__,
    _check_evidence,
    suppressors=("mixed-processes", "restarting"),
)
