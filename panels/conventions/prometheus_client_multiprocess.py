"""prometheus-client 0.26.0 in multi-process mode, with the middleware of prometheus_client.

Choose it for the same application behind Gunicorn or uvicorn with several workers and
`PROMETHEUS_MULTIPROC_DIR`.
"""

from dataclasses import replace

from tailboard.panels.concept import IN_FLIGHT
from tailboard.panels.conventions.process import PROCESS, describe_missing_process
from tailboard.panels.conventions.prometheus_client import LABELS, PROMETHEUS_CLIENT
from tailboard.panels.metric import Gauge

PROMETHEUS_CLIENT_MULTIPROCESS = replace(
    PROMETHEUS_CLIENT.evolve(
        name="prometheus_client_multiprocess",
        metrics={
            **dict.fromkeys(PROCESS),
            IN_FLIGHT: Gauge(
                "http_requests_in_flight",
                caution="Adds up the workers (label pid). A worker that was killed keeps its last "
                "value, so that the sum may never come back to 0.",
            ),
        },
    ),
    library="prometheus-client 0.26.0, own middleware, multi-process mode",
    missing={
        **PROMETHEUS_CLIENT.missing,
        **describe_missing_process(
            "the client exposes no process_* and python_* in multi-process mode"
        ),
    },
    notes=(
        "Create the gauge with multiprocess_mode='livesum': the label pid goes, and so do the "
        "values of dead workers, once child_exit calls mark_process_dead.",
        "Counters and histograms are right over all workers.",
        "An application's own process_memory_bytes{pid, type} has one series a worker: the sum "
        "counts shared pages several times.",
        "Empty PROMETHEUS_MULTIPROC_DIR when the service starts, else old workers are counted.",
        *LABELS,
    ),
)
