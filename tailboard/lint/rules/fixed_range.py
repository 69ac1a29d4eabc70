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
from tailboard.lint.linting import LintRule
from tailboard.queries.promql_reading import RATES, without_quotes
from tailboard.queries.subject import Plain, Subject, with_panels, with_queries

STEP = r"\$__interval|\$\{__interval\}|\[\[__interval\]\]"
FIXED = re.compile(rf"\b({'|'.join(sorted(RATES))})\s*\([^()]*?\[(\d+[smh]+|{STEP})\]")
"""A rate with what stands right within it, so that a subquery's range is not taken for its own."""

SHORT = re.compile(r"\d+s|[1-5]?\dm")
MENDED = "$__rate_interval"

Rate = tuple[str, str, int, int]
"""The function, its range, and from where to where the range stands in the text."""


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for panel in subject.panels:
        for query in panel.queries:
            if not query.reading.problem:
                for function, window, *_ in _mistaken(query.text, panel.plain):
                    yield (*_said(function, window), query.place)


def _said(function: str, window: str) -> tuple[str, str]:
    belongs = f"write [{MENDED}]: Grafana makes it long enough for the scrapes."
    if not _is_step(window):
        return f"{function}() over a fixed range of {window}", belongs
    problem = f"{function}() over $__interval: zoomed in, there are fewer than two scrapes in it"
    if function == "increase":
        return problem, f"write [{MENDED}], or give the panel a least interval of two scrapes."
    return problem, belongs


def _mistaken(text: str, panel: Plain) -> Iterator[Rate]:
    for rate in _rates(text):
        if not panel.get("interval") if _is_step(rate[1]) else SHORT.fullmatch(rate[1]):
            yield rate


def _rates(text: str) -> Iterator[Rate]:
    for found in FIXED.finditer(without_quotes(text)):
        yield found[1], found[2], found.start(2), found.end(2)


def _is_step(window: str) -> bool:
    return "__interval" in window


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return with_panels(document, _mended_panel)


def _mended_panel(panel: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = with_queries({"panels": [panel]}, _mender(panel))["panels"][0]
    return made


def _mender(panel: Plain) -> Callable[[str], str]:
    def mended(text: str) -> str:
        for function, _, start, end in reversed([*_mistaken(text, panel)]):
            if function != "increase":
                text = f"{text[:start]}{MENDED}{text[end:]}"
        return text

    return mended


RULE = LintRule(
    "fixed-range",
    "warning",
    "a fixed range where $__rate_interval belongs",
    __doc__,
    of_document=_of_document,
    fix=_fix,
)
