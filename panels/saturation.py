"""Saturation of the process: CPU, memory, open files, garbage collection."""

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import COLLECTIONS, CPU, MAX_FILES, MEMORY, OPEN_FILES
from tailboard.panels.descriptions import describe_value
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Role
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING

FILE_SHARE_WARNING, FILE_SHARE_CRITICAL = 0.8, 0.95
"""Shares of the limit of open files: thresholds of the warning and the critical alert."""


def cpu(service: Service) -> TimeSeries:
    """CPU seconds per second by instance: 1 is one core, which is all a CPython process uses."""
    cpu_time = service.select_concept(CPU, "saturation.cpu")
    return timeseries(
        "CPU",
        [
            Query(
                promql.rate(cpu_time, (*service.by, "instance")), service.format_legend("instance")
            )
        ],
        description=describe_value(
            cpu_time,
            "Cores used by each instance. A CPython process with one interpreter lock rests at 1.",
        ),
        unit=units.SHORT,
        thresholds=[(0.9, WARNING)],
    )


def memory(service: Service) -> TimeSeries:
    """Resident memory by instance: a line that only rises is a leak."""
    resident_memory = service.select_concept(MEMORY, "saturation.memory")
    return timeseries(
        "Memory",
        [
            Query(
                promql.aggregate_gauge(resident_memory, (*service.by, "instance")),
                service.format_legend("instance"),
            )
        ],
        description=describe_value(resident_memory, "Resident memory (RSS) of each instance."),
        unit=units.BYTES_IEC,
    )


def open_files(service: Service) -> TimeSeries:
    """Open files as a share of the limit: at 1, new connections fail."""
    file_count = service.select_concept(OPEN_FILES, "saturation.open_files")
    return timeseries(
        "Open files of the limit",
        [
            Query(
                build_file_share(service, "saturation.open_files"),
                service.format_legend("instance"),
            )
        ],
        description=describe_value(
            file_count, "Open files and sockets of each instance as a share of what it may open."
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(FILE_SHARE_WARNING, WARNING), (FILE_SHARE_CRITICAL, BAD)],
    )


def build_file_share(service: Service, panel: str) -> str:
    """Open files as a share of the limit, by instance."""
    file_count, limit = (
        service.select_concept(OPEN_FILES, panel),
        service.select_concept(MAX_FILES, panel),
    )
    by = (*service.by, "instance")
    return f"({promql.aggregate_gauge(file_count, by)} / {promql.aggregate_gauge(limit, by)})"


def collections(service: Service) -> TimeSeries:
    """Garbage collections per second by generation."""
    collection_counter = service.select_concept(COLLECTIONS, "saturation.collections")
    generation = collection_counter.resolve_label(Role.GENERATION, "saturation.collections")
    return timeseries(
        "Garbage collections",
        [
            Query(
                promql.rate(collection_counter, (*service.by, generation)),
                f"{service.legend} generation {{{{{generation}}}}}",
            )
        ],
        description=describe_value(
            collection_counter,
            "How often Python looked for cycles. Many collections of generation 2 cost CPU and "
            "pause requests.",
        ),
        unit=units.OPS_PER_SEC,
    )
