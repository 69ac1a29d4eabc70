"""The jobs of a server, and what one exposes, as `tailboard init` wants it."""

from dataclasses import replace
from math import inf

from tailboard.check.selecting import OWN, PUSHED, listed, nearest
from tailboard.metrics.exposition import Catalogue, Exposed, Values
from tailboard.prometheus.observed import observed_buckets
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import Selection
from tailboard.prometheus.server import Server
from tailboard.publish.errors import TailboardError
from tailboard.queries.percentiles import BUCKET

PUSHES = {PUSHED, "push_failure_time_seconds"}
"""What a Pushgateway adds to each group that was pushed, with the group's own job."""

TYPES = {"_bucket": "histogram", "_total": "counter"}


def jobs(server: Server) -> dict[str, int]:
    """The jobs of the last hour, and how many targets each has: those that push have none."""
    names = sorted({*server.values("job"), *server.values("job", "up")})
    counted = {it.labels.get("job"): it for it in server.instant("count by (job) (up)").lines}
    return {it: int(counted[it].points[-1][1]) if it in counted else 0 for it in names}


def exposed_by(server: Server, job: str) -> Catalogue:
    """Everything that a job exposes but what Prometheus adds and what rules record.

    Labels are called as they are stored, as a query has to. Raises where there is no such job, or
    it has no metrics. Without metadata the types are guessed from names.
    """
    programs = Programs(server, as_stored=True)
    chosen = _of(job)
    names = {it for it in programs.names(chosen) if it not in OWN and ":" not in it}
    if not names:
        raise _without_metrics(server, job)
    programs.load(chosen, names)
    found = programs.catalogue(chosen)
    metrics = {name: _with_bounds(it) for name, it in found.metrics.items() if name in names}
    for name in PUSHES & metrics.keys():
        metrics[name].labels["job"] = Values({job}, metrics[name].series)
    return replace(found, metrics=metrics, families={**_guessed(names), **found.families})


def with_counts(there: Catalogue, server: Server, job: str, histogram: str) -> Catalogue:
    """The same with what the buckets of a histogram counted in the last hour."""
    name = f"{histogram}{BUCKET}"
    if name not in there.metrics:
        return there
    buckets = observed_buckets(server, _of(job), histogram)
    return replace(
        there, metrics={**there.metrics, name: replace(there.metrics[name], buckets=buckets)}
    )


def _of(job: str) -> Selection:
    return Selection((("job", "=", job),))


def _without_metrics(server: Server, job: str) -> TailboardError:
    there = server.values("job")
    if job in there:
        return TailboardError(
            f"the job {job!r} of {server.shown} exposes no metrics",
            tip="see at Status > Targets whether it is up, and let it do something first.",
        )
    tip = nearest(job, there) or listed("there is", there)
    return TailboardError(f"{server.shown} has no metrics of a job {job!r}", tip=tip)


def _guessed(names: set[str]) -> dict[str, str]:
    return {
        name.removesuffix(end) if end == "_bucket" else name: kind
        for name in names
        for end, kind in TYPES.items()
        if name.endswith(end)
    }


def _with_bounds(exposed: Exposed) -> Exposed:
    """With the bounds of buckets, of which nothing is counted."""
    values = exposed.labels.get("le")
    bounds = {
        it: (0.0, 1)
        for text in (values.known if values else ())
        if (it := _number(text)) is not None
    }
    return replace(exposed, buckets=bounds)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if -inf < found <= inf else None
