"""A rate over a fixed range on a dashboard: zoomed out it has gaps, with slow scrapes it is empty.

A rate over `$__interval` is found too: zoomed in, that is one step, in which there are fewer than
two scrapes, and the panel is empty. Where the panel says itself how long a step is at least
(`interval`), it is taken for meant, and so is a fixed range of an hour or more.

Bad: `rate(requests_total[1m])`, `rate(requests_total[$__interval])`
Good: `rate(requests_total[$__rate_interval])`

`increase` is for a person to mend: its number is that of its range.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.promql import RATE_FUNCTIONS, mask_quotes
from tailboard.queries.subject import JsonMapping, Subject, convert_panels, convert_queries

STEP = r"\$__interval|\$\{__interval\}|\[\[__interval\]\]"
FIXED_RATE = re.compile(
    rf"\b({'|'.join(sorted(RATE_FUNCTIONS))})\s*\([^()]*?\[(\d+[smh]+|{STEP})\]"
)
"""A rate with what stands right within it, so that a subquery's range is not taken for its own."""

SHORT_RANGE = re.compile(r"\d+s|[1-5]?\dm")
RATE_INTERVAL = "$__rate_interval"

Rate = tuple[str, str, int, int]
"""The function, its range, and from where to where the range stands in the text."""


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for panel in subject.panels:
        for query in panel.queries:
            if not query.expression.problem:
                for function, window, *_ in _find_mistakes(query.text, panel.json):
                    yield (*_describe_rate(function, window), query.place)


def _describe_rate(function: str, window: str) -> tuple[str, str]:
    tip = f"write [{RATE_INTERVAL}]: Grafana makes it long enough for the scrapes."
    if not _is_step(window):
        return f"{function}() over a fixed range of {window}", tip
    problem = f"{function}() over $__interval: zoomed in, there are fewer than two scrapes in it"
    if function == "increase":
        return (
            problem,
            f"write [{RATE_INTERVAL}], or give the panel a least interval of two scrapes.",
        )
    return problem, tip


def _find_mistakes(text: str, panel: JsonMapping) -> Iterator[Rate]:
    for rate in _find_rates(text):
        if not panel.get("interval") if _is_step(rate[1]) else SHORT_RANGE.fullmatch(rate[1]):
            yield rate


def _find_rates(text: str) -> Iterator[Rate]:
    for match in FIXED_RATE.finditer(mask_quotes(text)):
        yield match[1], match[2], match.start(2), match.end(2)


def _is_step(window: str) -> bool:
    return "__interval" in window


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return convert_panels(document, _fix_panel)


def _fix_panel(panel: dict[str, Any]) -> dict[str, Any]:
    fixed_panel: dict[str, Any] = convert_queries({"panels": [panel]}, _build_fixer(panel))[
        "panels"
    ][0]
    return fixed_panel


def _build_fixer(panel: JsonMapping) -> Callable[[str], str]:
    def fix_expression(text: str) -> str:
        for function, _, start, end in reversed([*_find_mistakes(text, panel)]):
            if function != "increase":
                text = f"{text[:start]}{RATE_INTERVAL}{text[end:]}"
        return text

    return fix_expression


RULE = LintRule(
    "fixed-range",
    "warning",
    "a fixed range where $__rate_interval belongs",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
