"""A rate over a fixed range on a dashboard: zoomed out it has gaps, with slow scrapes it is empty.

A rate over `$__interval` is found too: zoomed in, that is one step, in which there are fewer than
two scrapes, and the panel is empty. Where the panel says itself how long a step is at least
(`interval`), it is taken for meant, and so is a fixed range of an hour or more.

Bad: `rate(requests_total[1m])`, `rate(requests_total[$__interval])`
Good: `rate(requests_total[$__rate_interval])`

`--fix` leaves two for a person: `increase`, whose number is that of its range, and a query with a
min step of its own, of which `$__rate_interval` is at least four times as long.

Exclude it where the number of one range is wanted, whatever is zoomed.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import RATE_FUNCTIONS, mask_quotes
from tailboard.queries.subject import JsonMapping, Subject, convert_queries

STEP = r"\$__interval|\$\{__interval\}|\[\[__interval\]\]"
FIXED_RATE = declare_pattern(
    rf"\b({'|'.join(sorted(RATE_FUNCTIONS))})\s*\([^()]*?\[(\d+[smh]+|{STEP})\]"
)
"""A rate with what stands right within it, so that a subquery's range is not taken for its own."""

RANGE = declare_pattern(rf"\[(\d+[smh]+|{STEP})\]")
SHORT_RANGE = declare_pattern(r"\d+s|[1-5]?\dm")
RATE_INTERVAL = "$__rate_interval"
SCRAPES_IN_RATE_INTERVAL = 4

Rate = tuple[str, str, int, int]
"""The function, its range, and from where to where the range stands in the text."""


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for panel in subject.panels:
        for query in panel.queries:
            if query.expression.problem:
                continue
            for function, window, *_ in _find_mistakes(query.text, panel.json):
                problem, tip = _describe_rate(function, window, query.target)
                yield problem, tip, query.place


def _describe_rate(function: str, window: str, target: JsonMapping) -> tuple[str, str]:
    tip = f"write [{RATE_INTERVAL}]: Grafana makes it long enough for the scrapes."
    if not _is_step(window):
        problem = f"{function}() over a fixed range of {window}"
        if _is_kept_by_step(window, target):
            return problem, (
                f"--fix leaves it: with the min step of {target['interval']}, {RATE_INTERVAL} is "
                f"at least four times that. Take the min step away, or exclude the rule here."
            )
        return problem, tip
    problem = f"{function}() over $__interval: zoomed in, there are fewer than two scrapes in it"
    if function == "increase":
        return (
            problem,
            f"write [{RATE_INTERVAL}], or give the panel a least interval of two scrapes.",
        )
    return problem, tip


def _is_kept_by_step(window: str, target: JsonMapping) -> bool:
    """Whether a query's own min step would make the range longer than it is written.

    Grafana takes the min step for the time between scrapes, and $__rate_interval is four of them.
    """
    step = target.get("interval")
    if not isinstance(step, str) or not step.strip():
        return False
    step_text = step.strip().lstrip("<>")
    if not is_duration(step_text):
        return True
    return SCRAPES_IN_RATE_INTERVAL * parse_duration(step_text) > parse_duration(window)


def _find_mistakes(text: str, panel: JsonMapping) -> Iterator[Rate]:
    for rate in _find_rates(text):
        if not panel.get("interval") if _is_step(rate[1]) else SHORT_RANGE.fullmatch(rate[1]):
            yield rate


def _find_rates(text: str) -> Iterator[Rate]:
    if not RANGE.search(text):
        return
    for match in FIXED_RATE.finditer(mask_quotes(text)):
        yield match[1], match[2], match.start(2), match.end(2)


def _is_step(window: str) -> bool:
    return "__interval" in window


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return convert_queries(document, _fix_expression)


def _fix_expression(text: str, target: JsonMapping, panel: JsonMapping) -> str:
    for function, window, start, end in reversed([*_find_mistakes(text, panel)]):
        if function == "increase" or (not _is_step(window) and _is_kept_by_step(window, target)):
            continue
        text = f"{text[:start]}{RATE_INTERVAL}{text[end:]}"
    return text


RULE = LintRule(
    "fixed-range",
    "warning",
    "a fixed range where $__rate_interval belongs",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
