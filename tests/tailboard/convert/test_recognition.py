"""What tailboard has ready comes back as the calls that build it."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tailboard.convert.conversion import convert_dashboard
from tailboard.dashboards import Dashboard, Row
from tailboard.dashboards import build_document as build_stored_document
from tailboard.dashboards.library import fleet, overview, own, routes, slo
from tailboard.panels import Objectives, Query, Service, kinds, latency, matches
from tailboard.panels.conventions import (
    CELERY_EXPORTER,
    CONVENTIONS,
    FASTAPI_INSTRUMENTATOR,
    PROMETHEUS_CLIENT,
)
from tests.dashboards.sample_dashboards import build_library_documents, build_service
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel

SERVICE = build_service(PROMETHEUS_CLIENT)
MAX_SHARE = 0.1
"""How many lines a definition may have for each of its JSON."""


def check_library_definition(document: Document) -> str:
    """The definition of a library dashboard: it proves itself, and is a tenth of the JSON."""
    conversion = convert_dashboard(document)
    assert not conversion.differences
    json_lines = json.dumps(document, indent=2).count("\n")
    assert conversion.text.count("\n") <= MAX_SHARE * json_lines
    assert "raw(" not in conversion.text
    return conversion.text


@pytest.mark.parametrize("name", ["fleet", "slo", "business"])
@pytest.mark.parametrize("kind", ["fixed", pytest.param("every", marks=pytest.mark.slow)])
def test_a_dashboard_of_the_library_is_one_call(name: str, kind: str) -> None:
    documents = build_library_documents()
    (document,) = [
        document
        for key, document in documents.items()
        if key.startswith(f"prometheus_client-{kind}/") and key.endswith(name)
    ]
    assert f"dashboard = library.{name}(" in check_library_definition(document)


@pytest.mark.slow
@pytest.mark.parametrize("convention", [convention.name for convention in CONVENTIONS])
def test_every_dashboard_of_a_convention_comes_back_as_a_call(convention: str) -> None:
    for key, document in build_library_documents().items():
        if key.partition("/")[0] in {f"{convention}-fixed", f"{convention}-every"}:
            assert "= library." in check_library_definition(document), key


FLEET = (
    Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT),
    Service("Mail queue", {"job": "mail", "env": "prod"}, CELERY_EXPORTER),
    Service("shop", {"job": matches("shop.*")}, FASTAPI_INSTRUMENTATOR),
)


def test_a_fleet_of_several_services_is_their_declarations_and_one_call() -> None:
    text = check_library_definition(build_stored_document(fleet(FLEET)))
    assert 'ORDERS = Service("orders", selector={"job": "orders-api"}, ' in text
    assert 'selector={"job": matches("shop.*")}' in text
    assert text.endswith("\ndashboard = library.fleet([ORDERS, MAIL_QUEUE, SHOP])\n")


def test_a_fleet_has_the_objective_that_its_table_draws() -> None:
    objectives = Objectives(availability=0.9)
    services = [replace(service, objectives=objectives) for service in FLEET]
    text = check_library_definition(build_stored_document(fleet(services)))
    assert "objectives=Objectives(error_ratio=0.1)" in text


def test_a_fleet_with_another_heading_is_the_call_with_what_differs() -> None:
    document = {**build_stored_document(fleet(FLEET)), "title": "Everything"}
    text = convert_dashboard(document).text
    assert 'replace(library.fleet([ORDERS, MAIL_QUEUE, SHOP]), title="Everything")' in text


def test_a_fleet_with_another_panel_is_no_call() -> None:
    document = build_stored_document(fleet(FLEET))
    document["panels"][1]["title"] = "Mine"
    conversion = convert_dashboard(document)
    assert "library.fleet" not in conversion.text
    assert not conversion.differences


def test_the_service_is_read_from_the_queries() -> None:
    text = convert_dashboard(build_stored_document(overview(SERVICE))).text
    assert text.endswith(
        """\
ORDERS = Service(
    "orders",
    selector={"job": "orders"},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1}, availability=0.999),
)

