"""A bucket chosen by one spelling of its bound: Prometheus 3 writes `1.0` where 2 kept `1`.

Bad: `took_bucket{le="1"}`
Good: `took_bucket{le=~"1([.]0)?"}`
"""

import re

from publish.linting import LintRule, Said
from publish.subject import Query

WHOLE = re.compile(r"\d+(\.0)?")


def _of_query(query: Query) -> Said:
    for it in query.selected:
        for label, op, value in it.matchers:
            if label == "le" and op == "=" and WHOLE.fullmatch(value):
                bound = value.removesuffix(".0")
                yield (
                    f'le="{value}" is one of two spellings',
                    f'write le=~"{bound}([.]0)?".',
                )


RULE = LintRule(
    "exact-le",
    "warning",
    "a bucket chosen by one spelling",
    __doc__,
    of_query=_of_query,
)
