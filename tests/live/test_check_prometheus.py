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
from tailboard.prometheus.jobs import fetch_job_catalogue
from tailboard.prometheus.server import connect_prometheus
from tailboard.queries.promql import RANGE_SELECTOR

from .processes import wait_until
from .stand import VICTIM, Live
from .test_library_has_data import CONVENTIONS, NEVER_HAPPENS

FINE = {"data", "no such event yet"}
BESIDE_THE_VICTIM = (
    "prometheus_client_fastapi",
    "starlette_exporter",
    "django_prometheus",
    "litestar_app",
    "dramatiq_worker",
)
RATE_INTERVAL = "6s"
"""What Grafana's $__rate_interval is where Prometheus scrapes every second."""

Panel = tuple[str, str]
Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(
    live: Live,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Run the command on the dashboards of some services; what it says as JSON, and its code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(services: Mapping[str, Service]) -> dict[str, Any]:
        for service in services.values():
            for dashboard in build_service_dashboards(service):
                made = build_document(dashboard)
                (tmp_path / f"{made['uid']}.json").write_text(json.dumps(made))
        capsys.readouterr()
        code = main(["check", ".", "--prometheus", live.prometheus.url, "--json"])
        return {**json.loads(capsys.readouterr().out), "code": code}

    return run


def service(app: str, job: str) -> Service:
    convention = FLASK_EXPORTER_URL_RULE if app == VICTIM else CONVENTIONS[app]
    promises = Objectives(latency={0.99: 1.0}, availability=0.999)
    served = REQUESTS in convention.metrics
    return Service(job, {"job": job}, convention, promises if served else Objectives())


def states(report: dict[str, Any]) -> dict[Panel, set[str]]:
    """The states of each panel's queries."""
    found: dict[Panel, set[str]] = {}
    for it in report["queries"]:
        panel = (it["place"]["dashboard"], it["place"]["panel"])
        found.setdefault(panel, set()).add(it["state"])
    return found


@pytest.mark.slow
def test_every_panel_of_the_library_has_data_or_is_legitimately_empty(
    live: Live, check: Check
) -> None:
    report = check({app: service(app, live.jobs[app]["busy"]) for app in CONVENTIONS})
    wrong = [
        it
        for it in report["queries"]
        if it["state"] not in FINE
        and not any(
            it["place"]["dashboard"].startswith(app.replace("_", "-"))
            and it["place"]["panel"] == panel
            for app, panel in NEVER_HAPPENS
        )
    ]
    assert wrong == []
    having = [it for it in report["queries"] if it["state"] == "data"]
    assert len(having) > 0.9 * len(report["queries"])
    assert [it for it in report["findings"] if it["severity"] == "error"] == []
    assert {it["rule"] for it in report["findings"]} <= {
        "coarse-percentile",
        "few-buckets",
        "raw-path",
    }


@pytest.mark.parametrize("app", BESIDE_THE_VICTIM)
def test_a_convention_is_recognised_by_what_the_server_has_of_a_job(live: Live, app: str) -> None:
    with connect_prometheus(live.prometheus.url, environ={}) as server:
        found = recognize_convention(fetch_job_catalogue(server, live.jobs[app]["busy"]))
    assert found.convention.library == CONVENTIONS[app].library


@pytest.mark.slow
def test_a_program_that_ends_turns_exactly_its_own_panels(live: Live, check: Check) -> None:
    services = {app: service(app, live.jobs[app]["busy"]) for app in BESIDE_THE_VICTIM}
    services[VICTIM] = service(VICTIM, VICTIM)
    before = check(services)
    assert [it for it in before["queries"] if it["state"] not in FINE] == []

    live.victim.stop()
    of = f'{{job="{VICTIM}"}}'
    gone = f"up{of} == 0 unless on (job) rate(process_cpu_seconds_total{of}[{RATE_INTERVAL}])"
    assert wait_until(lambda: bool(live.prometheus.query(gone)), timeout=30, interval=0.25)
    after = check(services)

    assert after["code"] == 1
    assert {
        it["place"]["dashboard"].partition("-")[0]
        for it in after["queries"]
        if it["state"] not in FINE
    } == {VICTIM}
    now = states(after)
    turned = {panel for panel, found in now.items() if not found <= FINE}
    expected = {
        (it["place"]["dashboard"], it["place"]["panel"])
        for it in before["queries"]
        if it["place"]["dashboard"].startswith(VICTIM)
        and it["state"] == "data"
        and set(RANGE_SELECTOR.findall(it["expr"])) <= {"$__rate_interval"}
        and not any(own in it["expr"] for own in ("up{", "scrape_", "__name__"))
    }
    assert len(expected) > 10
    assert expected <= turned
    assert {state for panel in turned for state in now[panel]} <= {*FINE, "no data any more"}
    assert [
        (it["rule"], it["place"]["panel"])
        for it in after["findings"]
        if it["rule"] == "failing-target"
    ] == [("failing-target", VICTIM)]
