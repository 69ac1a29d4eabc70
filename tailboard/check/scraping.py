"""How a Prometheus scrapes the programs that queries ask about, as plain data."""

from dataclasses import dataclass

from tailboard.findings.finding import Place


@dataclass(frozen=True)
class ScrapeTarget:
    """One target; times in seconds, 0 where the server does not tell them."""

    job: str
    instance: str
    is_up: bool = True
    error: str = ""
    interval: float = 0.0
    timeout: float = 0.0
    duration: float = 0.0


@dataclass(frozen=True)
class RangeWindow:
    """A range of a query in seconds, and the longest scrape interval among its targets."""

    place: Place
    seconds: float
    interval: float
    job: str


@dataclass(frozen=True)
class ProcessHistory:
    """What became of an instance's processes within an hour.

    In `scrape_count` scrapes, `start_count` counts new start times, `backward_count` those that are
    earlier than the one before, `reset_count` falls of `counter`. `surviving_counter` is a counter
    that did not fall meanwhile. Not every program exposes its start time.
    """

    job: str
    instance: str
    start_count: int = 0
    backward_count: int = 0
    reset_count: int = 0
    scrape_count: int = 0
    counter: str = ""
    has_start_time: bool = False
    surviving_counter: str = ""


@dataclass(frozen=True)
class SharedProcess:
    """Instances of a job that are one and the same process."""

    job: str
    instances: tuple[str, ...]


@dataclass(frozen=True)
class Scraping:
    """Targets, ranges and processes of which queries ask; labels that Prometheus had to rename."""

    targets: tuple[ScrapeTarget, ...] = ()
    windows: tuple[RangeWindow, ...] = ()
    processes: tuple[ProcessHistory, ...] = ()
    shared_processes: tuple[SharedProcess, ...] = ()
    renamed_labels: tuple[tuple[str, str], ...] = ()
    """A metric and a label of the program, which is stored as `exported_...`."""
