"""OpenTelemetry's own names, sent by OTLP to Prometheus 3: queries, rules, init and check."""

import json
import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.cli.main import main
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import resolve_convention
from tests import ROOT
from tests.live.apps import OTLP_APPS
from tests.live.environment.test_library_has_data import PanelQuery, list_document_queries
from tests.live.generated_expositions import GeneratedExposition
from tests.live.live_environment import BUSY_PER_SECOND
from tests.live.load_generator import BUSY_MIX, LoadGenerator, LoadTarget
from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until
from tests.live.prometheus_server import Prometheus, start_prometheus
from tests.live.test_exposition_verdict import serve_expositions
from tests.prometheus_programs import require_prometheus

pytestmark = pytest.mark.slow

STRATEGIES = {
    "otel_http_utf8": "NoTranslation",
    "otel_http_utf8_suffixes": "NoUTF8EscapingWithSuffixes",
}
(APP,) = OTLP_APPS
JOB = f"{APP}-busy"
LOAD_SECONDS = 25
OBJECTIVES = Objectives(latency={0.99: 1.0}, availability=0.999)


@dataclass(frozen=True)
class OtlpEnvironment:
    """A Prometheus 3 that one application sends to, and the convention of its names."""

    convention: str
    service: Service
    prometheus: Prometheus

    def list_queries(self) -> list[PanelQuery]:
        """The queries of the service's dashboards."""
        return [
            query
            for dashboard in build_service_dashboards(self.service)
            for query in list_document_queries(build_document(dashboard))
        ]

    def query_panel(self, title: str) -> list[float]:
        """The values of the lines of a panel on the overview."""
        return [
            value
            for query in self.list_queries()
            if query.dashboard.endswith("Overview") and query.panel == title
            for _, value in self.prometheus.query(query.expression)
        ]


@pytest.fixture(scope="module", params=STRATEGIES)
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OtlpEnvironment]:
    """Started once for each convention, with the service's own rules, and under load."""
    programs = require_prometheus("3")
    service = Service("shop", {"job": JOB}, resolve_convention(request.param), OBJECTIVES)
    rules = build_groups(rules_of(service), Addresses())
    with ExitStack() as stack:
        children = stack.enter_context(ChildProcesses(tmp_path_factory.mktemp("otlp")))
        prometheus = start_prometheus(
            children,
            {},
            programs=programs,
            rules=[{**group, "interval": "1s"} for group in rules],
            otlp_translation=STRATEGIES[request.param],
        )
        stack.enter_context(closing(prometheus))
        port = find_free_port()
        children.start_process(
            APP,
            [sys.executable, "-m", "tests.live.apps", APP, f"busy={port}"],
            environment={"LIVE_OTLP_URL": f"{prometheus.url}/api/v1/otlp/v1/metrics"},
            working_folder=ROOT,
        ).wait_for_ports([port])
        target = LoadTarget(f"http://{HOST}:{port}", BUSY_MIX, BUSY_PER_SECOND)
        load = stack.enter_context(LoadGenerator([target]))
        load.run_load(LOAD_SECONDS)
        yield OtlpEnvironment(request.param, service, prometheus)


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no proxy on the way."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", HOST)


def test_every_query_of_the_library_has_numbers(environment: OtlpEnvironment) -> None:
    queries = environment.list_queries()
    assert len(queries) > 50
    wrong = [
        str(query)
        for query in queries
        if not (samples := environment.prometheus.query(query.expression))
        or not all(math.isfinite(value) for _, value in samples)
    ]
    assert wrong == []


def test_percentiles_are_ordered_and_the_error_ratio_is_that_of_the_load(
    environment: OtlpEnvironment,
) -> None:
    (p50, p95, p99) = environment.query_panel("Latency percentiles")
    assert 0 < p50 <= p95 <= p99 <= 1
    (error_ratio,) = environment.query_panel("Error ratio (5xx)")
    assert error_ratio == pytest.approx(2 / 16, abs=0.09)


