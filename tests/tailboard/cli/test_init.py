"""`tailboard init`: what it writes works at once, and what it says is what there is."""

from __future__ import annotations

import sys

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.slow_marks import mark_slow
from tests.tailboard.init.library_expositions import format_exposition
from tests.workspace import Workspace

CONVENTION_NAMES = [convention.name for convention in CONVENTIONS]
SHOP_EXPOSITION = """
# TYPE orders_total counter
orders_total{outcome="ok"} 1
orders_total{outcome="failed"} 1
# TYPE size summary
size_count 1
size_sum 1
"""


@pytest.fixture
def exposition_workspace(workspace: Workspace) -> Workspace:
    """A folder with what a program exposes."""
    workspace.write_file("shop.prom", format_exposition("prometheus_client") + SHOP_EXPOSITION)
    return workspace


@pytest.mark.parametrize(
    "name", mark_slow(CONVENTION_NAMES, ["prometheus_client", "celery_exporter"])
)
def test_what_init_writes_builds_lints_and_checks(workspace: Workspace, name: str) -> None:
    workspace.write_file("program.prom", format_exposition(name) + SHOP_EXPOSITION)
    result = workspace.run_tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert (result.exit_code, result.stdout) == (0, "")
    workspace.run_build("made.py")
    workspace.write_file("tailboard.toml", 'runbook_url = "https://wiki.example.org/{anchor}"\n')
    linted = workspace.run_tailboard("lint", "made.py")
    assert (linted.exit_code, linted.stdout) == (0, ""), linted.output
    checked = workspace.run_tailboard("check", "made.py", "--metrics", "program.prom")
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize(
    "text",
    [
        'python_info{version="3.11"} 1\n',
        "process_cpu_seconds_total 1\npython_info 1\n",
        "status_codes_counter 1\n",
        SHOP_EXPOSITION,
        "orders_waiting 1\nloaded_timestamp_seconds 1\nerror_ratio 1\nsent_bytes_total 1\n",
    ],
    ids=["info", "process", "unknown", "own", "habits"],
)
def test_a_program_of_no_library_gets_what_there_is(workspace: Workspace, text: str) -> None:
    workspace.write_file("program.prom", text)
    result = workspace.run_tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert "program: no library that is known here" in result.stderr
    workspace.run_build("made.py")
    assert workspace.run_tailboard("lint", "made.py").exit_code == 0
    assert workspace.run_tailboard("check", "made.py", "--metrics", "program.prom").exit_code == 0


def test_the_report_says_what_was_found_and_what_not(exposition_workspace: Workspace) -> None:
    exposition_workspace.write_file(
        "shop.prom",
        format_exposition("prometheus_client", "http_requests_in_flight") + SHOP_EXPOSITION,
    )
    run = exposition_workspace.run_tailboard("init", "--metrics", "shop.prom")
    lines = run.stderr.splitlines()
    assert (
        lines[0] == "shop: prometheus-client 0.26.0, own middleware (convention prometheus_client)"
    )
    assert "  requests              http_requests_total{endpoint, method, http_status}" in lines
    assert "  requests in flight: there is no http_requests_in_flight." in lines
    assert "Own counter: orders_total by outcome" in lines
    assert "Own summary: size" in lines
    assert lines[-7:] == [
        "Wrote shop.py. First of all set what is only a guess: the name 'shop', the job 'shop'.",
        "A server knows the program by its job; another one's panels are all empty:",
        "  tailboard init --metrics shop.prom --name NAME --job JOB --out shop.py --force",
        "Then look at the objectives, and:",
        "  tailboard build shop.py",
        "  tailboard lint shop.py",
        "  tailboard check shop.py --metrics shop.prom",
    ]


