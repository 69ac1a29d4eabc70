"""A metric with very many series: it is slow to ask, and dear to keep.

Bad: `http_requests_total` with 40 routes, 9 methods, 20 statuses and 300 customers
Good: `http_requests_total` with 40 routes, the methods that happen, and `2xx` to `5xx`
More than 1,000 series of a name are many, of a histogram more than 1,000 sets of labels; so are
more than 100 values of one label. What `raw-path`, `id-label` or `email-label`
finds is told by them alone.
"""

from collections.abc import Iterator

from tailboard.check.cardinality import counts
from tailboard.check.check_running import Check, Said
from tailboard.check.evidence import Evidence

MOST_SERIES, MOST_VALUES = 1000, 100
TIP = "drop {label}, or map its values to a few; tailboard check --details shows the largest."


def _judge(evidence: Evidence) -> Iterator[Said]:
    told: set[str] = set()
    for it in counts(evidence):
        widest = max(it.labels, key=lambda label: it.labels[label], default="")
        values = it.labels.get(widest, 0)
        if widest in told or (it.sets <= MOST_SERIES and values <= MOST_VALUES):
            continue
        told.add(widest)
        wide = f", {widest} has {it.shown(widest)} values" if widest else ""
        tip = TIP.format(label=f"the label {widest}" if widest else "some")
        yield Said(it.metric, f"{it.series} series{wide}", tip, widest)


CHECK = Check(
    "many-series",
    "warning",
    "a metric with very many series",
    __doc__,
    _judge,
    unless=("raw-path", "id-label", "email-label"),
)
