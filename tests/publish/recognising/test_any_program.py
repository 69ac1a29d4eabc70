"""Whatever a program leaves out of what its libraries expose, the definition fits the rest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.alerts import rules_of
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.check.query_states import check_queries
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.library import build_service_dashboards, own
from tailboard.init.convention_match import recognize_convention
from tailboard.init.objective_proposal import propose_objectives
from tailboard.init.own_metrics import find_own_metrics
from tailboard.panels import Service
from tailboard.panels.conventions import CONVENTIONS
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject
from tests.panels.test_conventions import EXPOSED

from .expositions import catalogue, exposition
from .test_definition_text import service_of, text_of

FINE = {"data", "no such event yet"}
names = st.sampled_from([it.name for it in CONVENTIONS])
samples = st.sets(st.sampled_from(sorted({it for all_ in EXPOSED.values() for it, _, _ in all_})))


def subjects_of(service: Service, own_dashboard: Dashboard) -> list[Subject]:
    made = list(build_service_dashboards(service))
    rules = build_groups(rules_of(service, dashboards=made), Addresses())
    documents = [
        build_document_subject(build_document(it), "shop.py") for it in (*made, own_dashboard)
    ]
    return [*documents, build_rules_subject(rules, service.slug, "shop.py")]


@settings(max_examples=40, deadline=None)
@given(names, names, samples, samples)
def test_the_definition_of_any_program_fits_it(
    name: str, other: str, missing: set[str], silent: set[str]
) -> None:
    text = exposition(name, *missing, *silent)
    text += exposition(other, *(it for it, _, _ in EXPOSED[name]), *missing)
    text += "".join(f"# TYPE {it} counter\n" for it in sorted(silent) if it.endswith("_total"))
    there = catalogue(text + "waiting 1\n")
    found = recognize_convention(there)
    service = service_of(text_of(text + "waiting 1\n"))
    assert service.convention.metrics == found.convention.metrics
    assert service.objectives.latency == (
        {0.99: it} if (it := propose_objectives(there, found).latency) is not None else {}
    )
    left = find_own_metrics(there, found)
    dashboard = own(service, histograms=left.histograms, counters=left.counters, gauges=left.gauges)
    assert [
        it for it in check_queries(subjects_of(service, dashboard), there) if it.state not in FINE
    ] == []
