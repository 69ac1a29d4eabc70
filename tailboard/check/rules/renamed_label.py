"""A label of the program that Prometheus had to rename, because targets have one of that name.

Bad: the program exposes `endpoint`, and so does Kubernetes: it is stored as `exported_endpoint`
Good: the program calls it `route`; or the job has `honor_labels: true`, as a Pushgateway's must
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping
from tailboard.publish.plural import format_count


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    metrics_by_label: dict[str, list[str]] = {}
    for metric, label in (evidence.scraping or Scraping()).renamed_labels:
        metrics_by_label.setdefault(label, []).append(metric)
    for label, metrics in sorted(metrics_by_label.items()):
        others = len(metrics) - 1
        suffix = f", and so is that of {format_count(others, 'other metric')}" if others else ""
        problem = f"its {label} is stored as exported_{label}{suffix}"
        tip = "call it something else in the program, or scrape it with honor_labels: true."
        yield MetricProblem(metrics[0], problem, tip, label)


CHECK = Check(
    "renamed-label", "warning", "a label that Prometheus renamed", __doc__, _check_evidence
)
