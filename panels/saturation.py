"""How full the process is: CPU, memory, open files, garbage collection."""

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from panels import promql
from panels.concept import COLLECTIONS, CPU, MAX_FILES, MEMORY, OPEN_FILES
from panels.honesty import cautioned
from panels.house import BAD, WARNING
from panels.kinds.timeseries import timeseries
from panels.metric import Role
from panels.query import Query
from panels.service import Service


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
    limit = service.select(MAX_FILES, "saturation.open_files")
    by = (*service.by, "instance")
    expression = f"{promql.value(opened, by)} / {promql.value(limit, by)}"
    return timeseries(
        "Open files of the limit",
        [Query(expression, service.line("instance"))],
        description=cautioned(
            opened, "Open files and sockets of each instance as a share of what it may open."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(0.8, WARNING), (0.95, BAD)],
    )


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