def test_a_guessed_job_is_the_first_thing_to_set_in_the_file_too(
    exposition_workspace: Workspace,
) -> None:
    exposition_workspace.write_file("metrics.prom", format_exposition("prometheus_client"))
    guess = "# First of all: the name and the job are a guess."
    exposition_workspace.run_tailboard("init", "--metrics", "metrics.prom")
    before, _, after = (exposition_workspace.root / "service.py").read_text().partition(guess)
    assert "Service(" in after
    assert "Service(" not in before
    run = exposition_workspace.run_tailboard(
        "init", "--metrics", "metrics.prom", "--name", "My shop"
    )
    assert "the job 'My shop'." in run.stderr
    assert "init --metrics metrics.prom --name 'My shop' --job JOB --out" in run.stderr
    assert (
        "# First of all: the job is a guess."
        in (exposition_workspace.root / "my-shop.py").read_text()
    )


def test_objectives_are_only_to_be_looked_at_where_there_are_some(workspace: Workspace) -> None:
    workspace.write_file("metrics.prom", "orders_waiting 1\n")
    run = workspace.run_tailboard("init", "--metrics", "metrics.prom")
    assert "\nThen:\n" in run.stderr
    options = ("--metrics", "metrics.prom", "--job", "web", "--force")
    assert "Wrote service.py. Look at the name 'service', then:" in (
        workspace.run_tailboard("init", *options).stderr
    )
    named = workspace.run_tailboard("init", *options, "--name", "service")
    assert "Wrote service.py. Then:" in named.stderr
    assert "objectives" not in run.stderr + named.stderr


@pytest.mark.parametrize("name", ["flask_exporter", "starlette_exporter", "django_prometheus"])
def test_several_workers_are_why_there_is_no_process(workspace: Workspace, name: str) -> None:
    lines = format_exposition(name).splitlines(keepends=True)
    other_lines = [line for line in lines if "process_" not in line and "python_" not in line]
    workspace.write_file("program.prom", "".join(other_lines))
    run = workspace.run_tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    reason = "no process_* and python_* are exposed, as with several workers"
    assert f"  CPU time: {reason}; use container_cpu_usage_seconds_total of cAdvisor." in run.stderr


def test_workers_of_an_own_middleware_are_told_as_a_guess(workspace: Workspace) -> None:
    workspace.write_file("program.prom", format_exposition("prometheus_client_multiprocess"))
    run = workspace.run_tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert (
        "(convention prometheus_client_multiprocess, a guess, since there is no pro" in run.stderr
    )
    assert "in multi-process mode;" not in run.stderr


def test_what_was_said_is_no_guess(exposition_workspace: Workspace) -> None:
    run = exposition_workspace.run_tailboard("init", "--metrics", "shop.prom", "--job", "web")
    assert "Wrote shop.py. Look at the name 'shop', the objectives, then:" in run.stderr
    assert "guess" not in (exposition_workspace.root / "shop.py").read_text()


def test_a_worker_is_not_told_that_it_does_not_push(workspace: Workspace) -> None:
    workspace.write_file("worker.prom", format_exposition("prometheus_client_jobs"))
    run = workspace.run_tailboard("init", "--metrics", "worker.prom")
    assert "last failed push" not in run.output + (workspace.root / "worker.py").read_text()


def test_the_report_is_json_for_programs(exposition_workspace: Workspace) -> None:
    exposition_workspace.write_file(
        "shop.prom",
        format_exposition("starlette_exporter").replace("starlette_", "http_") + SHOP_EXPOSITION,
    )
    report = exposition_workspace.run_tailboard(
        "init", "--metrics", "shop.prom", "--job", "web", "--json"
    ).json
    assert report["file"] == "shop.py"
    assert (report["service"], report["jobs"]) == ("shop", ["web"])
    assert (report["convention"], report["prefix"]) == ("starlette_exporter", "http")
    assert report["found"][0] == {
        "concept": "requests",
        "metrics": ["http_requests_total"],
        "labels": ["path", "method", "status_code"],
        "state": "found",
    }
    assert {entry["concept"] for entry in report["missing"]} >= {"exceptions", "query duration"}
    assert report["own"]["counters"] == {"orders_total": ["outcome"]}
    assert report["own"]["summaries"] == {"size": []}
    assert report["without_panel"] == {}
    assert report["outcomes"] == {"orders_total": {"label": "outcome", "success": "ok"}}
    assert report["objectives"] == {"latency": 0.25, "availability": 0.999, "omissions": []}


