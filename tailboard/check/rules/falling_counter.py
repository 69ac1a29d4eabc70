"""A counter that falls while its process runs on: `rate()` takes each fall as a restart.

Bad: `orders_total` counts the rows of a table, and falls when rows are deleted
Good: a counter only grows; what goes up and down is a gauge, and is not called `..._total`
Three falls within an hour are reported, of programs that expose `process_start_time_seconds`: an
exporter's counters may begin again when what it watches was restarted.
"""

from tailboard.check.engine import Check, report_processes
from tailboard.check.scraping import ProcessHistory

MIN_FALLS = 3
TIP = (
    "see that it only ever grows, or make it a gauge; if an exporter exposes it, look why what it "
    "watches starts again and again."
)


def _describe_problem(process: ProcessHistory) -> str:
    is_running = process.has_start_time and not process.start_count
    if not is_running or process.reset_count < MIN_FALLS:
        return ""
    return (
        f"{process.counter} fell {process.reset_count} times within an hour "
        "while its process ran on"
    )


CHECK = Check(
    "falling-counter",
    "warning",
    "a counter that falls while its process runs on",
    __doc__,
    report_processes(_describe_problem, TIP),
    suppressors=("mixed-processes",),
)
