"""The panels and rules of language models, asked of real servers about programs that run.

The client is OpenAI's library under OpenTelemetry; vLLM's exposition is recreated by
`apps/vllm_engine.py`.
"""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.cli.main import main
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import OTEL_GEN_AI_CLIENT, VLLM
from tests import ROOT
from tests.live.apps import MODEL_APPS
from tests.live.environment.test_library_has_data import PanelQuery, list_document_queries
from tests.live.processes import HOST, ChildProcesses, find_free_ports
from tests.live.prometheus_server import Prometheus, start_prometheus
from tests.live.steady_load import run_steady_load
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

pytestmark = pytest.mark.slow

ROLES = ("busy", "clean")
LOAD_SECONDS = 25
CONVENTIONS = {
    "2": {
        "otel_gen_ai": OTEL_GEN_AI_CLIENT,
        "vllm_engine": VLLM.evolve(prefix=("vllm:", "vllm_")),
    },
    "3": {"otel_gen_ai": OTEL_GEN_AI_CLIENT, "vllm_engine": VLLM},
}
"""By the version of Prometheus: prometheus-client writes colons for Prometheus 3 only."""
OBJECTIVES = {
    "otel_gen_ai": Objectives(first_token={0.95: 1.28}),
    "vllm_engine": Objectives(latency={0.99: 10.0}, first_token={0.95: 1.0}, availability=0.99),
}
EVENT_PANELS = {"Failed calls by error"}
"""Panels that show nothing where nothing fails."""


@dataclass(frozen=True)
class ModelEnvironment:
    """A Prometheus that scrapes the programs, with the rules of both."""

    prometheus: Prometheus
    version: str

    def build_service(self, app: str, role: str) -> Service:
        """The service of an application in one of its roles."""
        return build_service(self.version, app, role)

    def list_queries(self, app: str, role: str) -> list[PanelQuery]:
        """The queries of all dashboards of a service."""
        return [
            query
            for dashboard in build_service_dashboards(self.build_service(app, role))
            for query in list_document_queries(build_document(dashboard))
        ]

    def query_panel(self, app: str, role: str, title: str) -> list[float]:
        """The values of the lines of a panel on the dashboard of language models."""
        return [
            value
            for query in self.list_queries(app, role)
            if query.dashboard.endswith("Language models") and query.panel == title
            for _, value in self.prometheus.query(query.expression)
        ]


def build_service(version: str, app: str, role: str) -> Service:
    job = f"{app}-{role}"
    return Service(job, {"job": job}, CONVENTIONS[version][app], OBJECTIVES[app])


@pytest.fixture(scope="module", params=PROMETHEUS_VERSIONS)
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelEnvironment]:
    """Started once for each version, under load."""
    programs = require_prometheus(request.param)
    rules = [
        {**group, "interval": "1s"}
        for app in MODEL_APPS
        for group in build_groups(
            rules_of(build_service(programs.version, app, "busy")), Addresses()
        )
    ]
    with ExitStack() as stack:
        children = stack.enter_context(ChildProcesses(tmp_path_factory.mktemp("models")))
        ports = iter(find_free_ports(len(MODEL_APPS) * len(ROLES)))
        targets = {}
        for app in MODEL_APPS:
            places = {role: next(ports) for role in ROLES}
            children.start_process(
                app,
                [
                    sys.executable,
                    *("-m", "tests.live.apps", app),
                    *(f"{role}={port}" for role, port in places.items()),
                ],
                working_folder=ROOT,
            ).wait_for_ports(list(places.values()))
            targets.update({f"{app}-{role}": [f"{HOST}:{places[role]}"] for role in ROLES})
        prometheus = start_prometheus(children, targets, programs=programs, rules=rules)
        stack.enter_context(closing(prometheus))
        prometheus.wait_until_up(targets)
        time.sleep(LOAD_SECONDS)
        children.check_running()
        yield ModelEnvironment(prometheus, programs.version)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("app", MODEL_APPS)
def test_every_query_of_the_library_has_numbers(
    environment: ModelEnvironment, app: str, role: str
) -> None:
    queries = environment.list_queries(app, role)
    assert len(queries) > 25
    wrong = [
        str(query)
        for query in queries
        if not (samples := environment.prometheus.query(query.expression))
        or not all(math.isfinite(value) for _, value in samples)
        if role == "busy" or query.panel not in EVENT_PANELS
    ]
    assert wrong == []


@pytest.mark.parametrize("app", MODEL_APPS)
def test_percentiles_are_ordered_and_in_the_times_of_the_load(
    environment: ModelEnvironment, app: str
) -> None:
    for title in ("Time to first token", "Time between tokens", "Duration of model calls"):
        (p50, p95, p99) = environment.query_panel(app, "busy", title)
        assert 0 < p50 <= p95 <= p99 < 5, title
    assert 0.01 <= environment.query_panel(app, "busy", "Time between tokens")[0] <= 0.05
    assert environment.query_panel(app, "busy", "Time to first token")[0] >= 0.04


def test_failures_are_those_of_the_model_that_fails(environment: ModelEnvironment) -> None:
    """All calls of the broken model fail, and none of another."""
    busy = environment.query_panel("otel_gen_ai", "busy", "Failed calls by model")
    assert sorted(busy) == [0, 0, 1]
    assert set(environment.query_panel("otel_gen_ai", "clean", "Failed calls by model")) == {0}
    (engine,) = environment.query_panel("vllm_engine", "busy", "Failed calls by model")
    assert engine == pytest.approx(1 / 8, abs=0.09)


@pytest.mark.parametrize(("app", "ratio"), [("otel_gen_ai", 4), ("vllm_engine", 5)])
def test_tokens_are_counted_in_and_out(
    environment: ModelEnvironment, app: str, ratio: float
) -> None:
    (tokens_in, tokens_out) = environment.query_panel(app, "busy", "Tokens per second")
    assert tokens_in > 0
    assert tokens_in / tokens_out == pytest.approx(ratio, rel=0.05)


def test_the_queue_and_the_caches_of_an_engine_are_shown(environment: ModelEnvironment) -> None:
    assert environment.query_panel("vllm_engine", "busy", "Requests running and waiting") == [8, 3]
    assert environment.query_panel("vllm_engine", "busy", "Key-value cache in use") == [0.7]
    (hit_ratio,) = environment.query_panel("vllm_engine", "busy", "Prefix cache hit ratio")
    assert hit_ratio == pytest.approx(0.6)


@pytest.mark.parametrize("app", MODEL_APPS)
def test_first_tokens_keep_their_budget_in_the_recorded_series(
    environment: ModelEnvironment, app: str
) -> None:
    service = environment.build_service(app, "busy").slug
    selector = (
        f'service_objective:bad_requests:ratio_rate5m{{service="{service}",'
        'objective="first-token-p95"}'
    )
    ((_, ratio),) = environment.prometheus.query(selector)
    assert ratio == 0


@pytest.mark.parametrize("app", MODEL_APPS)
def test_what_init_writes_checks_and_fires_no_alert_in_fifteen_minutes_of_that_load(
    environment: ModelEnvironment,
    app: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", HOST)
    server = ["--prometheus", environment.prometheus.url]
    job = f"{app}-clean"
    for arguments in (
        ["init", *server, "--job", job, "--out", "models.py"],
        ["build", "models.py", "--out", "built"],
        ["lint", "models.py"],
        ["check", "models.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    rule_files = [*Path("built/rules").glob("*.rules.yaml")]
    assert rule_files
    promtool = require_prometheus(environment.version).promtool
    assert not run_steady_load(environment.prometheus, job, rule_files, promtool)
