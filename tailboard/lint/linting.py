"""Running lint rules: the rule says what is wrong, this says where and how bad."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.findings.finding import Finding, Place, Severity
from tailboard.queries.subject import Panel, Plain, Query, Subject, queries

Said = Iterable[tuple[str, str]]
"""What is wrong and what to do about it, as often as it is."""

Placed = Iterable[tuple[str, str, Place]]
"""The same with where it is."""

Fix = Callable[[dict[str, Any]], dict[str, Any]]
"""From a dashboard's JSON to the JSON in which the rule finds nothing that it can mend itself."""


def _nothing(*_: object) -> Said:
    return ()


@dataclass(frozen=True)
class LintRule:
    """One thing that a document or a rule must get right.

    `page` says why, with a bad and a good example. It looks at one scope or several: each
    expression, each panel, the document, each alert rule, all that one run looks at. `fix` does to
    the JSON of a dashboard what the rule asks for and nothing else: numbers may change with it, as
    with the range of a rate. What it was given stays as it is.
    """

    name: str
    severity: Severity
    summary: str
    page: str | None
    of_query: Callable[[Query], Said] = _nothing
    of_panel: Callable[[Panel], Said] = _nothing
    of_document: Callable[[Subject], Placed] = lambda _: ()
    of_alert: Callable[[Plain], Said] = _nothing
    of_run: Callable[[Sequence[Subject]], Placed] = lambda _: ()
    fix: Fix | None = None


def findings(subject: Subject, rules: Iterable[LintRule]) -> Iterator[Finding]:
    """Everything that these rules find in one subject alone, rule by rule."""
    for rule in rules:
        yield from _findings(subject, rule)


def findings_of_run(subjects: Sequence[Subject], rules: Iterable[LintRule]) -> Iterator[Finding]:
    """Everything that these rules find between the subjects of one run."""
    for rule in rules:
        yield from _placed(rule, rule.of_run(subjects))


def _findings(subject: Subject, rule: LintRule) -> Iterator[Finding]:
    yield from _placed(rule, _said(subject, rule))
    yield from _placed(rule, rule.of_document(subject))


def _said(subject: Subject, rule: LintRule) -> Placed:
    """What it says at each scope; there are many queries, and most rules look at one scope only."""
    if rule.of_query is not _nothing:
        for query in queries(subject):
            for problem, tip in rule.of_query(query):
                yield problem, tip, query.place
    if rule.of_panel is not _nothing:
        for panel in subject.panels:
            for problem, tip in rule.of_panel(panel):
                yield problem, tip, panel.place
    if rule.of_alert is not _nothing:
        for query, plain in subject.rules:
            for problem, tip in rule.of_alert(plain) if "alert" in plain else ():
                yield problem, tip, query.place


def _placed(rule: LintRule, said: Placed) -> Iterator[Finding]:
    for problem, tip, place in said:
        yield Finding(rule.name, rule.severity, place, problem, tip)
