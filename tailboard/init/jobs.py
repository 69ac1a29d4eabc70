"""The jobs of a server, each with what it was recognised as."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tailboard.init.definition_text import Draft
from tailboard.init.drafting import drafted
from tailboard.init.own_metrics import own_metrics
from tailboard.init.promises import promised
from tailboard.init.recognised import Recognised
from tailboard.init.recognition import recognise
from tailboard.metrics.exposition import Catalogue
from tailboard.prometheus.job import exposed_by, with_counts
from tailboard.prometheus.server import Server
from tailboard.publish.at_once import Parallel
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError

GO = "go_info"
"""What programs in Go expose: Prometheus itself, exporters."""


@dataclass(frozen=True)
class Job:
    """One job: its targets, what it exposes, what that is; or why nothing is known of it."""

    name: str
    targets: int
    there: Catalogue
    recognised: Recognised | None
    own: int = 0
    """How many of its metrics no convention explains, and can be shown all the same."""

    problem: str = ""

    @property
    def convention(self) -> str:
        """The name of its convention; empty if none explains it."""
        base = self.recognised.base if self.recognised else None
        return base.known.name if base else ""

    @property
    def is_application(self) -> bool:
        """Whether a dashboard of it says something: no server that only watches others."""
        return bool(self.convention or (self.own and GO not in self.there.metrics))


def job_of(server: Server, name: str, targets: int = 0) -> Job:
    """One job; raises `TailboardError` where it has no metrics."""
    there = exposed_by(server, name)
    recognised = recognise(there)
    return Job(name, targets, there, recognised, len(own_metrics(there, recognised)))


def jobs_of(
    server: Server, jobs: Iterable[tuple[str, int]], at_once: int, tick: Callable[[], None]
) -> list[Job]:
    """All these jobs with their targets, in their order; raises where the server gives up."""

    def look(job: tuple[str, int]) -> Job:
        try:
            return job_of(server, *job)
        except (NotAllowedError, ServerError):
            raise
        except TailboardError as error:
            return Job(*job, Catalogue(), None, problem=error.problem)

    found = {}
    work = Parallel(look, jobs, at_once)
    for (name, _), it in work:
        found[name] = it
        tick()
    if work.stopped:
        raise work.stopped
    return [found[name] for name in sorted(found)]


def drafted_of(job: Job, server: Server, name: str) -> tuple[Draft, Catalogue]:
    """What a definition of a job declares; what is promised is what was observed lately."""
    there, histogram = job.there, promised(job.recognised) if job.recognised else None
    if histogram:
        there = with_counts(there, server, job.name, histogram.name)
    return drafted(there, name, [job.name], job.recognised), there
