"""How full the process is: CPU, memory, open files, garbage collection."""

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import COLLECTIONS, CPU, MAX_FILES, MEMORY, OPEN_FILES
from tailboard.panels.honesty import cautioned
from tailboard.panels.house import BAD, WARNING
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Role
from tailboard.panels.query import Query
from tailboard.panels.service import Service

MANY_FILES, ALMOST_ALL_FILES = 0.8, 0.95
"""From which share of the limit on new connections will soon fail."""


def cpu(service: Service) -> TimeSeries:
    """CPU seconds per second by instance: 1 is one core, which is all a CPython process uses."""
    spent = service.select(CPU, "saturation.cpu")
    return timeseries(
        "CPU",
        [Query(promql.rate(spent, (*service.by, "instance")), service.line("instance"))],
        description=cautioned(
            spent,
            "Cores used by each instance. A CPython process with one interpreter lock rests at 1.",
        ),
        unit=units.SHORT,
        thresholds=[(0.9, WARNING)],
    )


def memory(service: Service) -> TimeSeries:
    """Resident memory by instance: a line that only rises is a leak."""
    used = service.select(MEMORY, "saturation.memory")
    return timeseries(
        "Memory",
        [Query(promql.value(used, (*service.by, "instance")), service.line("instance"))],
        description=cautioned(used, "Resident memory (RSS) of each instance."),
        unit=units.BYTES_IEC,
    )


def open_files(service: Service) -> TimeSeries:
    """Open files as a share of the limit: at 1, new connections fail."""
    opened = service.select(OPEN_FILES, "saturation.open_files")
    return timeseries(
        "Open files of the limit",
        [Query(files_used(service, "saturation.open_files"), service.line("instance"))],
        description=cautioned(
            opened, "Open files and sockets of each instance as a share of what it may open."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(MANY_FILES, WARNING), (ALMOST_ALL_FILES, BAD)],
    )


def files_used(service: Service, panel: str) -> str:
    """Open files as a share of the limit, by instance."""
    opened, limit = service.select(OPEN_FILES, panel), service.select(MAX_FILES, panel)
    by = (*service.by, "instance")
    return f"({promql.value(opened, by)} / {promql.value(limit, by)})"


def collections(service: Service) -> TimeSeries:
    """Garbage collections per second by generation."""
    collected = service.select(COLLECTIONS, "saturation.collections")
    generation = collected.label(Role.GENERATION, "saturation.collections")
    return timeseries(
        "Garbage collections",
        [
            Query(
                promql.rate(collected, (*service.by, generation)),
                f"{service.legend} generation {{{{{generation}}}}}",
            )
        ],
        description=cautioned(
            collected,
            "How often Python looked for cycles. Many collections of generation 2 cost CPU and "
            "pause requests.",
        ),
        unit=units.OPS_PER_SEC,
    )
