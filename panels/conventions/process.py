"""The metrics of prometheus-client's default collectors about their process, on Linux."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.concept import (
    COLLECTIONS,
    CPU,
    MAX_FILES,
    MEMORY,
    OPEN_FILES,
    START_TIME,
    Concept,
)
from tailboard.panels.metric import Counter, Gauge, Metric, Role, Unit

PROCESS: Mapping[Concept[Any], Metric] = {
    CPU: Counter("process_cpu_seconds_total", unit=Unit.SECONDS),
    MEMORY: Gauge("process_resident_memory_bytes", unit=Unit.BYTES),
    OPEN_FILES: Gauge("process_open_fds"),
    MAX_FILES: Gauge("process_max_fds"),
    START_TIME: Gauge("process_start_time_seconds", unit=Unit.SECONDS),
    COLLECTIONS: Counter("python_gc_collections_total", labels={Role.GENERATION: "generation"}),
}

SEVERAL_WORKERS = (
    "Several worker processes need prometheus-client's multi-process mode. Without it a scrape "
    "sees one worker, and looks plausible. With it process_* and python_* are gone: leave them "
    "out with evolve(metrics=dict.fromkeys(PROCESS))."
)


def describe_missing_process(reason: str) -> Mapping[Concept[Any], str]:
    """Why these metrics are missing, and which metric of the container to use instead."""
    return {
        CPU: f"{reason}; use container_cpu_usage_seconds_total of cAdvisor.",
        MEMORY: f"{reason}; use container_memory_working_set_bytes of cAdvisor.",
        OPEN_FILES: f"{reason}; use container_file_descriptors of cAdvisor (its process metrics).",
        MAX_FILES: f'{reason}; use container_ulimits_soft{{ulimit="max_open_files"}} of cAdvisor '
        "(its process metrics).",
        START_TIME: f"{reason}; use container_start_time_seconds of cAdvisor.",
        COLLECTIONS: f"{reason}; nothing outside of the process knows it.",
    }
