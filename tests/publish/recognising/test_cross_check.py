"""The library's dashboards of each convention, checked against what every program exposes.

What is missing there is found, by name, and nothing else is.
"""

from __future__ import annotations

from functools import cache

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.check.query_states import CheckResult, check_queries
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.init.presence import Presence, classify_presence, list_metric_series
from tailboard.panels import Service
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, resolve_convention
from tailboard.queries.promql import find_selectors, parse_expression
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

from .expositions import catalogue, exposition

FINE = {"data", "no such event yet"}


@cache
def library(name: str) -> list[Subject]:
    service = Service("shop", {"job": "shop"}, resolve_convention(name))
    made = list(build_service_dashboards(service))
    rules = build_groups(rules_of(service, dashboards=made), Addresses())
    documents = [build_document_subject(build_document(it), "shop.py") for it in made]
    return [*documents, build_rules_subject(rules, service.slug, "shop.py")]


def names(it: CheckResult, known: Convention) -> set[str]:
    """The series of the convention that a query asks for."""
    own = {name for metric in known.metrics.values() for name in list_metric_series(metric)}
    tree = parse_expression(it.expr).tree
    return own & {found.name for found in find_selectors(tree)} if tree is not None else set()


@pytest.mark.parametrize("known", CONVENTIONS, ids=lambda it: it.name)
def test_a_library_finds_all_in_its_own_program(known: Convention) -> None:
    checked = check_queries(library(known.name), catalogue(exposition(known.name)))
    assert checked
    assert [it for it in checked if it.state not in FINE] == []


@pytest.mark.slow
@pytest.mark.parametrize("known", CONVENTIONS, ids=lambda it: it.name)
def test_in_every_other_program_exactly_the_missing_is_missing(known: Convention) -> None:
    for other in CONVENTIONS:
        if other is known:
            continue
        there = catalogue(exposition(other.name))
        states = {c: classify_presence(it, known, there) for c, it in known.metrics.items()}
        absent = {c for c, found in states.items() if found is Presence.ABSENT}
        whole = {
            it for c in {*known.metrics} - absent for it in list_metric_series(known.metrics[c])
        }
        gone = {
            it
            for c in absent
            for it in list_metric_series(known.metrics[c])
            if it not in there.metrics and it not in whole
        }
        checked = [(it, names(it, known)) for it in check_queries(library(known.name), there)]
        for it, asked in checked:
            if it.state in FINE:
                assert not asked & gone, (other.name, it)
            else:
                assert asked - whole, (other.name, it)
        reported = {name for it, asked in checked if it.state not in FINE for name in asked}
        used = {name for _, asked in checked for name in asked}
        assert gone & used <= reported, other.name
