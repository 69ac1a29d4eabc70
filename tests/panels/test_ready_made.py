"""Every ready-made panel with every convention that can feed it."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from tailboard.catalogue import list_builders
from tailboard.panels import READY_MADE, Service, business, every_service, fleet, own, slo
from tailboard.panels.concept import DURATION, DURATION_SUMMARY, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.metric import Histogram, Role, Summary, Unit
from tailboard.panels.selection import HistogramStorage
from tailboard.queries.parser.quoted_names import find_quoted_names
from tests.for_each import for_each
from tests.panels.panel_contents import (
    STRICT_OBJECTIVES,
    build_service,
    expand_ranges,
    list_expressions,
    parse_expression,
    render_panel,
)
from tests.prometheus_programs import read_major_version

Builder = Callable[..., Any]

ARGUMENTS: dict[Builder, tuple[Any, ...]] = {
    business.success_ratio: ("Orders", "orders_total", {"outcome": "ok"}),
    business.rate: ("Orders", "orders_total"),
    business.funnel: ("Checkout", {"Cart": ("cart_total", {}), "Paid": ("paid_total", {})}),
    own.percentiles: ("upload_duration_seconds",),
    own.instance_quantiles: ("rpc_duration_seconds",),
    own.mean: ("rpc_duration_seconds",),
    own.observations: ("upload_duration_seconds",),
    own.percentile_by: ("upload_duration_seconds", ("kind",)),
    own.share: ("cache_used_ratio",),
    own.value: ("waiting_uploads",),
}
"""What the panels of a user's own metrics need besides the service."""

BUILDERS = {
    f"{module.__name__.removeprefix('tailboard.panels.')}.{builder.__name__}": builder
    for module in READY_MADE
    for builder in list_builders(module)
    if builder is not slo.budget_over_time  # of recorded series only: test_slo.py
}
METRIC_FREE_BUILDERS = {
    *("business.funnel", "business.rate", "business.success_ratio", "fleet.services"),
    *("health.instances", "health.instances_of_total", "health.up"),
    *("hygiene.new_series", "hygiene.samples", "hygiene.scrape_duration"),
    *("hygiene.series_by_job", "hygiene.series_by_metric"),
    *("own.instance_quantiles", "own.mean", "own.observations", "own.percentile_by"),
    *("own.percentiles", "own.share", "own.value"),
}
"""Panels of what Prometheus knows of any target, and of metrics that the user names."""

ALL_HISTOGRAMS: tuple[HistogramStorage, ...] = ("classic", "native", "both")
EMPTY_CONVENTION = Convention(name="nothing", library="none", metrics={})


def build_panel(name: str, service: Service) -> Any:
    builder = BUILDERS[name]
    if builder is fleet.services:
        return fleet.services([service])
    if name.startswith("slo."):
        service = dataclasses.replace(service, objectives=STRICT_OBJECTIVES)
    return builder(service, *ARGUMENTS.get(builder, ()))


def find_refusal(name: str, service: Service) -> MissingMetricError | None:
    """Why the panel cannot be built, if it cannot."""
    try:
        build_panel(name, service)
    except MissingMetricError as error:
        return error
    return None


def is_feasible(name: str, convention: Convention) -> bool:
    """Whether it can be built; what fails for another reason is left to the tests."""
    try:
        return find_refusal(name, build_service(convention)) is None
    except Exception:
        return True


SUMMARY_CONVENTION = PROMETHEUS_CLIENT.evolve(
    name="summary",
    metrics={
        DURATION: None,
        DURATION_SUMMARY: Summary(
            "http_request_duration_seconds",
            labels={Role.ROUTE: "endpoint", Role.METHOD: "method"},
            unit=Unit.SECONDS,
            quantiles=(0.5, 0.99),
        ),
    },
)
"""No library's: an application whose own middleware has a summary of its durations."""

FEASIBLE_CONVENTIONS = {
    name: [
        convention
        for convention in (*CONVENTIONS, SUMMARY_CONVENTION)
        if is_feasible(name, convention)
    ]
    for name in BUILDERS
}
"""Which conventions can feed which panel."""

each_builder = for_each(BUILDERS)
each_convention = for_each(CONVENTIONS, lambda convention: convention.name)


