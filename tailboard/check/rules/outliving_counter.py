"""A counter that does not begin again when its process does: it outlives what it counts.

Bad: a service of several workers starts over the files that the last run left in
PROMETHEUS_MULTIPROC_DIR: gauges of dead workers stay, and each start makes scrapes slower
Good: the folder is emptied before the service starts; a number that is read from a table is a gauge
Told where the start time of a process is another one, and none of its counters fell.
"""

from tailboard.check.engine import Check, report_processes
from tailboard.check.scraping import ProcessHistory

TIP = (
    "empty PROMETHEUS_MULTIPROC_DIR before the program starts; what it reads from elsewhere, such "
    "as a table, is a gauge."
)


def _describe_problem(process: ProcessHistory) -> str:
    if not process.surviving_counter:
        return ""
    return f"{process.surviving_counter} went on from where it was when its process started again"


CHECK = Check(
    "outliving-counter",
    "warning",
    "a counter that outlives its process",
    __doc__,
    report_processes(_describe_problem, TIP),
    suppressors=("mixed-processes", "restarting"),
)
