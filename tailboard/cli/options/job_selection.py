"""`tailboard init --prometheus`: choosing the job of a server, and its definition."""

import shlex
import sys
from collections.abc import Sequence
from typing import Any

from tailboard.cli.new_definition import DEFAULT_FOLDER, NewDefinition, print_next_steps
from tailboard.cli.options.metrics_options import MetricsSource
from tailboard.cli.reports.progress import StepProgress
from tailboard.cli.reports.terminal import (
    print_error,
    print_json_report,
    print_lines,
    print_message,
)
from tailboard.init.jobs import Job, build_job_draft, recognize_job, recognize_jobs
from tailboard.init.report import describe_convention
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.jobs import fetch_jobs
from tailboard.publish.errors import TailboardError
from tailboard.publish.http.address import format_address
from tailboard.publish.plural import format_count

CONCURRENCY = 4
MAX_EXAMPLES = 3


def build_job_definition(
    source: MetricsSource, name: str | None, job: str | None, *, as_json: bool
) -> NewDefinition | None:
    """The job that was named, or the only one of an application; None where there are several.

    These are listed then.
    """
    with source.connect(CONCURRENCY) as server:
        if job:
            return _build_definition(server, recognize_job(server, job), name, is_guessed=False)
        jobs = _recognize_all_jobs(server)
        applications = [candidate for candidate in jobs if candidate.is_application]
        if len(applications) == 1:
            return _build_definition(server, applications[0], name, is_guessed=True)
    if as_json:
        print_json_report({"candidates": [_build_job_json(candidate) for candidate in jobs]})
    else:
        print_lines(_render_table(jobs))
    if applications:
        job_count = format_count(len(applications), "job")
        print_message(f"{job_count} look like applications. Begin with one, or with --all-jobs:")
    else:
        print_message(
            f"None of {format_count(len(jobs), 'job')} looks like an application. "
            "To begin with one:"
        )
    for candidate in (applications or jobs)[:MAX_EXAMPLES]:
        init_options = [
            "--prometheus",
            format_address(source.prometheus),
            "--job",
            candidate.name,
        ]
        print_message(f"  tailboard init {shlex.join(init_options)}")
    return None


def write_all_definitions(source: MetricsSource, *, force: bool, as_json: bool) -> int:
    """Write a definition for each job of an application; 4 where only some could be."""
    with source.connect(CONCURRENCY) as server:
        jobs = [job for job in _recognize_all_jobs(server) if job.is_application]
        definitions = [_build_definition(server, job, None, is_guessed=True) for job in jobs]
    if not definitions:
        raise TailboardError(
            f"no job of {format_address(source.prometheus)} looks like an application",
            tip="name one with --job.",
        )
    reports: list[dict[str, Any]] = []
    paths = []
    for definition in definitions:
        path = definition.resolve_path(None)
        try:
            definition.write_file(path, force=force)
        except TailboardError as error:
            print_error(str(error))
            continue
        reports.append(definition.build_report(path))
        paths.append(path)
        print_message(f"Wrote {path}: {describe_convention(definition.draft.recognition)}")
    if as_json:
        print_json_report({"definitions": reports})
    print_message(f"{len(paths)} of {format_count(len(definitions), 'definition')} written")
    if paths:
        print_message("Look at the names and the objectives, then:")
        print_next_steps(
            [DEFAULT_FOLDER] if DEFAULT_FOLDER.is_dir() else paths, definitions[0].check_options
        )
    if len(paths) < len(definitions):
        return 4 if paths else 1
    return 0


def _recognize_all_jobs(server: PrometheusServer) -> list[Job]:
    target_counts = fetch_jobs(server)
    if not target_counts:
        raise TailboardError(
            f"{server.display_address} has no job",
            tip="see that it scrapes something: Status > Targets.",
        )
    with StepProgress("Looking at jobs", len(target_counts), sys.stderr) as progress:
        return recognize_jobs(server, target_counts.items(), CONCURRENCY, progress.advance)


def _build_definition(
    server: PrometheusServer, job: Job, name: str | None, *, is_guessed: bool
) -> NewDefinition:
    draft, catalogue = build_job_draft(job, server, name or job.name)
    guesses = [] if name else [f"the name {draft.name!r}"]
    guesses += [f"the job {job.name!r}"] if is_guessed else []
    return NewDefinition(draft, catalogue, ["--prometheus", server.display_address], guesses)


def _build_job_json(job: Job) -> dict[str, Any]:
    return {
        "job": job.name,
        "targets": job.targets,
        "convention": job.convention or None,
        "own_metrics": job.own_count,
        "application": job.is_application,
        "problem": job.problem or None,
    }


def _render_table(jobs: Sequence[Job]) -> list[str]:
    rows = [("job", "targets", "convention")]
    rows += [(job.name, str(job.targets), _describe_job(job)) for job in jobs]
    name_width, target_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [
        f"{name:{name_width}}  {target_count:>{target_width}}  {convention}"
        for name, target_count, convention in rows
    ]


def _describe_job(job: Job) -> str:
    if job.problem:
        return f"not known: {job.problem}"
    own_text = f"{format_count(job.own_count, 'metric')} of its own" if job.own_count else ""
    if job.convention:
        return job.convention + (f", and {own_text}" if own_text else "")
    return f"none{', ' if own_text else ''}{own_text}"
