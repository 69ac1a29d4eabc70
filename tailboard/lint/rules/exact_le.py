"""A bucket chosen by one spelling of its bound: Prometheus 3 writes `1.0` where 2 kept `1`.

Bad: `took_bucket{le="1"}`
Good: `took_bucket{le=~"1([.]0)?"}`
"""

import re
from typing import Any

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.subject import Query, with_queries

WHOLE = re.compile(r"\d+(\.0)?")
WRITTEN = re.compile(r"""([{,]\s*le\s*)=\s*(["'])(\d+)(?:\.0)?\2""")


def _of_query(query: Query) -> Said:
    for it in query.selected:
        for label, op, value in it.matchers:
            if label == "le" and op == "=" and WHOLE.fullmatch(value):
                bound = value.removesuffix(".0")
                yield (
                    f'le="{value}" is one of two spellings',
                    f'write le=~"{bound}([.]0)?".',
                )


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return with_queries(document, lambda text: WRITTEN.sub(r"\1=~\2\3([.]0)?\2", text))


RULE = LintRule(
    "exact-le",
    "warning",
    "a bucket chosen by one spelling",
    __doc__,
    of_query=_of_query,
    fix=_fix,
)
