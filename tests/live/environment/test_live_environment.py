"""The environment of the live tests: programs, load, Prometheus and their shutdown."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests import ROOT
from tests.live.apps import (
    APPS,
    HTTP_APPS,
    MODEL_APPS,
    OTLP_APPS,
    PUSHING_APPS,
    TYPICAL_APPS,
)
from tests.live.live_environment import ROLES, LiveEnvironment
from tests.live.processes import (
    HOST,
    ChildProcesses,
    StartUpError,
    find_free_port,
    find_free_ports,
    is_port_open,
    require_binary,
    wait_until,
)
from tests.live.prometheus_server import PrometheusError
from tests.slow_marks import mark_slow

PULLED_APPS = [app for app in APPS if app not in PUSHING_APPS]

each_pulled_app = pytest.mark.parametrize("app", mark_slow(PULLED_APPS, TYPICAL_APPS))
each_web_app = pytest.mark.parametrize("app", mark_slow(HTTP_APPS, TYPICAL_APPS))


@dataclass(frozen=True)
class RequestCounter:
    """Where an app counts what it did and what failed; `JOB` stands for the job."""

    total: str
    failures: str


def build_http_counter(counter: str, status: str, not_a_scrape: str = "") -> RequestCounter:
    """Say how an app counts its HTTP requests, and how to leave out the scrapes among them."""
    return RequestCounter(
        f'{counter}{{job="JOB", {not_a_scrape}}}',
        f'{counter}{{{status}=~"5..", job="JOB"}}',
    )


def build_grpc_counter(counter: str, status: str, not_a_health_check: str) -> RequestCounter:
    """Say how an app counts its gRPC calls, and how to leave out the health checks among them."""
    return RequestCounter(
        f'{counter}{{job="JOB", {not_a_health_check}}}',
        f'{counter}{{{status}=~"INTERNAL|UNKNOWN", job="JOB"}}',
    )


FLASK = build_http_counter("flask_http_request_duration_seconds_count", "status")
REQUEST_COUNTERS = {
    "celery_flower": RequestCounter(
        'flower_events_total{job="JOB", type="task-succeeded"}',
        'flower_events_total{job="JOB", type="task-failed"}',
    ),
    "django_prometheus": build_http_counter(
        "django_http_responses_total_by_status_view_method_total",
        "status",
        'view!="prometheus-django-metrics"',
    ),
    "dramatiq_worker": RequestCounter(
        'dramatiq_messages_total{job="JOB"}', 'dramatiq_message_errors_total{job="JOB"}'
    ),
    "fastapi_instrumentator": build_http_counter(
        "http_requests_total", "status", 'handler!="/metrics"'
    ),
    "flask_exporter": FLASK,
    "flask_exporter_path": FLASK,
    "grpc_observability": build_grpc_counter(
        "grpc_server_call_duration_seconds_count", "grpc_status", 'grpc_method!~"grpc.*"'
    ),
    "litestar_app": build_http_counter(
        "litestar_requests_total", "status_code", 'path!="/metrics"'
    ),
    "otel_aiohttp": build_http_counter(
        "http_server_request_duration_seconds_count",
        "http_response_status_code",
        'http_route!="/metrics"',
    ),
    "otel_messaging": RequestCounter(
        'messaging_process_duration_seconds_count{job="JOB"}',
        'messaging_process_duration_seconds_count{job="JOB", error_type!=""}',
    ),
    "otel_old": build_http_counter(
        "http_server_duration_milliseconds_count", "http_status_code", 'http_target!="/metrics"'
    ),
    "otel_rpc": build_grpc_counter(
        "rpc_server_call_duration_seconds_count",
        "rpc_response_status_code",
        'rpc_method!~"grpc.*"',
    ),
    "otel_stable": build_http_counter(
        "http_server_request_duration_seconds_count",
        "http_response_status_code",
        'http_route!="/metrics"',
    ),
    "prometheus_client_fastapi": build_http_counter("http_requests_total", "http_status"),
    "otel_tornado": build_http_counter(
        "http_server_request_duration_seconds_count",
        "http_response_status_code",
        'http_route!="/metrics"',
    ),
    "py_grpc_prometheus": build_grpc_counter(
        "grpc_server_handled_total", "grpc_code", 'grpc_service!~"grpc.*"'
    ),
    "pull_jobs": RequestCounter(
        'job_duration_seconds_count{job="JOB"}', 'job_exceptions_total{job="JOB"}'
    ),
    "starlette_exporter": build_http_counter(
        "starlette_requests_total", "status_code", 'path!="/metrics"'
    ),
    "starlette_prometheus": build_http_counter(
        "starlette_responses_total", "status_code", 'path_template!="/metrics"'
    ),
}


def sum_samples(live_environment: LiveEnvironment, template: str, app: str, role: str) -> float:
    """Return the sum over the series of an app in a role; 0 when there are none."""
    expr = template.replace("JOB", live_environment.jobs[app][role])
    return sum(value for _, value in live_environment.prometheus.query(expr))


def build_web_server_command(port: int) -> str:
    """Return a command that answers on a port until it is stopped."""
    return f"{sys.executable} -m http.server --bind {HOST} {port}"


def test_every_app_is_listed() -> None:
    files = {path.stem for path in (ROOT / "tests" / "live" / "apps").glob("[!_]*.py")}
    assert files == {*APPS, *MODEL_APPS, *OTLP_APPS}


def test_every_job_is_up(live_environment: LiveEnvironment) -> None:
    live_environment.prometheus.wait_until_up(
        job
        for app, jobs in live_environment.jobs.items()
        if app not in PUSHING_APPS
        for job in jobs.values()
    )


@each_pulled_app
def test_the_busy_app_counts_failures(live_environment: LiveEnvironment, app: str) -> None:
    total = sum_samples(live_environment, REQUEST_COUNTERS[app].total, app, "busy")
    failures = sum_samples(live_environment, REQUEST_COUNTERS[app].failures, app, "busy")
    assert failures >= 2
    assert total > failures


@each_pulled_app
def test_the_clean_app_works_without_a_failure(live_environment: LiveEnvironment, app: str) -> None:
    assert sum_samples(live_environment, REQUEST_COUNTERS[app].total, app, "clean") >= 10
    assert sum_samples(live_environment, REQUEST_COUNTERS[app].failures, app, "clean") == 0


@each_pulled_app
def test_the_idle_app_counts_nothing(live_environment: LiveEnvironment, app: str) -> None:
    assert sum_samples(live_environment, REQUEST_COUNTERS[app].total, app, "idle") == 0


@each_web_app
def test_the_idle_web_app_has_no_series_of_a_request_but_the_scrape(
    live_environment: LiveEnvironment, app: str
) -> None:
    expr = REQUEST_COUNTERS[app].total.replace("JOB", live_environment.jobs[app]["idle"])
    assert live_environment.prometheus.query(expr) == []


@each_pulled_app
def test_a_gentle_load_keeps_rates_alive(live_environment: LiveEnvironment, app: str) -> None:
    """Other tests pause the load: after that it takes some scrapes until there is a rate again."""

    def has_rate(role: str) -> bool:
        counter = REQUEST_COUNTERS[app].total.replace("JOB", live_environment.jobs[app][role])
        return any(
            value > 0 for _, value in live_environment.prometheus.query(f"rate({counter}[15s])")
        )

    assert all(wait_until(partial(has_rate, role), timeout=20) for role in ("busy", "clean"))


@pytest.mark.parametrize("role", ["busy", "clean", "idle"])
def test_a_pushed_job_keeps_its_own_labels(live_environment: LiveEnvironment, role: str) -> None:
    job = live_environment.jobs["pushed_jobs"][role]
    [(labels, count)] = live_environment.prometheus.query(
        f'job_duration_seconds_count{{job="{job}"}}'
    )
    assert (labels["job_name"], labels["instance"], count) == (job, "batch-1", 1)


def test_only_the_busy_pushed_job_fails_and_only_the_idle_one_rests(
    live_environment: LiveEnvironment,
) -> None:
    runs, failures = "changes(push_time_seconds", "max_over_time(job_exceptions_total"
    selected = '{job="JOB"}[20s])'
    jobs = {role: role for role in ROLES}
    ran = {
        role: sum_samples(live_environment, runs + selected, "pushed_jobs", role) > 0
        for role in jobs
    }
    failed = {
        role: sum_samples(live_environment, failures + selected, "pushed_jobs", role) > 0
        for role in jobs
    }
    assert ran == {"busy": True, "clean": True, "idle": False}
    assert failed == {"busy": True, "clean": False, "idle": False}


@pytest.mark.parametrize(
    ("app", "counter", "by"),
    [
        ("prometheus_client_fastapi", "db_query_duration_seconds_count", "operation"),
        ("django_prometheus", "django_db_query_duration_seconds_count", "vendor"),
        ("otel_stable", "db_client_operation_duration_seconds_count", "db_operation_name"),
    ],
)
def test_real_database_queries_are_measured(
    live_environment: LiveEnvironment, app: str, counter: str, by: str
) -> None:
    samples = live_environment.prometheus.query(
        f'sum by ({by}) ({counter}{{job="{live_environment.jobs[app]["busy"]}"}})'
    )
    assert samples
    assert all(labels[by] and value > 0 for labels, value in samples)


def test_outgoing_calls_are_measured_with_those_that_fail(
    live_environment: LiveEnvironment,
) -> None:
    counter = "http_client_request_duration_seconds_count"
    job = live_environment.jobs["otel_stable"]["busy"]
    samples = live_environment.prometheus.query(
        f'sum by (error_type) ({counter}{{job="{job}"}}) > 0'
    )
    assert {labels.get("error_type") for labels, _ in samples} == {None, "ConnectionError"}


def test_a_range_has_a_point_every_step(live_environment: LiveEnvironment) -> None:
    [(_, points)] = live_environment.prometheus.query_range("vector(1)", seconds=10, step=2)
    assert [value for _, value in points] == [1.0] * 6


def test_a_scalar_is_a_sample_without_labels(live_environment: LiveEnvironment) -> None:
    assert live_environment.prometheus.query("1 + 1") == [({}, 2.0)]


def test_a_wrong_query_says_what_prometheus_says(live_environment: LiveEnvironment) -> None:
    with pytest.raises(PrometheusError, match=r"bad_data: .*parse error.*sum by"):
        live_environment.prometheus.query("sum by (le")


def test_a_job_that_is_never_up_is_named(live_environment: LiveEnvironment) -> None:
    with pytest.raises(PrometheusError, match=r"not up after 0.1 s: nobody"):
        live_environment.prometheus.wait_until_up(["nobody", "flask_exporter-idle"], timeout=0.1)


def test_free_ports_differ() -> None:
    assert len(set(find_free_ports(50))) == 50


def test_a_child_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    with ChildProcesses(tmp_path) as children:
        child = children.start_process(
            "sad", [sys.executable, "-c", "raise SystemExit('no such luck')"]
        )
        with pytest.raises(StartUpError, match=r"(?s)sad ended.*no such luck"):
            child.wait_for_ports([find_free_port()], timeout=10)


def test_a_child_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with ChildProcesses(tmp_path) as children:
        child = children.start_process("mute", ["sleep", "60"])
        port = find_free_port()
        with pytest.raises(StartUpError, match=f"mute does not answer on .{port}"):
            child.wait_for_ports([port], timeout=0.1)


def test_children_and_their_children_are_stopped_when_start_up_fails(tmp_path: Path) -> None:
    port = find_free_port()

    def start_up() -> None:
        with ChildProcesses(tmp_path) as children:
            children.start_process(
                "shell", ["sh", "-c", f"{build_web_server_command(port)} & wait"]
            )
            assert wait_until(lambda: is_port_open(port), timeout=10)
            raise RuntimeError("start-up failed")

    with pytest.raises(RuntimeError, match="start-up failed"):
        start_up()
    assert wait_until(lambda: not is_port_open(port), timeout=5)


def test_children_are_stopped_when_the_tests_themselves_are_killed(tmp_path: Path) -> None:
    port = find_free_port()
    program = f"""
