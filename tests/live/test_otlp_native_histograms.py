"""OpenTelemetry's exponential histograms, sent by OTLP: Prometheus 3 stores them natively."""

import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.cli.main import main
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import DB_CONNECTIONS
from tailboard.panels.conventions import OTEL_HTTP_STABLE
from tailboard.panels.conventions.process import PROCESS
from tests import ROOT
from tests.live.apps import OTLP_APPS
from tests.live.environment.test_library_has_data import PanelQuery, list_document_queries
from tests.live.live_environment import BUSY_PER_SECOND
from tests.live.load_generator import BUSY_MIX, LoadGenerator, LoadTarget
from tests.live.processes import HOST, ChildProcesses, find_free_port
from tests.live.prometheus_server import Prometheus, start_prometheus
from tests.prometheus_programs import require_prometheus

pytestmark = pytest.mark.slow

(APP,) = OTLP_APPS
JOB = f"{APP}-busy"
LOAD_SECONDS = 25
# Prometheus' translation leaves the unit out of db_client_connections_usage_connections.
SERVICE = Service(
    "shop",
    {"job": JOB},
    OTEL_HTTP_STABLE.evolve(has_targets=False, metrics=dict.fromkeys([*PROCESS, DB_CONNECTIONS])),
    Objectives(latency={0.99: 1.0}, availability=0.999),
    histograms="native",
)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Started once, with the service's own rules, and under load."""
    rules = build_groups(rules_of(SERVICE), Addresses())
    with ExitStack() as stack:
        children = stack.enter_context(ChildProcesses(tmp_path_factory.mktemp("exponential")))
        server = start_prometheus(
            children,
            {},
            programs=require_prometheus("3"),
            rules=[{**group, "interval": "1s"} for group in rules],
            otlp_translation="UnderscoreEscapingWithSuffixes",
        )
        stack.enter_context(closing(server))
        port = find_free_port()
        children.start_process(
            APP,
            [sys.executable, "-m", "tests.live.apps", APP, f"busy={port}"],
            environment={
                "LIVE_OTLP_URL": f"{server.url}/api/v1/otlp/v1/metrics",
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": (
                    "base2_exponential_bucket_histogram"
                ),
            },
            working_folder=ROOT,
        ).wait_for_ports([port])
        target = LoadTarget(f"http://{HOST}:{port}", BUSY_MIX, BUSY_PER_SECOND)
        load = stack.enter_context(LoadGenerator([target]))
        load.run_load(LOAD_SECONDS)
        yield server


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no proxy on the way."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", HOST)


def list_queries() -> list[PanelQuery]:
    return [
        query
        for dashboard in build_service_dashboards(SERVICE)
        for query in list_document_queries(build_document(dashboard))
    ]


def query_panel(prometheus: Prometheus, title: str) -> list[float]:
    """The values of the lines of a panel on the overview."""
    return [
        value
        for query in list_queries()
        if query.dashboard.endswith("Overview") and query.panel == title
        for _, value in prometheus.query(query.expression)
    ]


def test_the_histograms_have_no_classic_series(prometheus: Prometheus) -> None:
    name = "http_server_request_duration_seconds"
    assert prometheus.query(f"histogram_count(sum({name}))")
    assert not prometheus.query(f"{name}_bucket")
    assert not prometheus.query(f"{name}_count")


def test_every_query_of_the_library_has_numbers(prometheus: Prometheus) -> None:
    queries = list_queries()
    assert len(queries) > 50
    wrong = [
        str(query)
        for query in queries
        if not (samples := prometheus.query(query.expression))
        or not all(math.isfinite(value) for _, value in samples)
    ]
    assert wrong == []


def test_percentiles_are_ordered_and_the_error_ratio_is_that_of_the_load(
    prometheus: Prometheus,
) -> None:
    (p50, p95, p99) = query_panel(prometheus, "Latency percentiles")
    assert 0 < p50 <= p95 <= p99 <= 1
    (error_ratio,) = query_panel(prometheus, "Error ratio (5xx)")
    assert error_ratio == pytest.approx(2 / 16, abs=0.09)


def test_every_rule_is_evaluated(prometheus: Prometheus) -> None:
    answer = requests.get(f"{prometheus.url}/api/v1/rules", timeout=10).json()
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    assert len(rules) > 20
    assert [rule for rule in rules if rule["health"] != "ok"] == []


def test_what_init_writes_of_it_builds_lints_and_checks(
    prometheus: Prometheus, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ["--prometheus", prometheus.url]
    for arguments in (
        ["init", *server, "--job", JOB, "--out", "otlp.py"],
        ["build", "otlp.py"],
        ["lint", "otlp.py"],
        ["check", "otlp.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    assert 'histograms="native"' in Path("otlp.py").read_text()