def test_a_definition_is_written_among_the_others(exposition_workspace: Workspace) -> None:
    (exposition_workspace.root / "definitions").mkdir()
    assert (
        exposition_workspace.run_tailboard(
            "init", "--metrics", "shop.prom", "--name", "The Shop"
        ).exit_code
        == 0
    )
    assert (
        'Service(\n    "The Shop"'
        in (exposition_workspace.root / "definitions/the-shop.py").read_text()
    )


def test_nothing_is_overwritten_unless_forced(exposition_workspace: Workspace) -> None:
    exposition_workspace.write_file("shop.py", "mine = 1\n")
    run = exposition_workspace.run_tailboard("init", "--metrics", "shop.prom")
    assert (run.exit_code, (exposition_workspace.root / "shop.py").read_text()) == (2, "mine = 1\n")
    assert "shop.py is there already\nTip: name another file with --out" in run.stderr
    assert (
        exposition_workspace.run_tailboard("init", "--metrics", "shop.prom", "--force").exit_code
        == 0
    )
    assert "Service(" in (exposition_workspace.root / "shop.py").read_text()


def test_the_definition_goes_to_stdout_alone(exposition_workspace: Workspace) -> None:
    run = exposition_workspace.run_tailboard("init", "--metrics", "shop.prom", "--out", "-")
    assert run.stdout.startswith('"""shop: its dashboards')
    assert run.stdout.endswith('("outcome",)}),\n]\n')
    assert not (exposition_workspace.root / "shop.py").exists()
    assert "Wrote" not in run.stderr


def test_the_folder_of_a_build_is_not_the_file(exposition_workspace: Workspace) -> None:
    exposition_workspace.write_file("tailboard.toml", 'out = "somewhere"\n')
    assert exposition_workspace.run_tailboard("init", "--metrics", "shop.prom").exit_code == 0
    assert (exposition_workspace.root / "shop.py").is_file()


@pytest.mark.parametrize(
    ("file", "resource", "name"),
    [
        ("orders.v1.prom", "", "orders"),
        ("metrics.prom", "", "service"),
        ("metrics.prom", 'target_info{service_name="billing"} 1\n', "billing"),
        ("orders.prom", 'target_info{service_name="unknown_service"} 1\n', "orders"),
    ],
)
def test_a_name_is_guessed(workspace: Workspace, file: str, resource: str, name: str) -> None:
    workspace.write_file(file, format_exposition("otel_http_stable") + resource)
    assert workspace.run_tailboard("init", "--metrics", file, "--json").json["service"] == name


def test_pushed_jobs_are_selected_by_their_own_names(workspace: Workspace) -> None:
    workspace.write_file("gateway.prom", format_exposition("pushgateway_jobs"))
    run = workspace.run_tailboard("init", "--metrics", "gateway.prom", "--out", "-")
    assert 'selector={"job": one_of("a", "b")}' in run.stdout


def test_several_sources_are_one_program(exposition_workspace: Workspace) -> None:
    exposition_workspace.write_file("more.prom", "# TYPE waiting gauge\nwaiting 1\n")
    run = exposition_workspace.run_tailboard(
        "init", "--metrics", "shop.prom", "--metrics", "more.prom", "--json"
    )
    assert run.json["own"]["gauges"] == {"waiting": []}
    assert "--metrics shop.prom --metrics more.prom" in run.stderr


