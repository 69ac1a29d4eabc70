"""A counter that falls while its process runs on: `rate()` takes each fall as a restart.

Bad: `orders_total` counts the rows of a table, and falls when rows are deleted
Good: a counter only grows; what goes up and down is a gauge, and is not called `..._total`
Three falls within an hour are told, of programs that expose `process_start_time_seconds`: an
exporter's counters may begin again when what it watches was restarted.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping

MANY = 3
TIP = (
    "see that it only ever grows, or make it a gauge; if an exporter exposes it, look why what it "
    "watches starts again and again."
)


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in (evidence.scraping or Scraping()).processes:
        ran_on = it.tells_start and not it.starts
        if ran_on and it.resets >= MANY:
            problem = f"{it.counter} fell {it.resets} times within an hour while its process ran on"
            yield Said(it.job, problem, TIP, it.instance)


CHECK = Check(
    "falling-counter",
    "warning",
    "a counter that falls while its process runs on",
    __doc__,
    _judge,
    unless=("mixed-processes",),
)
