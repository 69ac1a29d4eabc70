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
average, which no Python server can. What lies between is not reported. Fewer than 10 values tell
nothing.
"""

import re
from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem, format_proposed_buckets
from tailboard.check.evidence import Evidence, Mean
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import format_quantity

REQUEST_METRIC = re.compile(r"(^|_)(requests?|responses?|quer(y|ies)|http|grpc|sql|db|cache)(_|$)")
HTTP_METRIC = re.compile(r"(^|_)http(_|$)")
LONG_METRIC = re.compile(
    r"(^|_)(jobs?|tasks?|batch|queues?|age|uptime|lag|stream|websockets?|timeout)(_|$)"
)
DURATION_METRIC = re.compile(r"(^|_)(duration|latency)(_|$)")
SECONDS_METRIC = re.compile(r"_seconds(_|$)")
MILLISECONDS_METRIC = re.compile(r"_(milliseconds|ms)(_|$)")

CERTAIN_SECONDS = 100
"""Seconds, on average."""

CERTAIN_SECONDS_WITHOUT_BUCKETS = 600
"""Seconds, on average, where there are no buckets."""

LOW_QUANTILE = 0.1
"""The quantile that lies beyond the last bucket if nine values of ten do."""

MILLISECONDS_BOUND = 1000
"""Where such buckets end."""

MAX_SECONDS = 60
"""Seconds."""

LONG_SECONDS = 10
"""Seconds."""

MIN_MILLISECONDS = 0.05
"""Milliseconds."""

MIN_VALUES = 10
DIVIDE_TIP = "observe seconds: divide by 1000 where it is measured."


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, mean in sorted(_collect_means(evidence).items()):
        if mean.count < MIN_VALUES or not REQUEST_METRIC.search(name) or LONG_METRIC.search(name):
            continue
        description = f"they take {format_quantity(mean.value, name)} on average, by its name"
        if SECONDS_METRIC.search(name) and _is_certain(name, mean, evidence):
            yield MetricProblem(name, f"milliseconds for seconds: {description}", DIVIDE_TIP)
        elif SECONDS_METRIC.search(name) and _is_long(name, mean, evidence):
            problem = f"milliseconds for seconds, or it really takes that long: {description}"
            yield MetricProblem(name, problem, _build_tip(name, evidence), severity="warning")
        elif (
            MILLISECONDS_METRIC.search(name)
            and HTTP_METRIC.search(name)
            and 0 < mean.value < MIN_MILLISECONDS
        ):
            tip = "observe milliseconds, or call it _seconds."
            yield MetricProblem(name, f"seconds for milliseconds: {description}", tip)


def _collect_means(evidence: Evidence) -> dict[str, Mean]:
    gauges = {
        name: Mean(MIN_VALUES, metric.total / metric.series_count)
        for name, metric in evidence.metrics.items()
        if evidence.families.get(name) == "gauge"
        and metric.series_count
        and DURATION_METRIC.search(name)
    }
    return {**gauges, **evidence.means}


def _build_tip(name: str, evidence: Evidence) -> str:
    """What to do about it, whichever of the two it is."""
    distribution = evidence.distributions.get(name)
    if distribution is None:
        return f"{DIVIDE_TIP[:-1]}; if it does take that long, exclude this finding."
    percentiles = [
        percentile for percentile in evidence.percentiles if percentile.histogram == name
    ]
    buckets = format_proposed_buckets(distribution, percentiles)
    return f"{DIVIDE_TIP[:-1]}; if it does take that long, use {buckets}"


def _is_certain(name: str, mean: Mean, evidence: Evidence) -> bool:
    distribution = evidence.distributions.get(name)
    if distribution is None or mean.value < CERTAIN_SECONDS:
        return distribution is None and mean.value >= CERTAIN_SECONDS_WITHOUT_BUCKETS
    is_for_milliseconds = distribution.bounds[-1] >= MILLISECONDS_BOUND
    return is_for_milliseconds or _is_beyond_buckets(distribution, LOW_QUANTILE)


def _is_long(name: str, mean: Mean, evidence: Evidence) -> bool:
    distribution = evidence.distributions.get(name)
    is_beyond = distribution is not None and _is_beyond_buckets(distribution, 0.5)
    is_within = distribution is not None and not is_beyond and distribution.bounds[-1] > MAX_SECONDS
    return (mean.value > MAX_SECONDS and not is_within) or (
        mean.value >= LONG_SECONDS and is_beyond
    )


def _is_beyond_buckets(distribution: Distribution, quantile: float) -> bool:
    """Whether a quantile lies beyond the last bucket."""
    return distribution.find_bucket(quantile).upper > distribution.bounds[-1]


CHECK = Check(
    "wrong-unit",
    "error",
    "milliseconds for seconds, or the other way",
    __doc__,
    _check_evidence,
)
