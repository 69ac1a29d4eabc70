"""A percentile of classic buckets that were added up without keeping `le`: it is empty.

Bad: `histogram_quantile(0.99, sum by (route) (rate(took_bucket[5m])))`
Good: `histogram_quantile(0.99, sum by (le, route) (rate(took_bucket[5m])))`
"""

from publish.linting import LintRule, Said
from publish.subject import Query


def _of_query(query: Query) -> Said:
    for it in query.selected:
        summed = it.by is not None and "le" not in it.by
        if "histogram_quantile" in it.within and it.name.endswith("_bucket") and summed:
            yield (
                f"a percentile of {it.name} without the label le: it is always empty",
                f"keep it: sum by ({', '.join(('le', *(it.by or ())))}) (...).",
            )


RULE = LintRule(
    "percentile-without-le",
    "error",
    "a percentile without the label le",
    __doc__,
    of_query=_of_query,
)
