"""An average drawn as the latency: it hides the slow requests, which are the ones that hurt.

Bad: `rate(took_seconds_sum[5m]) / rate(took_seconds_count[5m])` alone on a panel
Good: a percentile, `histogram_quantile(0.99, ...)`, alone or beside the average
"""

from publish.linting import LintRule, Said
from publish.subject import Panel, Query


def _of_panel(panel: Panel) -> Said:
    means = [it for it in panel.queries if _is_mean(it)]
    percentiles = any("histogram_quantile" in it.text for it in panel.queries)
    measured = any(word in f"{it.text}" for it in means for word in ("latency", "request_duration"))
    if means and measured and not percentiles:
        yield "it shows an average as the latency", "show P50, P95 and P99, or one beside it."


def _is_mean(query: Query) -> bool:
    names = {it.name for it in query.selected}
    return any(name.endswith("_sum") and f"{name[:-4]}_count" in names for name in names)


RULE = LintRule(
    "average-latency",
    "warning",
    "an average drawn as the latency",
    __doc__,
    of_panel=_of_panel,
)
