"""A percentile of classic buckets that were added up without keeping `le`: it is empty.

Every aggregation between the buckets and the percentile has to keep it, so that `without (le)` is
found too. A native histogram has no label `le`, and needs none.

Bad: `histogram_quantile(0.99, sum by (route) (rate(took_bucket[5m])))`
Good: `histogram_quantile(0.99, sum by (le, route) (rate(took_bucket[5m])))`
"""

from collections.abc import Iterator
from typing import Any

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.promql_reading import CHOOSING, kept_labels, kind, nodes, series
from tailboard.queries.subject import Query

VICTORIA = "vmrange"
"""What VictoriaMetrics' own histograms have in the place of `le`."""

MAKING = {"label_replace", "label_join"}
"""Functions that may write the label anew."""


def _of_query(query: Query) -> Said:
    if "histogram_quantile" not in query.text or query.reading.tree is None:
        return
    for node in nodes(query.reading.tree):
        if kind(node) == "Call" and node.func.name == "histogram_quantile" and not _makes_le(node):
            yield from _of_percentile(node.args[-1])


def _of_percentile(tree: Any) -> Said:
    for node in _dropping(tree):
        for name in sorted({it.name for it in series(node.expr) if it.name.endswith("_bucket")}):
            yield f"a percentile of {name} without the label le: it is always empty", _tip(node)


def _dropping(tree: Any) -> Iterator[Any]:
    """The outermost aggregation that takes the label away; one is enough to say so."""
    for node in nodes(tree):
        if kind(node) == "AggregateExpr" and str(node.op) not in CHOOSING and _drops(node):
            yield node
            return


def _drops(node: Any) -> bool:
    kept = kept_labels(node)
    if kept is not None and VICTORIA in kept:
        return False
    return "le" in node.modifier.labels if kept is None else "le" not in kept


def _tip(node: Any) -> str:
    kept = kept_labels(node)
    others = [it for it in node.modifier.labels if it != "le"] if kept is None else []
    labels = (
        f"without ({', '.join(others)})" if others else f"by ({', '.join(('le', *(kept or ())))})"
    )
    return f"keep it: {node.op} {labels} (...)."


def _makes_le(percentile: Any) -> bool:
    calls = (it for it in nodes(percentile) if kind(it) == "Call" and it.func.name in MAKING)
    return any(getattr(arg, "val", None) == "le" for call in calls for arg in call.args)


RULE = LintRule(
    "percentile-without-le",
    "error",
    "a percentile without the label le",
    __doc__,
    of_query=_of_query,
)
