"""The definition that is written is Python as formatters leave it, and says what was seen."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards import build_document
from tailboard.init.convention_match import recognize_convention
from tailboard.init.definition_text import Draft, render_definition
from tailboard.init.objective_proposal import propose_objectives
from tailboard.init.own_metrics import find_own_metrics
from tailboard.init.python_text import format_literal
from tailboard.panels import Service, one_of
from tailboard.panels.conventions import CONVENTIONS
from tailboard.queries.parser.promql import find_variables
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue

ODD_EXPOSITION = """
# TYPE a_rather_long_name_of_a_histogram_seconds histogram
a_rather_long_name_of_a_histogram_seconds_bucket{first_label="a",second_label="b",le="1"} 1
a_rather_long_name_of_a_histogram_seconds_bucket{first_label="a",second_label="b",le="2"} 1
a_rather_long_name_of_a_histogram_seconds_bucket{first_label="a",second_label="b",le="+Inf"} 1
a_rather_long_name_of_a_histogram_seconds_count{first_label="a",second_label="b"} 1
orders_total{country="de"} 1
waiting 1
"""
TEXTS = {
    **{convention.name: format_exposition(convention.name) for convention in CONVENTIONS},
    "own": ODD_EXPOSITION,
    "process": format_exposition("prometheus_client_jobs", "job_duration_seconds_bucket"),
    "renamed": format_exposition("prometheus_client")
    .replace("endpoint", "route")
    .replace('"2.5"', '"3"'),
    "prefixed": format_exposition("starlette_exporter").replace("starlette_", "http_"),
    "coarse": format_exposition(
        "fastapi_instrumentator", "http_request_duration_highr_seconds_bucket"
    ),
    "mixed": format_exposition("prometheus_client") + ODD_EXPOSITION,
    "finer": format_exposition("fastapi_instrumentator").replace('le="0.5"', 'le="0.25"'),
    "workers": "\n".join(
        line
        for line in format_exposition("litestar").splitlines()
        if "process_" not in line and "python_" not in line
    ),
    "both": format_exposition("otel_http_old") + format_exposition("otel_http_stable"),
    "several": format_exposition("starlette_exporter")
    + format_exposition("prometheus_client_jobs"),
}


def render_text_definition(text: str, name: str = "shop", *jobs: str) -> str:
    catalogue = read_catalogue(text)
    recognition = recognize_convention(catalogue)
    draft = Draft(
        name,
        jobs or (name,),
        recognition,
        propose_objectives(catalogue, recognition),
        find_own_metrics(catalogue, recognition),
    )
    return render_definition(draft)


def execute_definition(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "definition", "exec"), names)
    return names


def read_service(source: str) -> Service:
    (service,) = execute_definition(source)["services"]
    assert isinstance(service, Service)
    return service


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_written_means_what_was_recognised(name: str) -> None:
    recognition = recognize_convention(read_catalogue(TEXTS[name]))
    convention = read_service(render_text_definition(TEXTS[name])).convention
    assert convention.metrics == recognition.convention.metrics
    assert convention.excluded_routes == recognition.convention.excluded_routes


def test_what_is_written_is_formatted_and_without_findings(tmp_path: Path) -> None:
    for name, text in TEXTS.items():
        (tmp_path / f"{name.replace(' ', '_')}.py").write_text(
            render_text_definition(text), "utf-8"
        )
    for width in ("88", "100"):
        for arguments in (["format", "--check"], ["check", "--select", "E,F,W,I,B,UP"]):
            command = [
                sys.executable,
                "-m",
                "ruff",
                *arguments,
                "--isolated",
                "--line-length",
                width,
            ]
            run = subprocess.run(
                [*command, str(tmp_path)], capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, run.stdout + run.stderr


def test_a_library_as_it_comes_is_a_few_lines() -> None:
    assert render_text_definition(
        format_exposition("starlette_prometheus"), "orders"
    ).splitlines() == [
        '"""orders: its dashboards and alerts. `tailboard init` began it, you go on."""',
        "",
        "from tailboard import Objectives, Service",
        "from tailboard.panels.conventions import STARLETTE_PROMETHEUS",
        "",
        "# starlette_prometheus has no metric for: query duration, outgoing request duration.",
        "# Why: tailboard explain starlette_prometheus",
        "# The latency is no promise yet: the observed P99 lies in the bucket up to 0.25 s. Write",
        "# what you promise.",
        "ORDERS = Service(",
        '    "orders",',
        '    selector={"job": "orders"},',
        "    convention=STARLETTE_PROMETHEUS,",
        "    objectives=Objectives(latency={0.99: 0.25}, availability=0.999),",
        ")",
        "",
        "services = [ORDERS]",
    ]


def test_what_is_missing_stands_there_with_its_reason() -> None:
    source = render_text_definition(
        format_exposition("fastapi_instrumentator", "http_requests_inprogress")
    )
    assert "# - requests in flight: there is no http_requests_inprogress. Empty unless" in source
    assert "FASTAPI_INSTRUMENTATOR.evolve(metrics={IN_FLIGHT: None})" in source


def test_workers_that_are_only_guessed_are_called_a_guess() -> None:
    comment = "# Multi-process mode is a guess, since there is no process_*."
    assert comment in render_text_definition(format_exposition("prometheus_client_multiprocess"))
    assert comment not in render_text_definition(format_exposition("prometheus_client"))


def test_a_promise_that_is_left_out_is_explained() -> None:
    source = render_text_definition(TEXTS["coarse"])
    assert "# No latency is promised: the buckets of http_request_duration_seconds" in source
    assert "Objectives(availability=0.999)" in source


@pytest.mark.parametrize(
    ("counts", "statement"),
    [
        ((0, 0, 100, 100, 100), "the observed P99 lies in the bucket up to 0.5 s"),
        ((100, 100, 100, 100, 100), "the observed P99 lies in the bucket up to 0.05 s"),
        ((0, 0, 0, 0, 0), "nothing was observed"),
    ],
)
def test_a_latency_says_that_it_is_what_was_observed(
    counts: tuple[int, ...], statement: str
) -> None:
    name, labels = "http_request_duration_seconds", 'method="a",endpoint="a"'
    lines = [
        f'{name}_bucket{{{labels},le="{bound}"}} {count}'
        for bound, count in zip(("0.05", "0.1", "0.5", "2", "+Inf"), counts, strict=True)
    ]
    lines += [f"{name}_{end}{{{labels}}} {counts[-1]}" for end in ("count", "sum")]
    text = format_exposition("prometheus_client", f"{name}_bucket") + f"# TYPE {name} histogram\n"
    source = " ".join(
        line.removeprefix("# ")
        for line in render_text_definition(text + "\n".join(lines)).splitlines()
    )
    assert f"The latency is no promise yet: {statement}. Write what you promise." in source


def test_why_nothing_is_promised_stands_in_the_file() -> None:
    name, labels = "http_request_duration_seconds", 'method="a",endpoint="a"'
    bounds = ("0.05", "0.1", "0.5", "2", "+Inf")
    lines = [f'{name}_bucket{{{labels},le="{bound}"}} 0' for bound in bounds[:-1]]
    lines += [f'{name}_bucket{{{labels},le="+Inf"}} 100', f"{name}_count{{{labels}}} 100"]
    text = format_exposition("prometheus_client", f"{name}_bucket") + f"# TYPE {name} histogram\n"
    source = render_text_definition(text + "\n".join([*lines, f"{name}_sum{{{labels}}} 900"]))
    assert "# No latency is promised: the observed P99 lies above the last bucket of" in source
    assert "objectives=Objectives(availability=0.999)" in source


def test_a_business_dashboard_is_written_where_outcomes_and_steps_are_counted() -> None:
    names = execute_definition(
        render_text_definition(
            'orders_total{outcome="ok"} 9\norders_total{outcome="no stock"} 1\n'
            'calls_total{status="200"} 9\nmails_total{result="failed"} 1\n'
            'steps_total{step="view"} 9\nsteps_total{step="buy \\"now\\""} 1\n'
        )
    )
    business, own = (build_document(dashboard) for dashboard in names["dashboards"])
    assert [panel["title"] for panel in business["panels"]] == [
        *("Operations", "Calls: success ratio", "Mails: success ratio", "Orders: success ratio"),
        *("Calls", "Mails", "Orders", "Funnel", "Funnel"),
    ]
    expressions = "\n".join(
        target["expr"] for panel in business["panels"] for target in panel.get("targets", ())
    )
    assert 'outcome="ok"' in expressions
    assert 'status=~"[123].."' in expressions
    assert 'result!~"failed"' in expressions
    assert 'step="buy \\"now\\""' in expressions
    assert own["title"] == "Shop / Own metrics"


def test_buckets_of_several_histograms_are_written_once() -> None:
    text = format_exposition("fastapi_instrumentator")
    assert render_text_definition(text).count("_BUCKETS = (") == 0
    odd = re.sub(r'le="[0-9.]+"', 'le="0.123"', text)
    source = render_text_definition("\n".join(dict.fromkeys(odd.splitlines())))
    assert source.count("_BUCKETS = (") == 1
    assert len(re.findall(r"buckets=\w+_BUCKETS", source)) > 1
    execute_definition(source)


def test_several_jobs_are_all_meant() -> None:
    selector = read_service(
        render_text_definition(format_exposition("pushgateway_jobs"), "jobs", "a", "b")
    ).selector
    assert getattr(selector["job"], "value", "") == "a|b"


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("orders-api", "ORDERS_API"),
        ("redis exporter", "SERVICE"),  # the convention is called so
        ("duration", "SERVICE"),
        ("2nd shop", "SERVICE"),
        ("convention", "SERVICE"),
    ],
)
def test_the_constant_has_the_name_of_the_service_unless_it_is_taken(
    name: str, constant: str
) -> None:
    assert f"\n{constant} = Service(" in render_text_definition(
        format_exposition("redis_exporter"), name
    )


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1))
def test_no_name_breaks_out_of_the_source(name: str, job: str) -> None:
    service = read_service(render_text_definition("waiting 1\n", name, job))
    selector = {"job": one_of(job) if find_variables(job) else job}
    assert (service.name, service.selector) == (name, selector)


@given(st.text())
def test_a_literal_is_the_text(value: str) -> None:
    assert ast.literal_eval(format_literal(value)) == value


def test_a_literal_is_in_double_quotes_unless_that_needs_more_escapes() -> None:
    assert [format_literal(name) for name in ("a", "it's", 'a "b"', '"it\'s"', "'\"'")] == [
        '"a"',
        '"it\'s"',
        "'a \"b\"'",
        "'\"it\\'s\"'",
        '"\'\\"\'"',
    ]
