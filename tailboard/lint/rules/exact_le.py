"""A bucket chosen by one spelling of its bound: Prometheus 3 writes `1.0` where 2 kept `1`.

Bad: `took_bucket{le="1"}`
Good: `took_bucket{le=~"1([.]0)?"}`

Exclude it where all servers are of one version, and stay so.
"""

from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.subject import Query, convert_queries

WHOLE_NUMBER = declare_pattern(r"\d+(\.0)?")
LE_MATCHER = declare_pattern(r"""([{,]\s*le\s*)=\s*(["'])(\d+)(?:\.0)?\2""")


def _check_query(query: Query) -> Problems:
    for selector in query.selectors:
        for label, op, value in selector.matchers:
            if label == "le" and op == "=" and WHOLE_NUMBER.fullmatch(value):
                bound = value.removesuffix(".0")
                yield (
                    f'le="{value}" is one of two spellings',
                    f'write le=~"{bound}([.]0)?".',
                )


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return convert_queries(document, lambda text, *_: LE_MATCHER.sub(r"\1=~\2\3([.]0)?\2", text))


RULE = LintRule(
    "exact-le",
    "warning",
    "a bucket chosen by one spelling",
    __doc__,
    check_query=_check_query,
    fix=_fix_document,
)
