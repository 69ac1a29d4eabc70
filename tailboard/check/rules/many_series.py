"""A metric with very many series: it is slow to ask, and dear to keep.

Bad: `http_requests_total` with 40 routes, 9 methods, 20 statuses and 300 customers
Good: `http_requests_total` with 40 routes, the methods that happen, and `2xx` to `5xx`
More than 1,000 series of a name are many, of a histogram more than 1,000 sets of labels; so are
more than 100 values of one label. What `raw-path`, `id-label` or `email-label`
finds is reported by them alone.
"""

from collections.abc import Iterator

from tailboard.check.cardinality import count_series
from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence

MAX_SERIES, MAX_VALUES = 1000, 100
TIP = "drop {label}, or map its values to a few; tailboard check --details shows the largest."


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    reported_labels: set[str] = set()
    for series_count in count_series(evidence):
        widest = max(series_count.labels, key=lambda label: series_count.labels[label], default="")
        values = series_count.labels.get(widest, 0)
        if widest in reported_labels or (series_count.sets <= MAX_SERIES and values <= MAX_VALUES):
            continue
        reported_labels.add(widest)
        suffix = (
            f", {widest} has {series_count.format_value_count(widest)} values" if widest else ""
        )
        tip = TIP.format(label=f"the label {widest}" if widest else "some")
        yield MetricProblem(
            series_count.metric, f"{series_count.series} series{suffix}", tip, widest
        )


CHECK = Check(
    "many-series",
    "warning",
    "a metric with very many series",
    __doc__,
    _check_evidence,
    suppressors=("raw-path", "id-label", "email-label"),
)
