"""Whatever a program leaves out of what its libraries expose, the definition fits the rest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.check.query_states import check_queries
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.library import build_service_dashboards, own
from tailboard.init.convention_match import recognize_convention
from tailboard.init.objective_proposal import propose_objectives
from tailboard.init.own_metrics import find_own_metrics
from tailboard.panels import Service
from tailboard.panels.conventions import CONVENTIONS
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject
from tests.example_counts import count_examples
from tests.panels.test_conventions import EXPOSED_SAMPLES
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue
from tests.tailboard.init.test_definition_text import read_service, render_text_definition

FINE_STATES = {"data", "no such event yet"}
names = st.sampled_from([convention.name for convention in CONVENTIONS])
samples = st.sets(
    st.sampled_from(sorted({sample for all_ in EXPOSED_SAMPLES.values() for sample, _, _ in all_}))
)


def list_subjects(service: Service, own_dashboard: Dashboard) -> list[Subject]:
    dashboards = list(build_service_dashboards(service))
    rules = build_groups(rules_of(service, dashboards=dashboards), Addresses())
    documents = [
        build_document_subject(build_document(dashboard), "shop.py")
        for dashboard in (*dashboards, own_dashboard)
    ]
    return [*documents, build_rules_subject(rules, service.slug, "shop.py")]


@settings(max_examples=count_examples(40))
@given(names, names, samples, samples)
def test_the_definition_of_any_program_fits_it(
    name: str, other_name: str, missing: set[str], silent: set[str]
) -> None:
    text = format_exposition(name, *missing, *silent)
    text += format_exposition(
        other_name, *(sample for sample, _, _ in EXPOSED_SAMPLES[name]), *missing
    )
    text += "".join(
        f"# TYPE {sample} counter\n" for sample in sorted(silent) if sample.endswith("_total")
    )
    catalogue = read_catalogue(text + "waiting 1\n")
    recognition = recognize_convention(catalogue)
    service = read_service(render_text_definition(text + "waiting 1\n"))
    assert service.convention.metrics == recognition.convention.metrics
    assert service.objectives.latency == (
        {0.99: threshold}
        if (threshold := propose_objectives(catalogue, recognition).latency) is not None
        else {}
    )
    own_metrics = find_own_metrics(catalogue, recognition)
    dashboard = own(service, **own_metrics.labels_by_kind)
    assert [
        query
        for query in check_queries(list_subjects(service, dashboard), catalogue)
        if query.state not in FINE_STATES
    ] == []