def test_a_program_that_did_nothing_yet_is_to_be_asked_again(workspace: Workspace) -> None:
    workspace.write_file("idle.prom", "# TYPE http_requests_total counter\n")
    run = workspace.run_tailboard("init", "--metrics", "idle.prom")
    assert (run.exit_code, "let the program answer a few requests" in run.stderr) == (2, True)
    workspace.write_file("idle.prom", "# TYPE http_requests_total counter\nup_since_seconds 1\n")
    run = workspace.run_tailboard("init", "--metrics", "idle.prom")
    assert (run.exit_code, "http_requests_total had no event yet" in run.stderr) == (0, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("<!doctype html>", "an HTML page"), ('{"a": 1}', "JSON"), ("", "is empty")],
)
def test_what_is_not_metrics_is_refused(workspace: Workspace, content: str, problem: str) -> None:
    workspace.write_file("m.prom", content)
    run = workspace.run_tailboard("init", "--metrics", "m.prom")
    assert (run.exit_code, problem in run.stderr) == (2, True)
    assert not [*workspace.root.glob("*.py")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "--metrics URL|FILE"),
        (("--metrics", "shop.prom", "--out", "-", "--json"), "both write to stdout"),
        (("--metrics", "shop.prom", "--name", " "), "is no name"),
        (("--metrics", "shop.prom", "--out", "shop.json"), "give it the suffix .py"),
        (("--metrics", "shop.prom", "--out", "no/shop.py"), "no/shop.py: No such file"),
        (("--metrics", "gone.prom"), "gone.prom: No such file"),
    ],
)
def test_a_wrong_command_line_says_what_to_do(
    exposition_workspace: Workspace, arguments: tuple[str, ...], problem: str
) -> None:
    run = exposition_workspace.run_tailboard("init", *arguments)
    assert (run.exit_code, problem in run.stderr) == (2, True), run.stderr


def test_a_password_in_an_address_is_never_shown(workspace: Workspace) -> None:
    address = "http://anna:hidden@127.0.0.1:1/metrics?key=hidden"
    run = workspace.run_tailboard("init", "--metrics", address)
    assert run.exit_code == 2
    assert "hidden" not in run.output


def test_an_applications_registry_is_as_good_as_what_it_exposes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write_file(
        "billing/metrics.py",
        """
        from prometheus_client import CollectorRegistry, Counter

        REGISTRY = CollectorRegistry()
        Counter("orders_total", "Orders", ["outcome"], registry=REGISTRY).labels("ok").inc()
        """,
    )
    monkeypatch.delitem(sys.modules, "billing", raising=False)
    run = workspace.run_tailboard("init", "--registry", "billing.metrics:REGISTRY", "--json")
    assert (run.json["service"], run.json["own"]["counters"]) == (
        "billing",
        {"orders_total": ["outcome"]},
    )
    assert "  tailboard check billing-service.py --registry billing.metrics:REGISTRY" in run.stderr
    assert workspace.run_tailboard("lint", "billing-service.py").exit_code == 0


def test_what_prometheus_refuses_gets_no_definition(workspace: Workspace) -> None:
    workspace.write_file("shop.prom", "# TYPE orders_total counter\norders_total 1\r\n")
    run = workspace.run_tailboard("init", "--metrics", "shop.prom", "--out", "shop.py")
    assert run.exit_code == 1
    assert "Prometheus refuses shop.prom: line 2: a line ends with a carriage return" in run.stderr
    assert not (workspace.root / "shop.py").exists()


def test_a_program_without_traffic_is_recognised_and_its_definition_is_green(
    workspace: Workspace,
) -> None:
    lines = format_exposition("flask_exporter").splitlines(keepends=True)
    kept_lines = [line for line in lines if line.startswith(("# ", "process_", "python_"))]
    workspace.write_file("program.prom", "".join(kept_lines))
    run = workspace.run_tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert "Note: recognised by names and types alone, since nothing was requested" in run.stderr
    assert "# Recognised by names and types alone" in (workspace.root / "made.py").read_text()
    workspace.run_build("made.py")
    assert workspace.run_tailboard("lint", "made.py").exit_code == 0
    assert workspace.run_tailboard("check", "made.py", "--metrics", "program.prom").exit_code == 0
