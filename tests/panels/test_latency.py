"""Latency: objectives as lines, the right histogram, honest about both."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from tailboard.panels import Objectives, latency
from tailboard.panels.concept import DURATION, DURATION_SUMMARY, OVERALL_DURATION, Concept
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import FASTAPI_INSTRUMENTATOR, OTEL_HTTP_OLD, PROMETHEUS_CLIENT
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.matcher import matches
from tailboard.panels.metric import Histogram, Metric, Role, Summary, Unit
from tailboard.panels.objective import check_objective_metrics, list_objectives
from tailboard.panels.service import Service
from tests.panels.panel_contents import (
    STRICT_OBJECTIVES,
    build_service,
    find_field_override,
    list_expressions,
    list_threshold_steps,
    render_panel,
)


def test_objectives_are_drawn_wherever_latency_is() -> None:
    service = build_service(PROMETHEUS_CLIENT, objectives=STRICT_OBJECTIVES)
    drawn = [(None, "green"), (0.1, "orange"), (0.5, "orange"), (1.0, "red")]
    assert list_threshold_steps(latency.percentiles(service)) == drawn
    assert list_threshold_steps(latency.mean_beside_p99(service)) == drawn
    assert list_threshold_steps(latency.current(service))[1:] == [(1.0, "red")]
    assert list_threshold_steps(latency.current(service, fraction=0.95))[1:] == [(0.5, "red")]
    assert list_threshold_steps(latency.by_route(service, fraction=0.5))[1:] == [(0.1, "red")]


def test_a_percentile_without_objective_has_no_threshold() -> None:
    service = build_service(PROMETHEUS_CLIENT, objectives=Objectives(latency={0.95: 0.5}))
    assert list_threshold_steps(latency.current(service))[1:] == []
    assert list_threshold_steps(latency.by_route(service))[1:] == []
    assert list_threshold_steps(latency.percentiles(build_service(PROMETHEUS_CLIENT)))[1:] == []


def test_the_table_of_routes_turns_red_at_the_objectives() -> None:
    panel = latency.slowest_routes(build_service(PROMETHEUS_CLIENT, objectives=STRICT_OBJECTIVES))
    lines = {"P50": [0.1], "P95": [0.5], "P99": [1.0], "Errors": [0.001, 0.01, 0.05]}
    for title, values in lines.items():
        drawn = find_field_override(panel, title)["thresholds"]["steps"]
        assert [step["value"] for step in drawn] == [None, *values]


def test_the_percentiles_asked_for_are_shown_by_their_names() -> None:
    panel = latency.percentiles(build_service(PROMETHEUS_CLIENT), fractions=(0.75, 0.999))
    assert [target.legendFormat for target in panel.targets] == ["orders P75", "orders P99.9"]
    assert [expression[:26] for expression in list_expressions(panel)] == [
        "histogram_quantile(0.75, s",
        "histogram_quantile(0.999, ",
    ]


@pytest.mark.parametrize("fraction", [0, 1, 99, "0.99", float("nan")])
def test_a_fraction_that_is_no_percentile_is_refused(fraction: float) -> None:
    for builder in (latency.current, latency.by_route):
        with pytest.raises(DefinitionError, match="is not a percentile"):
            builder(build_service(PROMETHEUS_CLIENT), fraction=fraction)


def test_each_percentile_keeps_its_colour() -> None:
    panel = latency.percentiles(build_service(PROMETHEUS_CLIENT))
    for ending, color in (("/P50$/", "green"), ("/P95$/", "orange"), ("/P99$/", "red")):
        assert find_field_override(panel, ending) == {
            "color": {"mode": "fixed", "fixedColor": color}
        }


# Which histogram.


def test_the_whole_service_is_shown_by_the_finer_histogram() -> None:
    service = build_service(FASTAPI_INSTRUMENTATOR)
    for panel in (latency.percentiles(service), latency.current(service)):
        assert "three buckets" not in panel.description
        assert all(
            "duration_highr_seconds_bucket" in expression for expression in list_expressions(panel)
        )


def test_without_a_finer_histogram_the_one_by_route_is_summed_up() -> None:
    without = FASTAPI_INSTRUMENTATOR.evolve(metrics={OVERALL_DURATION: None})
    panel = latency.current(build_service(without))
    assert "three buckets" in panel.description
    assert "sum by (le) (rate(http_request_duration_seconds_bucket{" in list_expressions(panel)[0]


def test_chosen_routes_have_the_coarse_percentiles_of_these_routes() -> None:
    """The finer metric has no label for the route."""
    service = build_service(FASTAPI_INSTRUMENTATOR).narrow(routes=matches("$route"))
    panel = latency.percentiles(service)
    assert all('handler=~"$route"' in expression for expression in list_expressions(panel))
    assert "three buckets" in panel.description


@pytest.mark.parametrize("builder", [latency.by_route, latency.slowest_routes])
def test_percentiles_by_route_say_how_coarse_the_buckets_are(
    builder: Callable[..., Any],
) -> None:
    assert "three buckets" in builder(build_service(FASTAPI_INSTRUMENTATOR)).description


def test_the_heatmap_is_in_the_unit_of_its_buckets() -> None:
    """It shows the bounds as they are stored; nothing can convert them."""
    unit = {"axisPlacement": "left", "reverse": False}
    seconds = render_panel(latency.heatmap(build_service(PROMETHEUS_CLIENT)))["options"]["yAxis"]
    milliseconds = render_panel(latency.heatmap(build_service(OTEL_HTTP_OLD)))["options"]["yAxis"]
    assert (seconds, milliseconds) == ({**unit, "unit": "s"}, {**unit, "unit": "ms"})


# Apdex.


def test_the_apdex_threshold_is_the_objective() -> None:
    panel = latency.apdex(build_service(PROMETHEUS_CLIENT, objectives=Objectives(apdex=0.025)))
    (expression,) = list_expressions(panel)
    assert 'le="0.025"' in expression
    assert 'le="0.1"' in expression
    assert "at most 0.025 s; a request of up to 0.1 s counts half" in panel.description


def test_without_an_objective_the_bounds_around_a_quarter_of_a_second_are_taken() -> None:
    fours = Histogram("took", buckets=(0.0625, 0.25, 1.0, 4.0))
    custom_convention = Convention(name="mine", library="own", metrics={DURATION: fours})
    for convention in (PROMETHEUS_CLIENT, custom_convention):
        (expression,) = list_expressions(latency.apdex(build_service(convention)))
        assert 'le="0.25"' in expression
        assert 'le=~"1([.]0)?"' in expression


def test_a_threshold_between_two_buckets_is_answered_with_the_bounds() -> None:
    service = build_service(PROMETHEUS_CLIENT, objectives=Objectives(apdex=0.3))
    with pytest.raises(DefinitionError, match=r"ends at 0\.3 s\nTip: .*0\.25, 0\.5, 1"):
        latency.apdex(service)


def test_buckets_none_of_which_is_four_times_another_cannot_carry_an_apdex() -> None:
    uneven = Histogram("took", buckets=(0.1, 0.3, 1.0))
    convention = Convention(name="mine", library="own", metrics={DURATION: uneven})
    with pytest.raises(MissingMetricError, match=r"'latency.apdex'.*\nTip: give took buckets at"):
        latency.apdex(build_service(convention))


SUMMARY = Summary(
    "took_seconds",
    labels={Role.ROUTE: "endpoint"},
    unit=Unit.SECONDS,
    quantiles=(0.5, 0.99),
)


def build_summary_service(summary: Summary = SUMMARY, **options: Any) -> Service:
    metrics: dict[Concept[Any], Metric | None] = {DURATION: None, DURATION_SUMMARY: summary}
    return build_service(PROMETHEUS_CLIENT.evolve(metrics=metrics), **options)


def test_quantiles_of_a_summary_are_drawn_for_each_instance_and_never_averaged() -> None:
    panel = render_panel(latency.instance_quantiles(build_summary_service()))
    legends = [target["legendFormat"] for target in panel["targets"]]
    assert legends == ["orders {{instance}} P50", "orders {{instance}} P99"]
    assert [target["expr"] for target in panel["targets"]] == [
        'max by (instance) ((took_seconds{job="orders",'
        f'endpoint!~"/metrics|/health|/favicon\\\\.ico",quantile="{quantile}"}} >= 0))'
        for quantile in ("0.5", "0.99")
    ]
    assert "cannot be averaged" in panel["description"]


def test_a_summary_without_quantiles_has_only_its_mean() -> None:
    service = build_summary_service(dataclasses.replace(SUMMARY, quantiles=()))
    with pytest.raises(MissingMetricError, match=r"exposes no quantiles.*\n.*histogram"):
        latency.instance_quantiles(service)
    assert len(list_expressions(latency.mean(service))) == 1
    assert len(list_expressions(latency.mean_by_route(service))) == 1


def test_a_latency_of_a_summary_cannot_be_promised_and_an_availability_can() -> None:
    service = build_summary_service(objectives=Objectives(latency={0.99: 1.0}))
    (objective,) = list_objectives(service)
    with pytest.raises(DefinitionError) as excinfo:
        check_objective_metrics(service, objective)
    assert "took_seconds is a summary" in excinfo.value.problem
    assert "an availability can be promised" in excinfo.value.tip
    service = build_summary_service(objectives=Objectives(availability=0.999))
    for objective in list_objectives(service):
        check_objective_metrics(service, objective)
