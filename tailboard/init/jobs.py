"""The jobs of a server, each with what it was recognised as."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tailboard.init.convention_match import recognize_convention
from tailboard.init.definition_text import Draft
from tailboard.init.draft import build_draft
from tailboard.init.job_counts import add_recent_counts
from tailboard.init.own_metrics import find_own_metrics
from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import Catalogue
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.jobs import fetch_job_catalogue, has_targets
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.parallel import Parallel

GO_METRIC = "go_info"
"""What programs in Go expose: Prometheus itself, exporters."""


@dataclass(frozen=True)
class Job:
    """One job: its targets, what it exposes, what that is; or why nothing is known of it."""

    name: str
    targets: int
    catalogue: Catalogue
    recognition: Recognition | None
    own_count: int = 0
    """How many of its metrics no convention explains, and can be shown all the same."""

    problem: str = ""

    @property
    def convention(self) -> str:
        """The name of its convention; empty if none explains it."""
        base = self.recognition.base if self.recognition else None
        return base.library_convention.name if base else ""

    @property
    def is_application(self) -> bool:
        """Whether it is an application, and not an exporter or a monitoring server."""
        return bool(self.convention or (self.own_count and GO_METRIC not in self.catalogue.metrics))


def recognize_job(server: PrometheusServer, name: str, targets: int = 0) -> Job:
    """One job; raises `TailboardError` where it has no metrics."""
    catalogue = fetch_job_catalogue(server, name)
    recognition = recognize_convention(catalogue, has_targets=has_targets(server, name))
    return Job(name, targets, catalogue, recognition, len(find_own_metrics(catalogue, recognition)))


def recognize_jobs(
    server: PrometheusServer,
    jobs: Iterable[tuple[str, int]],
    concurrency: int,
    advance: Callable[[], None],
) -> list[Job]:
    """All these jobs with their targets, in their order; raises where the server gives up."""

    def read_job(job: tuple[str, int]) -> Job:
        try:
            return recognize_job(server, *job)
        except (NotAllowedError, ServerError):
            raise
        except TailboardError as error:
            return Job(*job, Catalogue(), None, problem=error.problem)

    jobs_by_name = {}
    work = Parallel(read_job, jobs, concurrency)
    for (name, _), job in work:
        jobs_by_name[name] = job
        advance()
    if work.error:
        raise work.error
    return [jobs_by_name[name] for name in sorted(jobs_by_name)]


def build_job_draft(job: Job, server: PrometheusServer, name: str) -> tuple[Draft, Catalogue]:
    """What a definition of a job declares; what is promised is what was observed lately."""
    catalogue = job.catalogue
    if job.recognition:
        catalogue = add_recent_counts(catalogue, server, job.name, job.recognition)
    return build_draft(catalogue, name, [job.name], job.recognition), catalogue
