"""A label that holds e-mail addresses: a series for every person, and personal data for years.

Bad: `logins_total{user="ann@example.com"}`
Good: `logins_total{plan="free"}`
Names of Celery's workers look like addresses; labels that name a worker or host are left alone.
"""

import re
from collections.abc import Iterator

from tailboard.check.cardinality import holding
from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence
from tailboard.metrics.exposition import Values
from tailboard.metrics.identifiers import is_email

PROGRAM = re.compile(r"(^|_)(worker|host|hostname|node|nodename|instance|destination)(_|$)")
TIP = "drop the label: who it was belongs in logs and traces."


def _emails(label: str, values: Values) -> list[str]:
    return [] if PROGRAM.search(label) else sorted(it for it in values.known if is_email(it))


def _judge(evidence: Evidence) -> Iterator[Said]:
    for it in holding(evidence, _emails):
        yield it.said("e-mail addresses", TIP)


CHECK = Check("email-label", "warning", "a label that holds e-mail addresses", __doc__, _judge)
