"""`tailboard check --prometheus` of the whole library, asked of a real Prometheus."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tailboard.cli.main import main
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.init.convention_match import recognize_convention
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import REQUESTS
from tailboard.panels.conventions import FLASK_EXPORTER_URL_RULE
from tailboard.prometheus.client.server import connect_prometheus
from tailboard.prometheus.jobs import fetch_job_catalogue
from tailboard.queries.parser.promql import RANGE_SELECTOR
from tests.live.apps import TYPICAL_APPS
from tests.live.environment.test_library_has_data import CONVENTIONS, EMPTY_PANELS
from tests.live.live_environment import VICTIM, LiveEnvironment
from tests.live.processes import wait_until
from tests.slow_marks import mark_slow

FINE_STATES = {"data", "no such event yet"}
OTHER_APPS = (
    "prometheus_client_fastapi",
    "starlette_exporter",
    "django_prometheus",
    "litestar_app",
    "dramatiq_worker",
)
RATE_INTERVAL = "6s"
"""What Grafana's $__rate_interval is where Prometheus scrapes every second."""

PanelName = tuple[str, str]
RunCheck = Callable[..., dict[str, Any]]


@pytest.fixture
def run_check(
    live_environment: LiveEnvironment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> RunCheck:
    """Run the command on the dashboards of some services; what it says as JSON, and its code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(services: Mapping[str, Service]) -> dict[str, Any]:
        for service in services.values():
            for dashboard in build_service_dashboards(service):
                document = build_document(dashboard)
                (tmp_path / f"{document['uid']}.json").write_text(json.dumps(document))
        capsys.readouterr()
        code = main(["check", ".", "--prometheus", live_environment.prometheus.url, "--json"])
        return {**json.loads(capsys.readouterr().out), "code": code}

    return run


def build_service(app: str, job: str) -> Service:
    convention = FLASK_EXPORTER_URL_RULE if app == VICTIM else CONVENTIONS[app]
    promises = Objectives(latency={0.99: 1.0}, availability=0.999)
    served = REQUESTS in convention.metrics
    return Service(job, {"job": job}, convention, promises if served else Objectives())


def list_states(report: dict[str, Any]) -> dict[PanelName, set[str]]:
    """The states of each panel's queries."""
    states_by_panel: dict[PanelName, set[str]] = {}
    for query in report["queries"]:
        panel = (query["place"]["dashboard"], query["place"]["panel"])
        states_by_panel.setdefault(panel, set()).add(query["state"])
    return states_by_panel


@pytest.mark.slow
def test_every_panel_of_the_library_has_data_or_is_legitimately_empty(
    live_environment: LiveEnvironment, run_check: RunCheck
) -> None:
    report = run_check(
        {app: build_service(app, live_environment.jobs[app]["busy"]) for app in CONVENTIONS}
    )
    wrong = [
        query
        for query in report["queries"]
        if query["state"] not in FINE_STATES
        and not any(
            query["place"]["dashboard"].startswith(app.replace("_", "-"))
            and query["place"]["panel"] == panel
            for app, panel in EMPTY_PANELS
        )
    ]
    assert wrong == []
    having = [query for query in report["queries"] if query["state"] == "data"]
    assert len(having) > 0.9 * len(report["queries"])
    assert [finding for finding in report["findings"] if finding["severity"] == "error"] == []
    assert {finding["rule"] for finding in report["findings"]} <= {
        "coarse-percentile",
        "few-buckets",
        "raw-path",
    }


@pytest.mark.parametrize("app", mark_slow(OTHER_APPS, TYPICAL_APPS))
def test_a_convention_is_recognised_by_what_the_server_has_of_a_job(
    live_environment: LiveEnvironment, app: str
) -> None:
    with connect_prometheus(live_environment.prometheus.url, environ={}) as server:
        recognition = recognize_convention(
            fetch_job_catalogue(server, live_environment.jobs[app]["busy"])
        )
    assert recognition.convention.library == CONVENTIONS[app].library


@pytest.mark.slow
def test_a_program_that_ends_turns_exactly_its_own_panels(
    live_environment: LiveEnvironment, run_check: RunCheck
) -> None:
    services = {app: build_service(app, live_environment.jobs[app]["busy"]) for app in OTHER_APPS}
    services[VICTIM] = build_service(VICTIM, VICTIM)
    before = run_check(services)
    assert [query for query in before["queries"] if query["state"] not in FINE_STATES] == []

    live_environment.victim.stop()
    of = f'{{job="{VICTIM}"}}'
    down_query = f"up{of} == 0 unless on (job) rate(process_cpu_seconds_total{of}[{RATE_INTERVAL}])"
    assert wait_until(
        lambda: bool(live_environment.prometheus.query(down_query)), timeout=30, interval=0.25
    )
    after = run_check(services)

    assert after["code"] == 1
    assert {
        query["place"]["dashboard"].partition("-")[0]
        for query in after["queries"]
        if query["state"] not in FINE_STATES
    } == {VICTIM}
    now = list_states(after)
    turned = {panel for panel, panel_states in now.items() if not panel_states <= FINE_STATES}
    expected = {
        (query["place"]["dashboard"], query["place"]["panel"])
        for query in before["queries"]
        if query["place"]["dashboard"].startswith(VICTIM)
        and query["state"] == "data"
        and set(RANGE_SELECTOR.findall(query["expr"])) <= {"$__rate_interval"}
        and not any(prefixes in query["expr"] for prefixes in ("up{", "scrape_", "__name__"))
    }
    assert len(expected) > 10
    assert expected <= turned
    assert {state for panel in turned for state in now[panel]} <= {*FINE_STATES, "no data any more"}
    assert [
        (finding["rule"], finding["place"]["panel"])
        for finding in after["findings"]
        if finding["rule"] == "failing-target"
    ] == [("failing-target", VICTIM)]
