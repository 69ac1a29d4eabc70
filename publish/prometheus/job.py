"""What one job exposes, as `tailboard init` wants it: the metrics of its programs themselves."""

from dataclasses import replace
from math import inf

from publish.errors import TailboardError
from publish.exposition import Catalogue, Exposed
from publish.prometheus.programs import Programs
from publish.prometheus.selection import Selection
from publish.prometheus.server import Server
from publish.selecting import OWN, listed, nearest

TYPES = {"_bucket": "histogram", "_total": "counter"}


def jobs(server: Server) -> list[str]:
    """The jobs that the server scraped within the last hour."""
    return server.values("job", "up")


def exposed_by(server: Server, job: str) -> Catalogue:
    """Everything that a job exposes but what Prometheus adds and what rules record.

    Raises where there is no such job. Without metadata the types are guessed from names.
    """
    programs = Programs(server)
    chosen = Selection((("job", "=", job),))
    names = {it for it in programs.names(chosen) if it not in OWN and ":" not in it}
    if not names:
        there = jobs(server)
        tip = nearest(job, there) or listed("there is", there)
        raise TailboardError(f"{server.shown} has no metrics of a job {job!r}", tip=tip)
    programs.load(chosen, names)
    found = programs.catalogue(chosen)
    metrics = {name: _with_bounds(it) for name, it in found.metrics.items() if name in names}
    return replace(found, metrics=metrics, families={**_guessed(names), **found.families})


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
