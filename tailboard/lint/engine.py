"""Running lint rules: the rule says what is wrong, this says where and how bad."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tailboard.findings.finding import Finding, Place, Severity
from tailboard.panels.record import record
from tailboard.queries.subject import JsonMapping, Panel, Query, Subject, list_queries

Problems = Iterable[tuple[str, str]]
"""Pairs of a problem and a tip, one for each occurrence."""

PlacedProblems = Iterable[tuple[str, str, Place]]
"""The same with where it is."""

MIN_COMMON_PLACES = 3
"""From how many places on a problem that all of them have is reported once."""

Fix = Callable[[dict[str, Any]], dict[str, Any]]
"""From a dashboard's JSON to the JSON in which the rule finds nothing that it can mend itself."""


def _find_nothing(*_: object) -> Problems:
    return ()


@record
class LintRule:
    """One thing that a document or a rule must get right.

    `page` says why, with a bad and a good example, and when to exclude it. The rule looks at one
    scope or several: each expression, each panel, the document, each alert rule, all subjects of a
    run. `fix` does to the JSON of a dashboard what the rule asks for and nothing else: numbers may
    change with it, as with the range of a rate. Its argument is not changed.
    """

    name: str
    severity: Severity
    summary: str
    page: str | None
    check_query: Callable[[Query], Problems] = _find_nothing
    check_panel: Callable[[Panel], Problems] = _find_nothing
    check_document: Callable[[Subject], PlacedProblems] = lambda _: ()
    check_alert: Callable[[JsonMapping], Problems] = _find_nothing
    check_run: Callable[[Sequence[Subject]], PlacedProblems] = lambda _: ()
    fix: Fix | None = None
    query_word: str = ""
    """What stands in every expression that `check_query` may find something in."""


def render_page(rule: LintRule) -> str:
    """The page of a rule: why, a bad and a good example, when to exclude it, who can mend it."""
    repair = (
        "`tailboard lint --fix` mends it in JSON files, where a program can."
        if rule.fix
        else "`--fix` leaves it: a person has to mend it."
    )
    return f"{(rule.page or rule.summary).strip()}\n\n{repair}"


def lint_subject(subject: Subject, rules: Iterable[LintRule]) -> Iterator[Finding]:
    """Everything that these rules find in one subject alone, rule by rule."""
    queries = tuple(list_queries(subject))
    for rule in rules:
        yield from _build_findings(rule, _find_problems(subject, queries, rule))


def lint_run(subjects: Sequence[Subject], rules: Iterable[LintRule]) -> Iterator[Finding]:
    """Everything that these rules find between the subjects of one run."""
    for rule in rules:
        yield from _build_findings(rule, rule.check_run(subjects))


def merge_common_problem(
    places: Sequence[Place], count: int, problems: tuple[str, str], tip: str
) -> PlacedProblems:
    """A problem at each place, or once for all where it is at every one of `count` places.

    `problems` are the texts for one place and for all, in which `{count}` is their number.
    """
    problem, common_problem = problems
    if len(places) == count >= MIN_COMMON_PLACES:
        place = Place(places[0].source, places[0].dashboard)
        yield common_problem.format(count=count), tip, place
        return
    yield from ((problem, tip, place) for place in places)


def _find_problems(subject: Subject, queries: Sequence[Query], rule: LintRule) -> PlacedProblems:
    """What it says at each scope; there are many queries, and most rules look at one scope only."""
    if rule.check_query is not _find_nothing:
        for query in [query for query in queries if rule.query_word in query.text]:
            for problem, tip in rule.check_query(query):
                yield problem, tip, query.place
    if rule.check_panel is not _find_nothing:
        for panel in subject.panels:
            for problem, tip in rule.check_panel(panel):
                yield problem, tip, panel.place
    if rule.check_alert is not _find_nothing:
        for query, rule_json in subject.rules:
            for problem, tip in rule.check_alert(rule_json) if "alert" in rule_json else ():
                yield problem, tip, query.place
    yield from rule.check_document(subject)


def _build_findings(rule: LintRule, problems: PlacedProblems) -> Iterator[Finding]:
    for problem, tip, place in problems:
        yield Finding(rule.name, rule.severity, place, problem, tip)
