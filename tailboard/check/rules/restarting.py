"""A program that starts again and again: its counters begin at 0 each time.

Bad: killed for its memory every ten minutes, and what it counted since the last scrape is lost
Good: it starts when it is deployed
Three starts within an hour are reported.
"""

from tailboard.check.engine import Check, report_processes
from tailboard.check.scraping import ProcessHistory

MIN_STARTS = 3
TIP = "look why it ends: its logs, and the memory that it may have."


def _describe_problem(process: ProcessHistory) -> str:
    if process.start_count < MIN_STARTS:
        return ""
    return f"its process started {process.start_count} times within an hour"


CHECK = Check(
    "restarting",
    "warning",
    "a program that starts again and again",
    __doc__,
    report_processes(_describe_problem, TIP),
    suppressors=("mixed-processes",),
)