dashboard = library.overview(ORDERS)
"""
    )


@pytest.mark.parametrize(
    "objectives",
    [
        Objectives(latency={0.9: 0.25}, availability=0.99),
        Objectives(availability=0.9995, error_ratio=0.02, window="7d"),
        pytest.param(Objectives(latency={0.5: 0.1, 0.95: 0.4, 0.999: 2.5}), marks=pytest.mark.slow),
    ],
)
def test_objectives_come_back_from_thresholds(objectives: Objectives) -> None:
    service = Service("Shop", {"job": "shop", "env": "prod"}, PROMETHEUS_CLIENT, objectives)
    for build in (slo, overview):
        dashboard = build(service)
        text = check_library_definition(build_stored_document(dashboard))
        namespace: dict[str, Any] = {}
        exec(text, namespace)
        assert build_stored_document(namespace["dashboard"]) == build_stored_document(dashboard)


def test_a_dashboard_with_another_heading_is_the_call_with_what_differs() -> None:
    document = {**build_stored_document(routes(SERVICE)), "title": "Mine", "refresh": "5s"}
    text = convert_dashboard(document).text
    assert 'dashboard = replace(library.routes(ORDERS), title="Mine", refresh="5s")' in text


def test_metrics_that_no_convention_knows_are_named() -> None:
    dashboard = own(
        SERVICE,
        histograms={"upload_duration_seconds": ["kind"]},
        counters={"mails_sent_total": ["outcome"]},
        gauges={"queue_depth": ["queue"]},
        shares={"cache_filled_ratio": []},
    )
    text = check_library_definition(build_stored_document(dashboard))
    assert 'histograms={"upload_duration_seconds": ["kind"]}' in text


def edit_overview(edit: Callable[[dict[str, Document]], None]) -> str:
    """The definition of an overview in which somebody edited panels, by their titles."""
    document = copy.deepcopy(build_stored_document(overview(SERVICE)))
    edit({panel["title"]: panel for panel in document["panels"]})
    conversion = convert_dashboard(document)
    assert not conversion.differences
    return conversion.text


def test_a_changed_panel_is_the_call_with_what_differs() -> None:
    def edit(panels: dict[str, Document]) -> None:
        panels["P50 latency"]["title"] = "Median"
        panels["Latency percentiles"]["description"] = "Mine"
        panels["Error ratio (5xx)"]["fieldConfig"]["defaults"]["unit"] = "percent"
        panels["CPU"]["options"]["tooltip"] = {"mode": "single"}

    text = edit_overview(edit)
    assert 'attr.evolve(latency.current(ORDERS_SELECTED, fraction=0.5), title="Median")' in text
    assert 'attr.evolve(latency.percentiles(ORDERS_SELECTED), description="Mine")' in text
    assert 'attr.evolve(errors.ratio(ORDERS_SELECTED), unit="percent")' in text
    assert "raw(" not in text


def test_a_panel_with_another_query_is_written_out() -> None:
    def edit(panels: dict[str, Document]) -> None:
        panels["CPU"]["targets"][0]["expr"] = "sum(rate(cpu_total[5m]))"

    text = edit_overview(edit)
    assert '"sum(rate(cpu_total[5m]))"' in text
    assert text.count("saturation.") == 1


def test_panels_of_a_service_stand_among_others() -> None:
    dashboard = Dashboard(
        "Mixed",
        rows=[
            Row("Ours", [latency.percentiles(SERVICE), latency.heatmap(SERVICE)]),
            Row("Others", [build_panel("Kafka lag", gridPos={"h": 5, "w": 12})]),
        ],
    )
    text = convert_dashboard(build_stored_document(dashboard)).text
    assert 'Row("Ours", [latency.percentiles(ORDERS), latency.heatmap(ORDERS)])' in text
    assert "ORDERS_SELECTED" not in text
    assert "TimeSeries(" in text


def test_a_panel_in_the_house_style_is_a_call_of_its_kind() -> None:
    panels = [
        kinds.timeseries(
            "Depth",
            [Query("sum by (queue) (queue_depth)", "{{queue}}")],
            description="What waits.",
            unit="short",
            thresholds=[(1000, "yellow")],
            colors={"mail": "red"},
        ),
        kinds.stat("Total", [Query("sum(queue_depth)")], description="All.", unit="short"),
        kinds.text("Runbook", "# Start\n\nanother `worker`"),
        kinds.heatmap("Waits", Query("sum by (le) (w)", "{{le}}"), description="d", unit="s"),
    ]
    document = build_stored_document(Dashboard("Queue", rows=[Row("Queue", panels)]))
    conversion = convert_dashboard(document)
    assert not conversion.differences
    assert "raw(" not in conversion.text
    for kind in ("timeseries", "stat", "text", "heatmap"):
        assert f"{kind}(" in conversion.text


def test_a_dashboard_of_others_has_no_service() -> None:
    text = convert_dashboard(build_document(build_panel())).text
    assert "Service" not in text


def test_a_narrowed_service_has_a_name_of_its_own() -> None:
    narrow = SERVICE.narrow({"instance": matches("$instance")})
    document = build_stored_document(
        Dashboard("Both", rows=[Row("", [latency.heatmap(SERVICE), latency.current(narrow)])])
    )
    text = convert_dashboard(document).text
    assert 'ORDERS_SELECTED = ORDERS.narrow({"instance": matches("$instance")})' in text
    assert "latency.heatmap(ORDERS)" in text
    assert "latency.current(ORDERS_SELECTED)" in text
