"""Native histograms of Prometheus 3: scraped, converted from buckets, and both while migrating."""

import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
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
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.own import observations, percentiles
from tailboard.panels.selection import HistogramStorage
from tests import ROOT
from tests.live.environment.test_library_has_data import (
    PanelQuery,
    expand_variables,
    list_document_queries,
)
from tests.live.live_environment import BUSY_PER_SECOND
from tests.live.load_generator import BUSY_MIX, LoadGenerator, LoadTarget
from tests.live.processes import HOST, ChildProcesses, find_free_port
from tests.live.prometheus_server import SELF, Prometheus, start_prometheus
from tests.prometheus_programs import require_prometheus

pytestmark = pytest.mark.slow

APP = "prometheus_client_fastapi"
LOAD_SECONDS = 25
OBJECTIVES = Objectives(latency={0.99: 1.0}, availability=0.999)
CONVERSION = {"convert_classic_histograms_to_nhcb": True, "scrape_native_histograms": True}
SCRAPE_OPTIONS = {
    "classic": {},
    "native": CONVERSION,
    "both": {**CONVERSION, "always_scrape_classic_histograms": True},
    "prometheus": {"scrape_native_histograms": True},
}
"""One program, scraped in three ways, and Prometheus itself, whose own histograms are native."""

STORAGES: tuple[tuple[str, HistogramStorage], ...] = (
    ("native", "native"),
    ("native", "both"),
    ("both", "native"),
    ("both", "both"),
    ("classic", "both"),
)
"""A job, and how its service says that its histograms are stored."""


@dataclass(frozen=True)
class NativeEnvironment:
    """A Prometheus 3 with the jobs of `SCRAPE_OPTIONS`, and with the rules of their services."""

    prometheus: Prometheus

    def query_panel(self, service: Service, title: str) -> list[float]:
        """The values of the lines of a panel on the overview."""
        return [
            value
            for query in list_queries(service)
            if query.dashboard.endswith("Overview") and query.panel == title
            for _, value in self.prometheus.query(query.expression)
        ]


def build_service(job: str, histograms: HistogramStorage) -> Service:
    return Service(
        f"{job} {histograms}", {"job": job}, PROMETHEUS_CLIENT, OBJECTIVES, histograms=histograms
    )


def list_queries(service: Service) -> list[PanelQuery]:
    return [
        query
        for dashboard in build_service_dashboards(service)
        for query in list_document_queries(build_document(dashboard))
    ]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeEnvironment]:
    """Started once, under load."""
    groups = [
        {**group, "name": f"{group['name']} {job} {histograms}", "interval": "1s"}
        for job, histograms in STORAGES
        for group in build_groups(rules_of(build_service(job, histograms)), Addresses())
    ]
    with ExitStack() as stack:
        children = stack.enter_context(ChildProcesses(tmp_path_factory.mktemp("native")))
        port = find_free_port()
        children.start_process(
            APP, [sys.executable, "-m", "tests.live.apps", APP, f"busy={port}"], working_folder=ROOT
        ).wait_for_ports([port])
        targets = {
            job: [SELF if job == "prometheus" else f"{HOST}:{port}"] for job in SCRAPE_OPTIONS
        }
        prometheus = start_prometheus(
            children,
            targets,
            programs=require_prometheus("3"),
            scrape_options=SCRAPE_OPTIONS,
            rules=groups,
        )
        stack.enter_context(closing(prometheus))
        prometheus.wait_until_up(targets)
        load_target = LoadTarget(f"http://{HOST}:{port}", BUSY_MIX, BUSY_PER_SECOND)
        load = stack.enter_context(LoadGenerator([load_target]))
        load.run_load(LOAD_SECONDS)
        yield NativeEnvironment(prometheus)


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no proxy on the way."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", HOST)


each_storage = pytest.mark.parametrize(("job", "histograms"), STORAGES)


@each_storage
def test_every_query_of_the_library_has_numbers(
    environment: NativeEnvironment, job: str, histograms: HistogramStorage
) -> None:
    queries = list_queries(build_service(job, histograms))
    assert len(queries) > 80
    wrong = [
        str(query)
        for query in queries
        if not (samples := environment.prometheus.query(query.expression))
        or not all(math.isfinite(value) for _, value in samples)
    ]
    assert wrong == []


@each_storage
def test_what_is_stored_natively_says_the_same_as_buckets(
    environment: NativeEnvironment, job: str, histograms: HistogramStorage
) -> None:
    """The same program and the same bounds; scrapes are some milliseconds apart."""
    service, classic = build_service(job, histograms), build_service("classic", "classic")
    for panel in ("Latency percentiles", "The mean that lies, and P99", "Requests"):
        values = environment.query_panel(service, panel)
        assert values == pytest.approx(environment.query_panel(classic, panel), rel=0.25, abs=0.02)
        assert values


def test_every_rule_is_evaluated_and_what_is_recorded_is_there(
    environment: NativeEnvironment,
) -> None:
    answer = requests.get(f"{environment.prometheus.url}/api/v1/rules", timeout=10).json()
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    assert len(rules) > 100
    assert [rule for rule in rules if rule["health"] != "ok"] == []
    name = "service_endpoint:http_request_duration_seconds:rate5m"
    services = {
        labels["service"]
        for labels, _ in environment.prometheus.query(f"count by (service) ({name})")
    }
    assert services == {"native-native", "native-both", "both-native", "both-both"}


def test_prometheus_own_histograms_are_scraped_natively(environment: NativeEnvironment) -> None:
    service = Service("prometheus", {"job": "prometheus"}, PROMETHEUS_CLIENT, histograms="native")
    histogram = "prometheus_http_request_duration_seconds"
    values = [
        value
        for panel in (percentiles(service, histogram), observations(service, histogram))
        for target in panel.targets
        for _, value in environment.prometheus.query(expand_variables(target.expr))
    ]
    assert len(values) == 4
    assert values[:3] == sorted(values[:3])
    assert all(value > 0 for value in values)


@pytest.mark.parametrize(
    ("job", "storage"),
    [("classic", ""), ("native", "native"), ("both", "both"), ("prometheus", "both")],
)
def test_what_init_writes_of_a_job_builds_lints_and_checks(
    environment: NativeEnvironment, job: str, storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ["--prometheus", environment.prometheus.url]
    for arguments in (
        ["init", *server, "--job", job, "--out", "shop.py"],
        ["build", "shop.py"],
        ["lint", "shop.py"],
        ["check", "shop.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    text = Path("shop.py").read_text()
    assert ("histograms=" in text) == bool(storage)
    assert not storage or f'histograms="{storage}"' in text
    assert ("PROMETHEUS_CLIENT" in text) == (job != "prometheus")
    assert ("latency={0.99:" in text) == (job != "prometheus")


@each_storage
def test_check_of_the_library_finds_nothing(
    environment: NativeEnvironment,
    job: str,
    histograms: HistogramStorage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("shop.py").write_text(
        "from tailboard import Objectives, Service\n"
        "from tailboard.panels.conventions import PROMETHEUS_CLIENT\n"
        f"services = [Service('shop', {{'job': '{job}'}}, PROMETHEUS_CLIENT,\n"
        f"    Objectives(latency={{0.99: 1.0}}, availability=0.999), histograms='{histograms}')]\n"
    )
    code = main(["check", "shop.py", "--prometheus", environment.prometheus.url])
    assert code == 0, "".join(capsys.readouterr())
