"""The library's dashboards of each convention, checked against what every program exposes.

What is missing there is found, by name, and nothing else is.
"""

from __future__ import annotations

from functools import cache

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.check.query_states import CheckResult, check_queries
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.init.presence import Presence, classify_presence, list_metric_series
from tailboard.panels import Service
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, resolve_convention
from tailboard.queries.parser.promql import find_selectors, parse_expression
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue

FINE_STATES = {"data", "no such event yet"}


@cache
def list_subjects(name: str) -> list[Subject]:
    service = Service("shop", {"job": "shop"}, resolve_convention(name))
    dashboards = list(build_service_dashboards(service))
    rules = build_groups(rules_of(service, dashboards=dashboards), Addresses())
    documents = [
        build_document_subject(build_document(dashboard), "shop.py") for dashboard in dashboards
    ]
    return [*documents, build_rules_subject(rules, service.slug, "shop.py")]


def list_series_names(query: CheckResult, convention_of_query: Convention) -> set[str]:
    """The series of the convention that a query asks for."""
    series_of_convention = {
        name
        for metric in convention_of_query.metrics.values()
        for name in list_metric_series(metric)
    }
    tree = parse_expression(query.expr).tree
    return (
        series_of_convention & {query_series.name for query_series in find_selectors(tree)}
        if tree is not None
        else set()
    )


@pytest.mark.parametrize("library", CONVENTIONS, ids=lambda convention: convention.name)
def test_a_library_finds_all_in_its_own_program(library: Convention) -> None:
    checked = check_queries(
        list_subjects(library.name), read_catalogue(format_exposition(library.name))
    )
    assert checked
    assert [query for query in checked if query.state not in FINE_STATES] == []


@pytest.mark.slow
@pytest.mark.parametrize("library", CONVENTIONS, ids=lambda convention: convention.name)
def test_in_every_other_program_exactly_the_missing_is_missing(library: Convention) -> None:
    for other_convention in CONVENTIONS:
        if other_convention is library:
            continue
        catalogue = read_catalogue(format_exposition(other_convention.name))
        states = {
            c: classify_presence(series, library, catalogue)
            for c, series in library.metrics.items()
        }
        absent = {c for c, concept_state in states.items() if concept_state is Presence.ABSENT}
        whole = {
            series
            for c in {*library.metrics} - absent
            for series in list_metric_series(library.metrics[c])
        }
        gone = {
            series
            for c in absent
            for series in list_metric_series(library.metrics[c])
            if series not in catalogue.metrics and series not in whole
        }
        checked = [
            (query, list_series_names(query, library))
            for query in check_queries(list_subjects(library.name), catalogue)
        ]
        for query_result, names_of_query in checked:
            if query_result.state in FINE_STATES:
                assert not names_of_query & gone, (other_convention.name, query_result)
            else:
                assert names_of_query - whole, (other_convention.name, query_result)
        reported = {
            name
            for query_result, names_of_query in checked
            if query_result.state not in FINE_STATES
            for name in names_of_query
        }
        used = {name for _, names_of_query in checked for name in names_of_query}
        assert gone & used <= reported, other_convention.name
