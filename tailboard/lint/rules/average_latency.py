"""An average drawn as the latency: it hides the slow requests, which are the ones that hurt.

It is the rate of `X_sum` by that of `X_count`, where X is a time by its unit or its name. An
average that says so is honest: where the panel's title or the query's legend calls it mean, average
or avg, and where the same panel shows a percentile of X beside it.

Bad: `rate(took_seconds_sum[5m]) / rate(took_seconds_count[5m])`
Good: `histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))`
"""

import re
from collections.abc import Iterator

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.promql_reading import RATES, kind, nodes, series
from tailboard.queries.subject import Panel, Query

TIME = re.compile(
    r"duration|latency|_took|_(seconds|milliseconds|microseconds|nanoseconds|minutes|ms|us|ns)$"
)
MEAN = re.compile(r"\b(mean|average|avg)\b", re.IGNORECASE)


def _of_panel(panel: Panel) -> Said:
    if MEAN.search(str(panel.plain.get("title") or "")):
        return
    for query in panel.queries:
        if MEAN.search(str(query.target.get("legendFormat") or "")):
            continue
        if any(not _shows_percentile(panel, name) for name in _averaged(query)):
            yield "it shows an average as the latency", "show P50, P95 and P99, or one beside it."
            return


def _averaged(query: Query) -> Iterator[str]:
    """The times of which it shows the average."""
    names = {it.name for it in query.selected}
    if not any(f"{name[:-4]}_count" in names for name in names if name.endswith("_sum")):
        return
    for node in nodes(query.reading.tree):
        if kind(node) == "BinaryExpr" and str(node.op) == "/":
            sums, counts = _rates(node.lhs, "_sum"), _rates(node.rhs, "_count")
            yield from (name for name in sorted(sums & counts) if TIME.search(name))


def _rates(node: object, ending: str) -> set[str]:
    found = (it for it in series(node) if RATES & {*it.within})
    return {it.name.removesuffix(ending) for it in found if it.name.endswith(ending)}


def _shows_percentile(panel: Panel, name: str) -> bool:
    """Whether it is beside the average: of the histogram, of what was recorded, of a summary."""
    for it in (it for query in panel.queries for it in query.selected):
        if "histogram_quantile" in it.within and (":" in it.name or _is_of(it.name, name)):
            return True
        if it.name == name and any(label == "quantile" for label, _, _ in it.matchers):
            return True
    return False


def _is_of(series_name: str, name: str) -> bool:
    return series_name in {name, f"{name}_bucket"}


RULE = LintRule(
    "average-latency",
    "warning",
    "an average drawn as the latency",
    __doc__,
    of_panel=_of_panel,
)
