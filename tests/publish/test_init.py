"""`tailboard init`: what it writes works at once, and what it says is what there is."""

from __future__ import annotations

import sys

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.fast import some_fast
from tests.publish.recognising.expositions import exposition
from tests.publish.workshop import Workshop

NAMES = [it.name for it in CONVENTIONS]
SHOP = """
# TYPE orders_total counter
orders_total{outcome="ok"} 1
orders_total{outcome="failed"} 1
# TYPE size summary
size_count 1
size_sum 1
"""


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A folder with what a program exposes."""
    workshop.write("shop.prom", exposition("prometheus_client") + SHOP)
    return workshop


@pytest.mark.parametrize("name", some_fast(NAMES, ["prometheus_client", "celery_exporter"]))
def test_what_init_writes_builds_lints_and_checks(workshop: Workshop, name: str) -> None:
    workshop.write("program.prom", exposition(name) + SHOP)
    made = workshop.tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert (made.code, made.out) == (0, "")
    workshop.build("made.py")
    linted = workshop.tailboard("lint", "made.py")
    assert (linted.code, linted.out) == (0, ""), linted.said
    checked = workshop.tailboard("check", "made.py", "--metrics", "program.prom")
    assert checked.code == 0, checked.said


@pytest.mark.parametrize(
    "text",
    [
        'python_info{version="3.11"} 1\n',
        "process_cpu_seconds_total 1\npython_info 1\n",
        "status_codes_counter 1\n",
        SHOP,
        "orders_waiting 1\nloaded_timestamp_seconds 1\nerror_ratio 1\nsent_bytes_total 1\n",
    ],
    ids=["info", "process", "unknown", "own", "habits"],
)
def test_a_program_of_no_library_gets_what_there_is(workshop: Workshop, text: str) -> None:
    workshop.write("program.prom", text)
    made = workshop.tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert "program: no library that is known here" in made.err
    workshop.build("made.py")
    assert workshop.tailboard("lint", "made.py").code == 0
    assert workshop.tailboard("check", "made.py", "--metrics", "program.prom").code == 0


def test_the_report_says_what_was_found_and_what_not(shop: Workshop) -> None:
    shop.write("shop.prom", exposition("prometheus_client", "http_requests_in_flight") + SHOP)
    run = shop.tailboard("init", "--metrics", "shop.prom")
    said = run.err.splitlines()
    assert (
        said[0] == "shop: prometheus-client 0.26.0, own middleware (convention prometheus_client)"
    )
    assert "  requests              http_requests_total{endpoint, method, http_status}" in said
    assert "  requests in flight: there is no http_requests_in_flight." in said
    assert "Own counter: orders_total by outcome" in said
    assert "Without a panel: size (a summary's percentiles cannot be added up)" in said
    assert said[-7:] == [
        "Wrote shop.py. First of all set what is only a guess: the name 'shop', the job 'shop'.",
        "A server knows the program by its job; another one's panels are all empty:",
        "  tailboard init --metrics shop.prom --name NAME --job JOB --out shop.py --force",
        "Then look at the objectives, and:",
        "  tailboard build shop.py",
        "  tailboard lint shop.py",
        "  tailboard check shop.py --metrics shop.prom",
    ]


def test_a_guessed_job_is_the_first_thing_to_set_in_the_file_too(shop: Workshop) -> None:
    shop.write("metrics.prom", exposition("prometheus_client"))
    guess = "# First of all: the name and the job are a guess."
    shop.tailboard("init", "--metrics", "metrics.prom")
    before, _, after = (shop.root / "service.py").read_text().partition(guess)
    assert "Service(" in after
    assert "Service(" not in before
    run = shop.tailboard("init", "--metrics", "metrics.prom", "--name", "My shop")
    assert "the job 'My shop'." in run.err
    assert "init --metrics metrics.prom --name 'My shop' --job JOB --out" in run.err
    assert "# First of all: the job is a guess." in (shop.root / "my-shop.py").read_text()


def test_objectives_are_only_to_be_looked_at_where_there_are_some(workshop: Workshop) -> None:
    workshop.write("metrics.prom", "orders_waiting 1\n")
    run = workshop.tailboard("init", "--metrics", "metrics.prom")
    assert "\nThen:\n" in run.err
    asked = ("--metrics", "metrics.prom", "--job", "web", "--force")
    assert "Wrote service.py. Look at the name 'service', then:" in (
        workshop.tailboard("init", *asked).err
    )
    named = workshop.tailboard("init", *asked, "--name", "service")
    assert "Wrote service.py. Then:" in named.err
    assert "objectives" not in run.err + named.err


@pytest.mark.parametrize("name", ["flask_exporter", "starlette_exporter", "django_prometheus"])
def test_several_workers_are_why_there_is_no_process(workshop: Workshop, name: str) -> None:
    lines = exposition(name).splitlines(keepends=True)
    left = [it for it in lines if "process_" not in it and "python_" not in it]
    workshop.write("program.prom", "".join(left))
    run = workshop.tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    reason = "no process_* and python_* are exposed, as with several workers"
    assert f"  CPU time: {reason}; use container_cpu_usage_seconds_total of cAdvisor." in run.err


def test_workers_of_an_own_middleware_are_told_as_a_guess(workshop: Workshop) -> None:
    workshop.write("program.prom", exposition("prometheus_client_multiprocess"))
    run = workshop.tailboard("init", "--metrics", "program.prom", "--out", "made.py")
    assert "(convention prometheus_client_multiprocess, a guess, since there is no pro" in run.err
    assert "in multi-process mode;" not in run.err


def test_what_was_said_is_no_guess(shop: Workshop) -> None:
    run = shop.tailboard("init", "--metrics", "shop.prom", "--job", "web")
    assert "Wrote shop.py. Look at the name 'shop', the objectives, then:" in run.err
    assert "guess" not in (shop.root / "shop.py").read_text()


def test_a_worker_is_not_told_that_it_does_not_push(workshop: Workshop) -> None:
    workshop.write("worker.prom", exposition("prometheus_client_jobs"))
    run = workshop.tailboard("init", "--metrics", "worker.prom")
    assert "last failed push" not in run.said + (workshop.root / "worker.py").read_text()


def test_the_report_is_json_for_programs(shop: Workshop) -> None:
    shop.write("shop.prom", exposition("starlette_exporter").replace("starlette_", "http_") + SHOP)
    report = shop.tailboard("init", "--metrics", "shop.prom", "--job", "web", "--json").json
    assert report["file"] == "shop.py"
    assert (report["service"], report["jobs"]) == ("shop", ["web"])
    assert (report["convention"], report["prefix"]) == ("starlette_exporter", "http")
    assert report["found"][0] == {
        "concept": "requests",
        "metrics": ["http_requests_total"],
        "labels": ["path", "method", "status_code"],
        "state": "found",
    }
    assert {it["concept"] for it in report["missing"]} >= {"exceptions", "query duration"}
    assert report["own"]["counters"] == {"orders_total": ["outcome"]}
    assert [*report["without_panel"]] == ["size"]
    assert report["objectives"] == {"latency": 7.5, "availability": 0.999}


def test_a_definition_is_written_among_the_others(shop: Workshop) -> None:
    (shop.root / "definitions").mkdir()
    assert shop.tailboard("init", "--metrics", "shop.prom", "--name", "The Shop").code == 0
    assert 'Service(\n    "The Shop"' in (shop.root / "definitions/the-shop.py").read_text()


def test_nothing_is_overwritten_unless_forced(shop: Workshop) -> None:
    shop.write("shop.py", "mine = 1\n")
    run = shop.tailboard("init", "--metrics", "shop.prom")
    assert (run.code, (shop.root / "shop.py").read_text()) == (2, "mine = 1\n")
    assert "shop.py is there already\nTip: name another file with --out" in run.err
    assert shop.tailboard("init", "--metrics", "shop.prom", "--force").code == 0
    assert "Service(" in (shop.root / "shop.py").read_text()


def test_the_definition_goes_to_stdout_alone(shop: Workshop) -> None:
    run = shop.tailboard("init", "--metrics", "shop.prom", "--out", "-")
    assert run.out.startswith('"""shop: its dashboards')
    assert run.out.endswith('("outcome",)})\n')
    assert not (shop.root / "shop.py").exists()
    assert "Wrote" not in run.err


