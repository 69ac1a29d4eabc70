"""What a job's metrics counted in the last hour, from which a definition is begun."""

from tailboard.init.objective_proposal import find_latency_histogram, find_status_series
from tailboard.init.own_metrics import find_own_metrics
from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.concept import (
    BACKLOG,
    DB_DURATION,
    FIRST_TOKEN,
    REQUESTS,
    WAITING_REQUESTS,
)
from tailboard.panels.metric import Histogram, Metric, Role
from tailboard.panels.service import Service
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.jobs import (
    add_bucket_counts,
    add_label_totals,
    add_value_ranges,
    build_job_selection,
)
from tailboard.prometheus.targets.selection import Selection

QUEUE_CONCEPTS = (BACKLOG, WAITING_REQUESTS)


def add_recent_counts(
    catalogue: Catalogue, server: PrometheusServer, job: str, recognition: Recognition
) -> Catalogue:
    """The same with what objectives and own metrics are begun from, without excluded routes."""
    metrics = recognition.convention.metrics
    for histogram in (find_latency_histogram(recognition), metrics.get(FIRST_TOKEN)):
        if isinstance(histogram, Histogram):
            selection = _select_series(job, recognition, histogram)
            catalogue = add_bucket_counts(catalogue, server, selection, histogram)
    if status_series := find_status_series(recognition):
        requests = recognition.convention.metrics[REQUESTS]
        catalogue = add_label_totals(
            catalogue,
            server,
            _select_series(job, recognition, requests),
            status_series,
            requests.labels[Role.STATUS],
        )
    queries = recognition.convention.metrics.get(DB_DURATION)
    if isinstance(queries, Histogram):
        selection = _select_series(job, recognition, queries)
        catalogue = add_bucket_counts(catalogue, server, selection, queries)
        for label in queries.labels.values():
            catalogue = add_label_totals(
                catalogue, server, selection, f"{queries.name}_count", label
            )
    own_metrics = find_own_metrics(catalogue, recognition)
    for name, steps in own_metrics.steps.items():
        selection = build_job_selection(job)
        catalogue = add_label_totals(catalogue, server, selection, name, steps.label)
    queues = [recognition.convention.metrics.get(concept) for concept in QUEUE_CONCEPTS]
    gauges = [*own_metrics.gauges, *(queue.name for queue in queues if queue)]
    return add_value_ranges(catalogue, server, job, gauges)


def _select_series(job: str, recognition: Recognition, metric: Metric) -> Selection:
    """The series of a metric that panels show."""
    service = Service(job, {"job": job}, recognition.convention)
    matchers = service.select_metric(metric).matchers
    return Selection(tuple((label, matcher.op, matcher.value) for label, matcher in matchers))
