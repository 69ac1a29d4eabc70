"""Whatever the values of labels are, the definition runs and all of its queries can be parsed."""

from __future__ import annotations

from pathlib import Path

import promql_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import build_document
from tailboard.dashboards.library import dependencies
from tailboard.lint.subjects import lint_paths
from tests.example_counts import count_examples
from tests.tailboard.init.test_definition_text import execute_definition, render_text_definition

WILD_VALUES = ['a"b', "{x}", "a\\b", "支付", "a b", "$x", "#", "'''", '"""', "%s", "a|b", "(", "ok"]
values = st.lists(
    st.one_of(st.sampled_from([*WILD_VALUES, "failed", "200"]), st.text(min_size=1, max_size=8)),
    min_size=1,
    max_size=6,
    unique=True,
)
metric_names = st.sampled_from(["orders_total", "a:b_total", "x_redis_seconds", "client_seconds"])


def escape_label_value(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def format_series(name: str, label: str, value: str) -> str:
    labels = f'{label}="{escape_label_value(value)}"'
    if name.endswith("_total"):
        return f"{name}{{{labels}}} 1\n"
    buckets = [f'{name}_bucket{{{labels},le="{bound}"}} 1\n' for bound in ("1", "2", "3", "+Inf")]
    return "".join([*buckets, f"{name}_count{{{labels}}} 1\n", f"{name}_sum{{{labels}}} 1\n"])


def is_writable(value: str) -> bool:
    """Whether the value can stand in one line of UTF-8."""
    return value.isprintable() and value.strip() == value


@settings(max_examples=count_examples(40))
@given(
    metric_names,
    st.sampled_from(["outcome", "status", "step", "command", "peer"]),
    values.map(lambda texts: [text for text in texts if is_writable(text)] or ["ok"]),
)
def test_the_definition_of_any_values_is_python_with_queries_that_parse(
    name: str, label: str, texts: list[str]
) -> None:
    exposition = "".join(format_series(name, label, text) for text in texts)
    names = execute_definition(render_text_definition(f"{exposition}waiting 1\n"))
    dashboards = names.get("dashboards") or [names["dashboard"]]
    for dashboard in [*dashboards, dependencies(names["services"][0])]:
        for panel in build_document(dashboard)["panels"]:
            for target in panel.get("targets", ()):
                expression = target["expr"].replace("$__rate_interval", "5m")
                assert promql_parser.parse(expression.replace("$__range", "1h"))


@pytest.mark.parametrize("value", ["$x", "a${x}b", "[[x]]", "${x:regex}", "$"])
def test_no_value_is_a_variable_of_grafana(tmp_path: Path, value: str) -> None:
    exposition = "".join(
        format_series("http_requests_total", "endpoint", "/a")
        + format_series("jobs_step_total", "step", step)
        for step in (value, "paid")
    )
    path = tmp_path / "shop.py"
    path.write_text(render_text_definition(exposition, "shop", value), "utf-8")
    findings = lint_paths([path]).findings
    assert not [finding for finding in findings if finding.severity != "note"]