def test_the_folder_of_a_build_is_not_the_file(shop: Workshop) -> None:
    shop.write("tailboard.toml", 'out = "somewhere"\n')
    assert shop.tailboard("init", "--metrics", "shop.prom").code == 0
    assert (shop.root / "shop.py").is_file()


@pytest.mark.parametrize(
    ("file", "told", "name"),
    [
        ("orders.v1.prom", "", "orders"),
        ("metrics.prom", "", "service"),
        ("metrics.prom", 'target_info{service_name="billing"} 1\n', "billing"),
        ("orders.prom", 'target_info{service_name="unknown_service"} 1\n', "orders"),
    ],
)
def test_a_name_is_guessed(workshop: Workshop, file: str, told: str, name: str) -> None:
    workshop.write(file, exposition("otel_http_stable") + told)
    assert workshop.tailboard("init", "--metrics", file, "--json").json["service"] == name


def test_pushed_jobs_are_selected_by_their_own_names(workshop: Workshop) -> None:
    workshop.write("gateway.prom", exposition("pushgateway_jobs"))
    run = workshop.tailboard("init", "--metrics", "gateway.prom", "--out", "-")
    assert 'selector={"job": one_of("a", "b")}' in run.out


def test_several_sources_are_one_program(shop: Workshop) -> None:
    shop.write("more.prom", "# TYPE waiting gauge\nwaiting 1\n")
    run = shop.tailboard("init", "--metrics", "shop.prom", "--metrics", "more.prom", "--json")
    assert run.json["own"]["gauges"] == {"waiting": []}
    assert "--metrics shop.prom --metrics more.prom" in run.err


