"""The application's own registry feeds its dashboards, or the test says what it does not feed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    Info,
    Metric,
    Summary,
)
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tailboard.check.query_states import check_queries
from tailboard.check.states import DATA, EVENTLESS, NO_LABEL, NO_METRIC
from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.registry import (
    _build_declarations,
    import_registry,
    read_registry,
    render_registry,
)
from tailboard.publish.errors import TailboardError
from tailboard.pytest_plugin import FeedAssertion
from tailboard.queries.subject import build_document_subject
from tests.workspace import Workspace

DEFINITION = """
from tailboard.dashboards import Dashboard, Row
from tailboard.panels import Query, kinds

dashboard = Dashboard(
    "Orders",
    rows=[Row("R", [kinds.timeseries(
        "Made",
        [Query('sum by (outcome) (rate(orders_total{job="orders"}[$__rate_interval]))', "x")],
        description="d",
        unit="ops",
    )])],
)
"""

APPLICATION_MODULE = """
from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()
Counter("orders_total", "Orders", ["outcome"], registry=REGISTRY).labels("ok").inc()
OTHER = CollectorRegistry()
Counter("users_total", "Users", registry=OTHER).inc()
"""


@pytest.fixture
def orders_workspace(workspace: Workspace) -> Workspace:
    """A folder with a definition and an application."""
    workspace.write_file("orders.py", DEFINITION)
    return workspace


def build_registry(*labels: str) -> CollectorRegistry:
    collector_registry = CollectorRegistry()
    counter = Counter("orders_total", "Orders", list(labels), registry=collector_registry)
    (counter.labels(*labels) if labels else counter).inc()
    return collector_registry


def test_a_registry_that_has_it_all_feeds_the_dashboards(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    fed("orders.py", registry=build_registry("outcome"))


def test_what_is_not_fed_is_told_with_the_way_out(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    with pytest.raises(pytest.fail.Exception) as excinfo:
        fed("orders.py", registry=build_registry("outcom"))
    text = str(excinfo.value)
    assert "1 of 1 queries are not fed" in text
    assert "orders.py: orders: Made: A: no such label: no series has the label outcome" in text
    assert "did you mean outcom?" in text


@pytest.mark.parametrize(
    ("definition", "metrics", "problem"),
    [
        ("nofile.py", "metrics.prom", "nofile.py"),
        ("broken.py", "metrics.prom", "line 1"),
        ("orders.py", "no.prom", "no.prom"),
    ],
)
def test_what_cannot_be_read_fails_without_a_traceback(
    orders_workspace: Workspace, fed: FeedAssertion, definition: str, metrics: str, problem: str
) -> None:
    orders_workspace.write_file("broken.py", "raise ValueError\n")
    orders_workspace.write_file("metrics.prom", "orders_total 1\n")
    with pytest.raises(pytest.fail.Exception, match=problem) as excinfo:
        fed(definition, metrics=[metrics])
    assert excinfo.value.pytrace is False


def test_what_to_do_in_a_test_is_told_in_python(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"target_labels=\['outcome'\]") as excinfo:
        fed("orders.py", registry=build_registry("kind"))
    assert "--" not in str(excinfo.value)


def test_queries_that_lack_the_same_are_told_once(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    orders_workspace.write_file("orders.py", DEFINITION.replace('"x")]', '"x")] * 5'))
    with pytest.raises(pytest.fail.Exception, match="5 of 5 queries are not fed") as excinfo:
        fed("orders.py", registry=build_registry("outcom"))
    assert str(excinfo.value).count("did you mean") == 1
    assert (
        "Made: A, orders.py: orders: Made: B, orders.py: orders: Made: C and 2 more: no such"
        in (str(excinfo.value))
    )


def test_what_the_settings_allow_may_be_absent(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    orders_workspace.write_file(
        "tailboard.toml", '[[may_be_empty]]\npanel = "Made"\nreason = "not yet"\n'
    )
    fed("orders.py", registry=build_registry("outcom"))


def test_without_a_registry_the_default_one_is_meant(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    with pytest.raises(pytest.fail.Exception, match="no such metric"):
        fed("orders.py")


def test_metrics_as_text_do_too(orders_workspace: Workspace, fed: FeedAssertion) -> None:
    orders_workspace.write_file("metrics.txt", 'orders_total{outcome="ok"} 1\n')
    fed(Path("orders.py"), metrics=["metrics.txt"])


def test_the_plugin_is_there_wherever_tailboard_is_installed(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("tailboard")


@pytest.mark.parametrize(("name", "count"), [("tailboard.py", 1), ("orders.py", 0)])
def test_the_plugin_warns_of_a_module_of_the_same_name(
    workspace: Workspace, name: str, count: int
) -> None:
    workspace.write_file(name, "x = 1")
    workspace.write_file("test_x.py", "def test_x(): pass")
    program = "import sys, pytest; sys.exit(pytest.main(['-p', 'no:cacheprovider', 'test_x.py']))"
    run = workspace.run_process(program=program, PYTHONSAFEPATH="1")  # as the program pytest is
    assert run.exit_code == 0, run.output
    assert run.stdout.count("has the name of the installed package tailboard") == count


@pytest.mark.parametrize(("name", "code"), [("REGISTRY", 0), ("OTHER", 1)])
def test_the_command_takes_a_registry_by_its_name(
    orders_workspace: Workspace, name: str, code: int
) -> None:
    module = f"application_{name.lower()}"
    orders_workspace.write_file(f"{module}.py", APPLICATION_MODULE)
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", f"{module}:{name}")
    assert run.exit_code == code, run.output


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nothing", "does not name a registry"),
        ("no_such_module:REGISTRY", "cannot be imported: ModuleNotFoundError"),
        ("os:nothing", "the module os has no nothing"),
        ("os:path.nothing", "the module posixpath has no nothing"),
        ("os:name.nothing", "a str has no nothing"),
        ("os:path", "'module' is not a registry of prometheus-client"),
    ],
)
def test_what_is_no_registry_is_refused_with_the_way_out(name: str, problem: str) -> None:
    with pytest.raises(TailboardError, match=problem) as excinfo:
        render_registry(import_registry(name))
    assert excinfo.value.tip


def test_what_the_application_prints_is_no_data(orders_workspace: Workspace) -> None:
    print_statements = 'import os\nprint("by print")\nos.write(1, b"by descriptor\\n")\n'
    orders_workspace.write_file("noisy_app.py", APPLICATION_MODULE + print_statements)
    arguments = ("check", "--json", "--registry", "noisy_app:REGISTRY", "orders.py")
    result = orders_workspace.run_process(*arguments)
    assert json.loads(result.stdout)["queries"]
    assert {"by print", "by descriptor"} <= {*result.stderr.splitlines()}


FRESH_REGISTRY_PROGRAM = """
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
Counter("http_requests", "", ["method", "endpoint", "status"], registry=REGISTRY)
Histogram(
    "http_request_duration_seconds", "", ["method", "endpoint"], buckets=(0.1, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
Counter("sold", "", ["country"], registry=REGISTRY)
Histogram("upload_seconds", "", ["country"], registry=REGISTRY)
"""
SILENT_REGISTRY = CollectorRegistry()
Counter("requests", "", ["verb", "path", "status"], registry=SILENT_REGISTRY)
Histogram("took_seconds", "", ["path"], buckets=(0.1, 1, 1_000_000), registry=SILENT_REGISTRY)
Summary("size_bytes", "", ["path"], registry=SILENT_REGISTRY)
Gauge("waiting", "", ["queue"], registry=SILENT_REGISTRY)
Info("build", "", ["of"], registry=SILENT_REGISTRY)
Enum("state", "", ["of"], states=["up"], registry=SILENT_REGISTRY)


def find_state(
    expression: str, source: Collector | CollectorRegistry = SILENT_REGISTRY
) -> tuple[str, str]:
    """The state of a query beside a registry, and what is said of it."""
    catalogue = Catalogue()
    read_registry(source, catalogue, "the registry")
    panel = {"title": "P", "targets": [{"expr": expression}]}
    (query,) = check_queries(
        [build_document_subject({"uid": "d", "panels": [panel]}, "d.json")], catalogue
    )
    return query.state, f"{query.problem}: {query.tip}"


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("sum by (path) (rate(requests_total[5m]))", ""),
        ('requests_total{status="500", verb=~"P.+", none=""}', ""),
        ('took_seconds_bucket{le="1"} / on (path) took_seconds_count', ""),
        ('took_seconds_bucket{le="1e+06"}', ""),
        ('took_seconds_bucket{le="+Inf", path!="/a"}', ""),
        ("histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket[5m])))", ""),
        ("size_bytes_sum / size_bytes_count", ""),
        ('waiting{queue="a"}', ""),
        ('build_info{version="1"}', ""),
        ('state{state="up"}', ""),
        ('requests_total{http_status="500"}', "has the label http_status: did you mean status?"),
        ("sum by (route) (requests_total)", "has the label route: it has verb, path, status."),
        ("sum by (le) (took_seconds_sum)", "no series has the label le"),
        ('took_seconds_bucket{le="0.5"}', "choose the bound of a bucket: there is +Inf, 0.1,"),
        ("request_total", "there is no request_total: did you mean requests_total?"),
        ("took_seconds", "it is exposed as took_seconds_bucket, took_seconds_count,"),
        ('{__name__="requests_total", route="/"}', "no series has the label route"),
    ],
)
def test_of_a_metric_without_an_event_yet_labels_and_bounds_are_known(
    expression: str, wrong: str
) -> None:
    query_state, text = find_state(expression)
    assert (query_state in {NO_LABEL, NO_METRIC}) is bool(wrong), text
    assert query_state != DATA
    assert wrong in text


def test_a_metric_with_an_event_is_judged_by_it() -> None:
    registry = build_registry("outcome")
    other_registry = CollectorRegistry()
    Counter("orders_total", "", ["kind"], registry=other_registry)
    catalogue = Catalogue()
    read_registry(registry, catalogue, "one")
    read_registry(other_registry, catalogue, "other")
    assert catalogue.find_metric("orders_total") is catalogue.metrics["orders_total"]


class CustomCollector(Collector):
    """A collector of the application's own, which somebody takes for a registry."""

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("mine", "", 1)


def test_collectors_and_registries_of_somebody_else_are_read_as_ever() -> None:
    registry = CollectorRegistry()
    registry.register(CustomCollector())
    assert find_state("mine", registry)[0] == DATA
    assert find_state("mine", CustomCollector())[0] == DATA


class FailingCollector(Collector):
    """A collector that asks a database that is gone."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        raise RuntimeError("password=hunter2")


def test_a_collector_that_fails_is_named_without_what_it_says() -> None:
    registry = CollectorRegistry()
    registry.register(FailingCollector())
    with pytest.raises(TailboardError) as excinfo:
        render_registry(registry)
    assert "RuntimeError" in str(excinfo.value)
    assert f"{Path(__file__).name}:" in str(excinfo.value)
    assert "hunter2" not in str(excinfo.value)


def test_what_an_application_says_when_it_fails_may_hold_secrets(
    orders_workspace: Workspace,
) -> None:
    orders_workspace.write_file(
        "broken_app.py", 'import os\n\nraise RuntimeError("db password=hunter2")\n'
    )
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", "broken_app:REGISTRY")
    assert run.exit_code == 2
    assert "broken_app:REGISTRY cannot be imported: RuntimeError at broken_app.py:3" in run.stderr
    assert "hunter2" not in run.output


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x = (\n", "SyntaxError at failing_app_0.py:1"),
        ("\nimport sys\nsys.exit('hunter2')\n", "SystemExit at failing_app_1.py:3"),
        ("def f():\n    raise KeyError('hunter2')\nf()\n", "KeyError at failing_app_2.py:2"),
    ],
    ids=range(3),
)
def test_an_application_that_fails_is_named_with_the_line(
    orders_workspace: Workspace, source: str, problem: str
) -> None:
    module = problem.partition(" at ")[2].partition(".")[0]
    (orders_workspace.root / f"{module}.py").write_text(source)
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", f"{module}:REGISTRY")
    assert (run.exit_code, problem in run.stderr) == (2, True), run.output
    assert "hunter2" not in run.output


def test_another_version_of_the_client_may_keep_its_bounds_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = CollectorRegistry()
    histogram = Histogram("took_seconds", "", ["path"], registry=registry)
    monkeypatch.setattr(histogram, "_upper_bounds", None)
    assert find_state('took_seconds_bucket{le="0.3"}', registry)[0] == EVENTLESS
    assert find_state("sum by (route) (took_seconds_bucket)", registry)[0] == NO_LABEL
    monkeypatch.setattr(histogram, "_labelnames", None)
    assert [*_build_declarations(registry)] == []
    monkeypatch.setattr(registry, "_collector_to_names", None)
    assert [*_build_declarations(registry)] == []


@pytest.mark.parametrize(
    ("name", "tip"),
    [("REGISTY", "did you mean REGISTRY or OTHER?"), ("NOPE", "did you mean REGISTRY or OTHER?")],
)
def test_a_name_that_the_module_lacks_is_told_with_the_registries_in_it(
    orders_workspace: Workspace, name: str, tip: str
) -> None:
    module = f"app_without_{name.lower()}"
    orders_workspace.write_file(
        f"{module}.py", APPLICATION_MODULE + 'SOLD = Counter("sold", "", registry=OTHER)\n'
    )
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", f"{module}:{name}")
    assert run.exit_code == 2
    assert f"the module {module} has no {name}" in run.stderr
    assert tip in run.stderr
    assert "imported" not in run.stderr


def test_a_metric_is_refused_as_a_registry(orders_workspace: Workspace, fed: FeedAssertion) -> None:
    orders_workspace.write_file(
        "app_of_metrics.py", APPLICATION_MODULE + 'REQUESTS = Counter("seen", "", registry=OTHER)'
    )
    run = orders_workspace.run_tailboard(
        "check", "orders.py", "--registry", "app_of_metrics:REQUESTS"
    )
    assert (run.exit_code, "a Counter is one metric, and no registry" in run.stderr) == (2, True), (
        run.output
    )
    assert "CollectorRegistry" in run.stderr
    with pytest.raises(pytest.fail.Exception, match="a Histogram is one metric"):
        fed("orders.py", registry=Histogram("took", "", registry=CollectorRegistry()))


def test_a_part_of_a_registry_is_read_as_one() -> None:
    part = build_registry("outcome").restricted_registry(["orders_total"])
    catalogue = Catalogue()
    read_registry(part, catalogue, "part")
    assert "orders_total" in catalogue.metrics


def test_without_a_definition_nothing_is_fed(fed: FeedAssertion) -> None:
    with pytest.raises(pytest.fail.Exception, match="no definition is named") as excinfo:
        fed(registry=build_registry("outcome"))
    assert excinfo.value.pytrace is False


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (CollectorRegistry(), "a CollectorRegistry is not the path .*\n.*registry=REGISTRY"),
        (["orders.py"], "a list is not the path of a definition\n.*by itself"),
    ],
    ids=["registry", "list"],
)
def test_what_is_no_path_of_a_definition_is_refused(
    orders_workspace: Workspace, fed: FeedAssertion, wrong: Any, message: str
) -> None:
    with pytest.raises(pytest.fail.Exception, match=message):
        fed("orders.py", wrong)


def test_one_label_and_one_text_may_stand_alone(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    orders_workspace.write_file("metrics.txt", "orders_total 1\n")
    fed("orders.py", metrics="metrics.txt", target_labels="outcome")
    with pytest.raises(pytest.fail.Exception, match="no series has the label outcome"):
        fed("orders.py", metrics="metrics.txt", target_labels="out")


def test_a_module_that_is_missing_is_named(orders_workspace: Workspace) -> None:
    orders_workspace.write_file("lacking_app.py", "import no_such_library\n")
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", "lacking_app:REGISTRY")
    assert "ModuleNotFoundError (no_such_library) at lacking_app.py:1" in run.stderr


def test_a_wrong_label_of_an_application_that_did_nothing_yet_is_told(
    orders_workspace: Workspace, fed: FeedAssertion
) -> None:
    fresh = CollectorRegistry()
    Counter("orders_total", "Orders", ["result"], registry=fresh)
    with pytest.raises(pytest.fail.Exception, match="no series has the label outcome"):
        fed("orders.py", registry=fresh)
    orders_workspace.write_file(
        "fresh_app.py", FRESH_REGISTRY_PROGRAM.replace("http_requests", "orders")
    )
    run = orders_workspace.run_tailboard("check", "orders.py", "--registry", "fresh_app:REGISTRY")
    assert run.exit_code == 1
    assert "no series has the label outcome" in run.stdout


def test_an_application_that_did_nothing_yet_is_recognised_by_its_labels(
    orders_workspace: Workspace,
) -> None:
    orders_workspace.write_file("fresh_shop.py", FRESH_REGISTRY_PROGRAM)
    options = ("--registry", "fresh_shop:REGISTRY")
    report = orders_workspace.run_tailboard("init", *options, "--json", "--out", "made.py").json
    assert report["convention"].startswith("prometheus_client")
    assert report["labels"] == {"http_status": "status"}
    assert {metric["state"] for metric in report["found"]} == {"no event yet"}
    assert "(0.1, 0.5, 1, 2, 5)" in (orders_workspace.root / "made.py").read_text()
    orders_workspace.run_build("made.py")
    assert orders_workspace.run_tailboard("lint", "made.py").exit_code == 0
    checked = orders_workspace.run_tailboard("check", "made.py", *options)
    assert checked.exit_code == 0, checked.output
    assert report["own"]["counters"] == {"sold_total": ["country"]}
    assert report["own"]["histograms"] == {"upload_seconds": ["country"]}
    orders_workspace.write_file(
        "renamed_shop.py", FRESH_REGISTRY_PROGRAM.replace('"status"', '"outcome"')
    )
    checked = orders_workspace.run_tailboard(
        "check", "made.py", "--registry", "renamed_shop:REGISTRY"
    )
    assert (checked.exit_code, "no series has the label status" in checked.stdout) == (1, True)
