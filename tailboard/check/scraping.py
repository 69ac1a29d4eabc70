"""How a Prometheus scrapes the programs that queries ask about, as plain data."""

from dataclasses import dataclass

from tailboard.findings.finding import Place


@dataclass(frozen=True)
class Target:
    """One target; times in seconds, 0 where the server does not tell them."""

    job: str
    instance: str
    up: bool = True
    error: str = ""
    interval: float = 0.0
    timeout: float = 0.0
    duration: float = 0.0


@dataclass(frozen=True)
class Window:
    """A range of a query in seconds, and the longest scrape interval among its targets."""

    place: Place
    seconds: float
    interval: float
    job: str


@dataclass(frozen=True)
class Processes:
    """What became of an instance's processes within an hour.

    `starts` counts how often another start time was scraped, `back` how often it was an earlier
    one, `resets` how often `counter` fell, in so many `scrapes`; `kept` is a counter that went on
    from where it was. Not every program tells when its process started.
    """

    job: str
    instance: str
    starts: int = 0
    back: int = 0
    resets: int = 0
    scrapes: int = 0
    counter: str = ""
    tells_start: bool = False
    kept: str = ""


@dataclass(frozen=True)
class Twins:
    """Instances of a job that are one and the same process."""

    job: str
    instances: tuple[str, ...]


@dataclass(frozen=True)
class Scraping:
    """Targets, ranges and processes of which queries ask; labels that Prometheus had to rename."""

    targets: tuple[Target, ...] = ()
    windows: tuple[Window, ...] = ()
    processes: tuple[Processes, ...] = ()
    twins: tuple[Twins, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """A metric and a label of the program, which is stored as `exported_...`."""
