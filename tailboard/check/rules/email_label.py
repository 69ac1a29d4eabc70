"""A label that holds e-mail addresses: a series for every person, and personal data for years.

Bad: `logins_total{user="ann@example.com"}`
Good: `logins_total{plan="free"}`
Names of Celery's workers look like addresses; labels that name a worker or host are left alone.
"""

import re
from collections.abc import Iterator

from tailboard.check.cardinality import find_bad_labels
from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence
from tailboard.metrics.catalogue import LabelValues
from tailboard.metrics.identifiers import is_email

PROGRAM_LABEL = re.compile(r"(^|_)(worker|host|hostname|node|nodename|instance|destination)(_|$)")
TIP = "drop the label: who it was belongs in logs and traces."


def _find_emails(label: str, values: LabelValues) -> list[str]:
    return (
        []
        if PROGRAM_LABEL.search(label)
        else sorted(value for value in values.known_values if is_email(value))
    )


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for bad_label in find_bad_labels(evidence, _find_emails):
        yield bad_label.build_problem("e-mail addresses", TIP)


CHECK = Check(
    "email-label", "warning", "a label that holds e-mail addresses", __doc__, _check_evidence
)
