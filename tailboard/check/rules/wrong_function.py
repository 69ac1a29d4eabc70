"""A function that does not suit the type of its metric: the number means nothing.

Bad: `rate(queue_length[5m])`, where each fall of the gauge counts as a restart
Bad: `delta(requests_total[5m])`, which is negative when the program restarts
Bad: `rate(took_seconds{quantile="0.99"}[5m])`: a percentile goes up and down
Good: `deriv(queue_length[5m])`, `increase(requests_total[5m])`, the percentile itself
The type is what the program or the server says. A gauge that is called like a counter (`_total`)
may be a counter of which the program says the wrong type: that is a warning.
"""

from collections.abc import Iterator, Mapping

from tailboard.check.engine import Check, MetricProblem, describe_panels
from tailboard.check.evidence import Evidence
from tailboard.findings.finding import Severity
from tailboard.queries.analysis.range_functions import RangeFunction
from tailboard.queries.parser.promql import RATE_FUNCTIONS

COUNTER_SUFFIXES = ("_total", "_count", "_sum", "_bucket")
PART_SUFFIXES = {"_bucket": {"histogram"}, "_count": {"histogram", "summary"}}
TIPS = {
    "gauge": "show the value itself, or deriv() of it; if it is a counter, expose it as one.",
    "quantile": "show the percentile itself; of rates, there are those of _count and _sum.",
    "counter": "use increase() or rate(), which know of restarts.",
}


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    groups: dict[tuple[str, str], list[RangeFunction]] = {}
    for use in evidence.range_functions:
        groups.setdefault((use.metric, use.function), []).append(use)
    for (metric, function), uses in sorted(groups.items()):
        kind = _find_kind(metric, evidence.families)
        is_rate = function in RATE_FUNCTIONS
        if kind and is_rate == (kind != "counter"):
            description = "a percentile of a summary" if kind == "quantile" else f"a {kind}"
            problem = f"{function}() of {description}, {describe_panels(uses)}"
            is_doubtful = kind == "gauge" and metric.endswith(COUNTER_SUFFIXES)
            severity: Severity | None = "warning" if is_doubtful else None
            yield MetricProblem(metric, problem, TIPS[kind], severity=severity)


def _find_kind(metric: str, families: Mapping[str, str]) -> str:
    """A gauge, a counter, a quantile of a summary; empty where that is unknown."""
    if families.get(metric) in {"gauge", "counter"}:
        return families[metric]
    if families.get(metric) == "summary":
        return "quantile"
    if metric.endswith("_total") and families.get(metric.removesuffix("_total")) == "counter":
        return "counter"
    for suffix, kinds in PART_SUFFIXES.items():
        if metric.endswith(suffix) and families.get(metric.removesuffix(suffix)) in kinds:
            return "counter"
    return ""


CHECK = Check(
    "wrong-function",
    "error",
    "a function that does not suit the metric's type",
    __doc__,
    _check_evidence,
)