def test_a_program_that_did_nothing_yet_is_to_be_asked_again(workshop: Workshop) -> None:
    workshop.write("idle.prom", "# TYPE http_requests_total counter\n")
    run = workshop.tailboard("init", "--metrics", "idle.prom")
    assert (run.code, "let the program answer a few requests" in run.err) == (2, True)
    workshop.write("idle.prom", "# TYPE http_requests_total counter\nup_since_seconds 1\n")
    run = workshop.tailboard("init", "--metrics", "idle.prom")
    assert (run.code, "http_requests_total had no event yet" in run.err) == (0, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("<!doctype html>", "an HTML page"), ('{"a": 1}', "JSON"), ("", "is empty")],
)
def test_what_is_not_metrics_is_refused(workshop: Workshop, content: str, problem: str) -> None:
    workshop.write("m.prom", content)
    run = workshop.tailboard("init", "--metrics", "m.prom")
    assert (run.code, problem in run.err) == (2, True)
    assert not [*workshop.root.glob("*.py")]


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
    shop: Workshop, arguments: tuple[str, ...], problem: str
) -> None:
    run = shop.tailboard("init", *arguments)
    assert (run.code, problem in run.err) == (2, True), run.err


def test_a_password_in_an_address_is_never_shown(workshop: Workshop) -> None:
    address = "http://anna:hidden@127.0.0.1:1/metrics?key=hidden"
    run = workshop.tailboard("init", "--metrics", address)
    assert run.code == 2
    assert "hidden" not in run.said


def test_an_applications_registry_is_as_good_as_what_it_exposes(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write(
        "billing/metrics.py",
        """
        from prometheus_client import CollectorRegistry, Counter

        REGISTRY = CollectorRegistry()
        Counter("orders_total", "Orders", ["outcome"], registry=REGISTRY).labels("ok").inc()
        """,
    )
    monkeypatch.delitem(sys.modules, "billing", raising=False)
    run = workshop.tailboard("init", "--registry", "billing.metrics:REGISTRY", "--json")
    assert (run.json["service"], run.json["own"]["counters"]) == (
        "billing",
        {"orders_total": ["outcome"]},
    )
    assert "  tailboard check billing.py --registry billing.metrics:REGISTRY" in run.err
    assert workshop.tailboard("lint", "billing.py").code == 0
