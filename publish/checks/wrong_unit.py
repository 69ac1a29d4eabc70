"""A metric whose values are a thousand times what its name says: milliseconds for seconds.

Bad: `http_request_duration_seconds` observes `elapsed_ms`, and the mean is 143 "seconds"
Good: `http_request_duration_seconds` observes `elapsed_ms / 1000`
It looks at histograms, summaries and gauges of requests, responses and queries, of which it knows
what is possible; jobs and queues may take hours. Seconds are milliseconds if the mean is above
60, which servers and proxies cut off by default, or at least 10 with half of all values beyond the
last bucket. Milliseconds are seconds if HTTP requests take less than 0.05 on average, which no
Python server can. What lies between is not told. Fewer than 10 values tell nothing.
"""

import re
from collections.abc import Iterator

from publish.check_running import Check, Said
from publish.evidence import Evidence, Mean
from publish.quantity import quantity

REQUESTS = re.compile(r"(^|_)(requests?|responses?|quer(y|ies)|http|grpc|sql|db|cache)(_|$)")
SERVED = re.compile(r"(^|_)http(_|$)")
LONG = re.compile(
    r"(^|_)(jobs?|tasks?|batch|queues?|age|uptime|lag|stream|websockets?|timeout)(_|$)"
)
DURATION = re.compile(r"(^|_)(duration|latency)(_|$)")
SECONDS = re.compile(r"_seconds(_|$)")
MILLISECONDS = re.compile(r"_(milliseconds|ms)(_|$)")

LONGEST = 60
"""Seconds."""

LONG_FOR_MOST = 10
"""Seconds."""

SHORTEST = 0.05
"""Milliseconds."""

ENOUGH = 10


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, found in sorted(_means(evidence).items()):
        if found.count < ENOUGH or not REQUESTS.search(name) or LONG.search(name):
            continue
        says = f"they take {quantity(found.mean, name)} on average, by its name"
        if SECONDS.search(name) and _is_long(name, found, evidence):
            tip = "observe seconds: divide by 1000 where it is measured."
            yield Said(name, f"milliseconds for seconds: {says}", tip)
        elif MILLISECONDS.search(name) and SERVED.search(name) and 0 < found.mean < SHORTEST:
            tip = "observe milliseconds, or call it _seconds."
            yield Said(name, f"seconds for milliseconds: {says}", tip)


def _means(evidence: Evidence) -> dict[str, Mean]:
    gauges = {
        name: Mean(ENOUGH, it.total / it.series)
        for name, it in evidence.metrics.items()
        if evidence.families.get(name) == "gauge" and it.series and DURATION.search(name)
    }
    return {**gauges, **evidence.means}


def _is_long(name: str, found: Mean, evidence: Evidence) -> bool:
    observed = evidence.distributions.get(name)
    beyond = observed is not None and observed.position(0.5).upper > observed.bounds[-1]
    return found.mean > LONGEST or (found.mean >= LONG_FOR_MOST and beyond)


CHECK = Check(
    "wrong-unit",
    "error",
    "milliseconds for seconds, or the other way",
    __doc__,
    _judge,
)
