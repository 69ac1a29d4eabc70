"""A metric whose values are a thousand times what its name says: milliseconds for seconds.

Bad: `http_request_duration_seconds` observes `elapsed_ms`, and the mean is 143 "seconds"
Good: `http_request_duration_seconds` observes `elapsed_ms / 1000`
It looks at histograms, summaries and gauges of requests, responses and queries, of which it knows
what is possible; jobs and queues may take hours. Seconds are milliseconds if the mean is 100 or
more, and nine values of ten lie beyond the last bucket, or the buckets were made for milliseconds:
they end at 1000 or beyond; or if it has no buckets, and the mean is 600 or more. It is a warning,
for it may really take that long, if the mean is above 60, which servers and proxies cut off by
default, or at least 10 with half of all values beyond the last bucket. Buckets beyond 60 that hold
the values were chosen for them. Milliseconds are seconds if HTTP requests take less than 0.05 on
average, which no Python server can. What lies between is not told. Fewer than 10 values tell
nothing.
"""

import re
from collections.abc import Iterator

from tailboard.check.check_running import Check, Said, proposed
from tailboard.check.evidence import Evidence, Mean
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import quantity

REQUESTS = re.compile(r"(^|_)(requests?|responses?|quer(y|ies)|http|grpc|sql|db|cache)(_|$)")
SERVED = re.compile(r"(^|_)http(_|$)")
LONG = re.compile(
    r"(^|_)(jobs?|tasks?|batch|queues?|age|uptime|lag|stream|websockets?|timeout)(_|$)"
)
DURATION = re.compile(r"(^|_)(duration|latency)(_|$)")
SECONDS = re.compile(r"_seconds(_|$)")
MILLISECONDS = re.compile(r"_(milliseconds|ms)(_|$)")

CERTAIN = 100
"""Seconds, on average."""

CERTAIN_ALONE = 600
"""Seconds, on average, where there are no buckets."""

ALMOST_ALL = 0.1
"""The quantile that lies beyond the last bucket if nine values of ten do."""

MADE_FOR_MILLISECONDS = 1000
"""Where such buckets end."""

LONGEST = 60
"""Seconds."""

LONG_FOR_MOST = 10
"""Seconds."""

SHORTEST = 0.05
"""Milliseconds."""

ENOUGH = 10
DIVIDE = "observe seconds: divide by 1000 where it is measured."


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, found in sorted(_means(evidence).items()):
        if found.count < ENOUGH or not REQUESTS.search(name) or LONG.search(name):
            continue
        says = f"they take {quantity(found.mean, name)} on average, by its name"
        if SECONDS.search(name) and _is_certain(name, found, evidence):
            yield Said(name, f"milliseconds for seconds: {says}", DIVIDE)
        elif SECONDS.search(name) and _is_long(name, found, evidence):
            problem = f"milliseconds for seconds, or it really takes that long: {says}"
            yield Said(name, problem, _either(name, evidence), severity="warning")
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


def _either(name: str, evidence: Evidence) -> str:
    """What to do about it, whichever of the two it is."""
    observed = evidence.distributions.get(name)
    if observed is None:
        return f"{DIVIDE[:-1]}; if it does take that long, exclude this finding."
    asked = [it for it in evidence.percentiles if it.histogram == name]
    return f"{DIVIDE[:-1]}; if it does take that long, use {proposed(observed, asked)}"


def _is_certain(name: str, found: Mean, evidence: Evidence) -> bool:
    observed = evidence.distributions.get(name)
    if observed is None or found.mean < CERTAIN:
        return observed is None and found.mean >= CERTAIN_ALONE
    made_for_milliseconds = observed.bounds[-1] >= MADE_FOR_MILLISECONDS
    return made_for_milliseconds or _beyond(observed, ALMOST_ALL)


def _is_long(name: str, found: Mean, evidence: Evidence) -> bool:
    observed = evidence.distributions.get(name)
    beyond = observed is not None and _beyond(observed, 0.5)
    held = observed is not None and not beyond and observed.bounds[-1] > LONGEST
    return (found.mean > LONGEST and not held) or (found.mean >= LONG_FOR_MOST and beyond)


def _beyond(observed: Distribution, quantile: float) -> bool:
    """Whether a quantile lies beyond the last bucket."""
    return observed.position(quantile).upper > observed.bounds[-1]


CHECK = Check(
    "wrong-unit",
    "error",
    "milliseconds for seconds, or the other way",
    __doc__,
    _judge,
)