def test_every_rule_is_evaluated_and_what_is_recorded_is_there(
    environment: OtlpEnvironment,
) -> None:
    answer = requests.get(f"{environment.prometheus.url}/api/v1/rules", timeout=10).json()
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    assert len(rules) > 20
    assert [rule for rule in rules if rule["health"] != "ok"] == []
    rates = [rule["name"] for rule in rules if rule["name"].endswith("_count:rate5m")]
    assert rates
    assert [name for name in rates if not environment.prometheus.query(name)] == []
    recorded = Service(
        "shop", {"job": JOB}, environment.service.convention, OBJECTIVES, recorded=True
    )
    empty = [
        str(query)
        for dashboard in build_service_dashboards(recorded)
        for query in list_document_queries(build_document(dashboard))
        if query.dashboard.endswith("Overview")
        and not environment.prometheus.query(query.expression)
    ]
    assert empty == []


def test_what_init_writes_of_it_builds_lints_and_checks(
    environment: OtlpEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ["--prometheus", environment.prometheus.url]
    for arguments in (
        ["init", *server, "--job", JOB, "--out", "otlp.py"],
        ["build", "otlp.py"],
        ["lint", "otlp.py"],
        ["check", "otlp.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    assert environment.convention.upper() in Path("otlp.py").read_text()


def test_a_mistyped_label_is_answered_with_the_right_one(
    environment: OtlpEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:
    name = environment.service.convention.metrics
    (metric, *_) = name.values()
    expression = f'sum by ("http.rout") (rate({{"{metric.name}_count",job="{JOB}"}}[1m])) > 1e9'
    rule = {"record": "a:b:rate1m", "expr": expression}
    Path("rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": [rule]}]}))
    arguments = ["check", "rules.yaml", "--prometheus", environment.prometheus.url]
    assert main(arguments) == 1
    out = "".join(capsys.readouterr())
    assert "no series has the label http.rout\n" in out
    assert "did you mean http.route?" in out


WILD_EXPOSITION = r"""# TYPE "orders.created_total" counter
{"orders.created_total","sales:channel"="web"} 4
{"orders.created_total","sales:channel"="a\"b}{"} 2
# TYPE "订单 {总数} \"x\"" gauge
{"订单 {总数} \"x\"","渠道.类型"="网站",plain="a"} 3
# TYPE "import took.seconds" histogram
{"import took.seconds_bucket",le="1"} 1
{"import took.seconds_bucket",le="2"} 2
{"import took.seconds_bucket",le="3"} 2
{"import took.seconds_bucket",le="+Inf"} 3
{"import took.seconds_sum"} 4.5
{"import took.seconds_count"} 3
"""


def test_scraped_names_with_quotes_braces_colons_spaces_and_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content_type = "text/plain; version=1.0.0; escaping=allow-utf-8"
    exposition = GeneratedExposition(content_type, WILD_EXPOSITION.encode())
    with ExitStack() as stack:
        target = f"{HOST}:{stack.enter_context(serve_expositions([exposition]))}"
        children = stack.enter_context(ChildProcesses(tmp_path))
        prometheus = start_prometheus(
            children,
            {"wild": [target]},
            programs=require_prometheus("3"),
            scrape_options={"wild": {"metrics_path": "/0"}},
        )
        stack.enter_context(closing(prometheus))
        prometheus.wait_until_up(["wild"])
        assert wait_until(lambda: len(prometheus.query("rate(up[5s])")) == 1, timeout=20)
        server = ["--prometheus", prometheus.url]
        for arguments in (
            ["init", *server, "--job", "wild", "--out", "wild_metrics.py"],
            ["build", "wild_metrics.py"],
            ["lint", "wild_metrics.py"],
            ["check", "wild_metrics.py", *server],
        ):
            assert main(arguments) == 0, "".join(capsys.readouterr())
        report = "".join(capsys.readouterr())
    for line in (
        "Own counter: orders.created_total by sales:channel",
        'Own gauge: 订单 {总数} "x" by plain, 渠道.类型',
        "Own histogram: import took.seconds",
    ):
        assert line in report


def test_prometheus_2_is_said_not_to_read_such_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = Service("shop", {"job": "shop"}, resolve_convention("otel_http_utf8"), OBJECTIVES)
    for dashboard in build_service_dashboards(service):
        document = build_document(dashboard)
        Path(f"{document['uid']}.json").write_text(json.dumps(document))
    with ChildProcesses(tmp_path) as children:
        prometheus = start_prometheus(children, {}, programs=require_prometheus("2"))
        with closing(prometheus):
            assert main(["check", "shop-overview.json", "--prometheus", prometheus.url]) == 1
    out = " ".join("".join(capsys.readouterr()).split())
    assert "this server does not read names in quotes" in out
    assert "Prometheus 3 reads them" in out
