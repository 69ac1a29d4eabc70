"""A label of the program that Prometheus had to rename, because targets have one of that name.

Bad: the program exposes `endpoint`, and so does Kubernetes: it is stored as `exported_endpoint`
Good: the program calls it `route`; or the job has `honor_labels: true`, as a Pushgateway's must
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import Scraping
from tailboard.publish.counted import counted


def _judge(evidence: Evidence) -> Iterator[Said]:
    found: dict[str, list[str]] = {}
    for metric, label in (evidence.scraping or Scraping()).renamed:
        found.setdefault(label, []).append(metric)
    for label, metrics in sorted(found.items()):
        others = len(metrics) - 1
        also = f", and so is that of {counted(others, 'other metric')}" if others else ""
        problem = f"its {label} is stored as exported_{label}{also}"
        tip = "call it something else in the program, or scrape it with honor_labels: true."
        yield Said(metrics[0], problem, tip, label)


CHECK = Check("renamed-label", "warning", "a label that Prometheus renamed", __doc__, _judge)