def list_units(panel: dict[str, Any]) -> set[str | None]:
    """The units of all numbers that a panel shows; none for what shows no number."""
    if panel["type"] == "state-timeline":
        return set()
    if panel["type"] == "heatmap":
        return {panel["options"]["yAxis"]["unit"]}
    if panel["type"] == "bargauge":
        return {panel["options"]["fieldOptions"]["defaults"]["unit"]}
    fields = panel["fieldConfig"]
    if panel["type"] == "table":
        overrides = [
            {field["id"]: field["value"] for field in override["properties"]}
            for override in fields["overrides"]
        ]
        return {override["unit"] for override in overrides if "links" not in override}
    return {fields["defaults"].get("unit")}


def list_imprecise_histograms(convention: Convention) -> Iterator[Histogram]:
    metrics = convention.metrics.values()
    return (metric for metric in metrics if isinstance(metric, Histogram) and not metric.exact)


# What every panel says.


@each_builder
def test_a_panel_says_what_it_shows(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = build_panel(name, build_service(convention))
        for text in (panel.title, panel.description):
            assert text
            assert text == text.strip()
            assert "  " not in text
        assert not panel.title.endswith(".")
        assert panel.description.endswith((".", "?"))
        assert panel.targets


@each_builder
def test_a_panel_that_shows_numbers_has_their_unit(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = render_panel(build_panel(name, build_service(convention)))
        assert all(list_units(panel)), list_units(panel)
        assert list_units(panel) or panel["type"] == "state-timeline"


@each_builder
def test_a_legend_says_whose_line_it_is(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = build_panel(name, build_service(convention))
        if render_panel(panel)["type"] == "table":
            assert render_panel(panel)["transformations"][1]["options"]["renameByName"]
            continue
        for target in panel.targets:
            legend = target.legendFormat
            assert legend
            assert legend == legend.strip()
            assert "orders" in legend or "{{" in legend or legend in {"Cart", "Paid"}


@each_builder
def test_a_legend_uses_no_label_that_the_query_drops(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        for narrowed_service in (build_service(convention), every_service(convention)):
            for target in build_panel(name, narrowed_service).targets:
                for label in re.findall(r"{{(\w+)}}", target.legendFormat):
                    match = re.search(rf"by \([^)]*\b{label}\b[^)]*\)", target.expr)
                    assert match or not re.search(r"\b(sum|count|max) ?(by|\()", target.expr), label


@each_builder
def test_lines_of_several_services_are_told_apart_by_their_job(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = build_panel(name, every_service(convention))
        kind = render_panel(panel)["type"]
        for target in panel.targets if kind not in {"table", "heatmap"} else ():
            assert target.legendFormat.count("{{job}}") == 1, target.legendFormat
        assert panel.targets


@pytest.mark.slow
@each_builder
def test_every_query_parses_however_histograms_are_stored(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        for histograms in ALL_HISTOGRAMS:
            changed_service = dataclasses.replace(build_service(convention), histograms=histograms)
            every = dataclasses.replace(every_service(convention), histograms=histograms)
            for expression in (
                *list_expressions(build_panel(name, changed_service)),
                *list_expressions(build_panel(name, every)),
            ):
                assert parse_expression(expression), expression


@each_builder
def test_every_series_is_one_of_the_service(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:

        def check(node: promql_parser.Expr) -> None:
            if isinstance(node, promql_parser.VectorSelector):
                matcher_values = {
                    (matcher.name, matcher.value) for matcher in node.matchers.matchers
                }
                assert ("job", "orders") in matcher_values, node

        for expression in list_expressions(build_panel(name, build_service(convention))):
            assert promql_parser.walk(parse_expression(expression), check)


@each_builder
def test_a_narrowed_service_is_narrowed_in_every_query(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        narrowed = build_service(convention).narrow({"instance": "a:80"})
        for expression in list_expressions(build_panel(name, narrowed)):
            assert expression.count('instance="a:80"') == expression.count('job="orders"') > 0


def test_prometheus_itself_accepts_every_query(promtool: str, tmp_path: Path) -> None:
    """All at once, as the expressions of recording rules."""
    expressions_set = {
        expression: None
        for name, feeding in FEASIBLE_CONVENTIONS.items()
        for convention in feeding
        for histograms in ALL_HISTOGRAMS
        for of in (
            build_service(convention, histograms=histograms),
            dataclasses.replace(every_service(convention), histograms=histograms),
        )
        for expression in list_expressions(build_panel(name, of))
        if read_major_version(promtool) != "2" or not find_quoted_names(expression)
    }
    rules = [
        {"record": f"r{n}", "expr": expand_ranges(expression)}
        for n, expression in enumerate(expressions_set)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}))  # JSON is YAML
    run = subprocess.run(
        [promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert len(rules) > 500
    assert f"SUCCESS: {len(rules)} rules found" in run.stdout, run.stderr


@each_convention
def test_titles_are_unique_in_each_module(convention: Convention) -> None:
    names = [name for name, feeding in FEASIBLE_CONVENTIONS.items() if convention in feeding]
    titles = Tally(
        (name.split(".")[0], build_panel(name, build_service(convention)).title) for name in names
    )
    assert [title for title, count in titles.items() if count > 1] == []


# What a convention lacks.


@each_builder
def test_every_panel_can_be_fed_by_some_convention(name: str) -> None:
    assert FEASIBLE_CONVENTIONS[name]


@each_builder
def test_a_panel_without_its_metric_says_so_by_its_own_name(name: str) -> None:
    if name in METRIC_FREE_BUILDERS:
        assert build_panel(name, build_service(EMPTY_CONVENTION)).targets
        return
    with pytest.raises(MissingMetricError) as excinfo:
        build_panel(name, build_service(EMPTY_CONVENTION))
    assert "convention 'nothing'" in excinfo.value.problem
    assert f"the panel {name!r}" in excinfo.value.problem
    assert re.search(r"would have to expose \S", excinfo.value.tip)


@each_builder
def test_whichever_metric_is_taken_away_the_panel_names_itself(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        varied = (convention.evolve(metrics={concept: None}) for concept in convention.metrics)
        refused = [
            refusal_error
            for varied_service in varied
            if (refusal_error := find_refusal(name, build_service(varied_service)))
        ]
        for error in refused:
            assert f"panel {name!r}" in error.problem
            assert (
                f"convention {convention.name!r}" in error.problem or "no bucket" in error.problem
            )
        assert refused or name in METRIC_FREE_BUILDERS | ALTERNATIVE_BUILDERS


ALTERNATIVE_BUILDERS = {
    *("latency.apdex", "latency.current", "latency.heatmap", "latency.mean_beside_p99"),
    *("latency.percentiles", "hygiene.beyond_buckets", "hygiene.bucket_width"),
}
"""Panels of the whole service, which fall back on the durations by route."""


@each_builder
def test_a_metric_without_labels_is_refused_in_the_name_of_the_panel(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        bare = {
            key: dataclasses.replace(metric, labels={})
            for key, metric in convention.metrics.items()
        }
        without = dataclasses.replace(convention, metrics=bare)
        error = find_refusal(name, build_service(without))
        if error is None:
            assert all(
                map(parse_expression, list_expressions(build_panel(name, build_service(without))))
            )
        else:
            assert f"panel {name!r}" in error.problem
            assert re.search(r"has no label for the \w+", error.problem)
            assert "would have to add a label" in error.tip


@each_builder
def test_every_panel_is_explained_in_a_sentence(name: str) -> None:
    first = str(BUILDERS[name].__doc__).partition("\n\n")[0]
    assert re.fullmatch(r"[A-Z].*\.", first, re.DOTALL)


# Raw paths.


@pytest.mark.parametrize(
    "convention",
    [convention for convention in CONVENTIONS if convention.raw_paths],
    ids=lambda convention: convention.name,
)
def test_lines_by_raw_path_are_limited_to_the_largest(convention: Convention) -> None:
    route = convention.metrics[REQUESTS].labels[Role.ROUTE]
    limited = 0
    for name in (name for name, feeding in FEASIBLE_CONVENTIONS.items() if convention in feeding):
        panel = build_panel(name, build_service(convention))
        if render_panel(panel)["type"] == "table":
            kinds = [
                transformation["id"] for transformation in render_panel(panel)["transformations"]
            ]
            assert "limit" in kinds
            continue
        for target in panel.targets:
            if f"{{{{{route}}}}}" in target.legendFormat:
                assert re.match(r"topk\(\d+, ", target.expr), name
                limited += 1
    assert limited >= 4


# Honesty.


@each_builder
def test_a_percentile_admits_that_it_is_estimated(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = build_panel(name, build_service(convention))
        asks = any("histogram_quantile" in expression for expression in list_expressions(panel))
        assert ("estimated from histogram buckets" in panel.description) == asks


@each_builder
def test_a_percentile_of_coarse_buckets_admits_it(name: str) -> None:
    for convention in FEASIBLE_CONVENTIONS[name]:
        panel = build_panel(name, build_service(convention))
        for metric in list_imprecise_histograms(convention):
            rate_prefix = f"rate({metric.name}_bucket"
            if any(
                "histogram_quantile" in expression and rate_prefix in expression
                for expression in list_expressions(panel)
            ):
                assert metric.caution in panel.description
