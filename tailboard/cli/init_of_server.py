"""`tailboard init --prometheus`: which of a server's jobs is meant, and what it begins with."""

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from tailboard.cli.begun import FOLDER, Begun, next_steps
from tailboard.cli.progress import Steps
from tailboard.cli.terminal import complain, tell
from tailboard.init.jobs import Job, drafted_of, job_of, jobs_of
from tailboard.init.report import convention_told
from tailboard.prometheus.job import jobs
from tailboard.prometheus.server import Server, connected
from tailboard.publish.counted import counted
from tailboard.publish.errors import TailboardError
from tailboard.publish.http.address import shown

AT_ONCE = 4
MOST_TOLD = 3


@dataclass(frozen=True)
class Wanted:
    """A server and how it is asked, and whether a program reads what is found."""

    address: str
    timeout: float
    allow_http: bool
    is_json: bool


def begun_of_server(wanted: Wanted, name: str | None, job: str | None) -> Begun | None:
    """The job that was named, or the only one of an application; None where there are several.

    These are listed then.
    """
    with _server(wanted) as server:
        if job:
            return _begun(server, job_of(server, job), name, guessed=False)
        found = _all_of(server)
        applications = [it for it in found if it.is_application]
        if len(applications) == 1:
            return _begun(server, applications[0], name, guessed=True)
    click.echo(
        json.dumps([_plain(it) for it in found], indent=2) if wanted.is_json else _table(found)
    )
    if applications:
        several = counted(len(applications), "job")
        tell(f"{several} look like applications. Begin with one, or with --all-jobs:")
    else:
        tell(f"None of {counted(len(found), 'job')} looks like an application. To begin with one:")
    for it in (applications or found)[:MOST_TOLD]:
        asked = ["--prometheus", shown(wanted.address), "--job", it.name]
        tell(f"  tailboard init {shlex.join(asked)}")
    return None


def begun_of_all(wanted: Wanted, *, force: bool) -> int:
    """Write a definition for each job of an application; 4 where only some could be."""
    with _server(wanted) as server:
        found = [it for it in _all_of(server) if it.is_application]
        begun = [_begun(server, it, None, guessed=True) for it in found]
    if not begun:
        raise TailboardError(
            f"no job of {shown(wanted.address)} looks like an application",
            tip="name one with --job.",
        )
    reports: list[dict[str, Any]] = []
    targets = []
    for it in begun:
        target = it.target(None)
        try:
            it.write(target, force=force)
        except TailboardError as error:
            complain(str(error))
            continue
        reports.append(it.report(target))
        targets.append(target)
        tell(f"Wrote {target}: {convention_told(it.draft.recognised)}")
    if wanted.is_json:
        click.echo(json.dumps(reports, indent=2))
    tell(f"{len(targets)} of {counted(len(begun), 'definition')} written")
    if targets:
        tell("Look at the names and the objectives, then:")
        next_steps([FOLDER] if FOLDER.is_dir() else targets, begun[0].asked)
    if len(targets) < len(begun):
        return 4 if targets else 1
    return 0


@contextmanager
def _server(wanted: Wanted) -> Iterator[Server]:
    address, timeout = wanted.address, wanted.timeout
    with connected(
        address, concurrency=AT_ONCE, timeout=timeout, allow_http=wanted.allow_http
    ) as server:
        yield server
        for warning in server.warnings:
            tell(f"Note: {server.shown} warns: {warning}")


def _all_of(server: Server) -> list[Job]:
    names = jobs(server)
    if not names:
        raise TailboardError(
            f"{server.shown} has no job", tip="see that it scrapes something: Status > Targets."
        )
    with Steps("Looking at jobs", len(names), sys.stderr) as bar:
        return jobs_of(server, names.items(), AT_ONCE, bar.step)


def _begun(server: Server, job: Job, name: str | None, *, guessed: bool) -> Begun:
    draft, there = drafted_of(job, server, name or job.name)
    unsaid = [] if name else [f"the name {draft.name!r}"]
    unsaid += [f"the job {job.name!r}"] if guessed else []
    return Begun(draft, there, ["--prometheus", server.shown], unsaid)


def _plain(job: Job) -> dict[str, Any]:
    return {
        "job": job.name,
        "targets": job.targets,
        "convention": job.convention or None,
        "own_metrics": job.own,
        "application": job.is_application,
        "problem": job.problem or None,
    }


def _table(found: Sequence[Job]) -> str:
    rows = [("job", "targets", "convention")]
    rows += [(it.name, str(it.targets), _recognised(it)) for it in found]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{a:{first}}  {b:>{second}}  {c}" for a, b, c in rows)


def _recognised(job: Job) -> str:
    if job.problem:
        return f"not known: {job.problem}"
    own = f"{counted(job.own, 'metric')} of its own" if job.own else ""
    if job.convention:
        return job.convention + (f", and {own}" if own else "")
    return f"none{', ' if own else ''}{own}"