import os, pathlib, signal
from tests.live.processes import ChildProcesses
with ChildProcesses(pathlib.Path({str(tmp_path)!r})) as children:
    child = children.start_process("server", {build_web_server_command(port).split()!r})
    child.wait_for_ports([{port}])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", program]
    process = subprocess.run(command, cwd=ROOT, timeout=20, check=False)
    assert process.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_port_open(port), timeout=5)


def test_a_child_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    port = find_free_port()
    stubborn = f"trap '' TERM; {build_web_server_command(port)}; true"
    with ChildProcesses(tmp_path) as children:
        child = children.start_process("stubborn", ["sh", "-c", stubborn])
        child.wait_for_ports([port])
        child.stop(timeout=0.2)
    assert wait_until(lambda: not is_port_open(port), timeout=5)


@pytest.mark.parametrize("name", ["prometheus", "prometheus-pushgateway", "redis-server"])
def test_a_missing_program_skips_but_fails_on_ci(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("PATH", "GOBIN"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"apt-get install {name}"):
        require_binary(name)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"apt-get install {name}"):
        require_binary(name)


def test_settings_of_the_caller_do_not_reach_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    with ChildProcesses(tmp_path) as children:
        child = children.start_process("env", ["env"])
        child.process.wait(timeout=10)
    log = child.log.read_text()
    assert "OTEL_SEMCONV_STABILITY_OPT_IN" not in log
    assert os.environ["PATH"] in log
