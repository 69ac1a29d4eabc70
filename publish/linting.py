"""Running lint rules: the rule says what is wrong, this says where and how bad."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from publish.finding import Finding, Place, Severity
from publish.subject import Panel, Plain, Query, Subject, queries

Said = Iterable[tuple[str, str]]
"""What is wrong and what to do about it, as often as it is."""


def _nothing(*_: object) -> Said:
    return ()


@dataclass(frozen=True)
class LintRule:
    """One thing that a document or a rule must get right.

    `page` says why, with a bad and a good example. It looks at one scope or several: each
    expression, each panel, the document, each alert rule.
    """

    name: str
    severity: Severity
    summary: str
    page: str | None
    of_query: Callable[[Query], Said] = _nothing
    of_panel: Callable[[Panel], Said] = _nothing
    of_document: Callable[[Subject], Iterable[tuple[str, str, Place]]] = lambda _: ()
    of_alert: Callable[[Plain], Said] = _nothing


def findings(subject: Subject, rules: Iterable[LintRule]) -> Iterator[Finding]:
    """Everything that these rules find, rule by rule."""
    for rule in rules:
        yield from _findings(subject, rule)


def _findings(subject: Subject, rule: LintRule) -> Iterator[Finding]:
    for query in queries(subject):
        yield from _at(rule, query.place, rule.of_query(query))
    for panel in subject.panels:
        yield from _at(rule, panel.place, rule.of_panel(panel))
    for query, plain in subject.rules:
        if "alert" in plain:
            yield from _at(rule, query.place, rule.of_alert(plain))
    if not subject.rules:
        for problem, tip, place in rule.of_document(subject):
            yield Finding(rule.name, rule.severity, place, problem, tip)


def _at(rule: LintRule, place: Place, said: Said) -> Iterator[Finding]:
    for problem, tip in said:
        yield Finding(rule.name, rule.severity, place, problem, tip)
