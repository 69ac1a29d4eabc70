"""Objectives: promises that can be kept, in the notation that is understood."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.panels import Objectives
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.objectives import format_percentile, validate_percentile

fractions = st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True)


@pytest.mark.parametrize("percentile", [0, 1, 99, -1, 1.5, math.nan, math.inf, "0.99", True, None])
def test_what_is_no_percentile_is_refused_with_the_right_notation(percentile: Any) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Objectives(latency={percentile: 1.0})
    assert excinfo.value.problem == f"{percentile!r} is not a percentile"
    assert excinfo.value.tip == "write the 99th percentile as 0.99."


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "1", True, None])
def test_a_latency_that_is_no_number_of_seconds_is_refused_with_its_percentile(
    seconds: Any,
) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Objectives(latency={0.5: 0.1, 0.999: seconds})
    assert f"objective at P99.9 is {seconds!r}" in excinfo.value.problem
    assert "250 milliseconds as 0.25" in excinfo.value.tip


@pytest.mark.parametrize("availability", [99.9, -0.1, math.nan, "0.999", True])
def test_an_availability_that_nobody_can_promise_is_refused(availability: Any) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Objectives(availability=availability)
    assert f"an availability of {availability!r}" in excinfo.value.problem
    assert "99.9 % as 0.999" in excinfo.value.tip


@pytest.mark.parametrize(("availability", "way_out"), [(1, "0.9999"), (1.0, "0.9999"), (0, "out")])
def test_an_availability_of_all_or_nothing_is_refused_with_a_way_out(
    availability: float, way_out: str
) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Objectives(availability=availability)
    assert way_out in excinfo.value.tip


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"error_ratio": 1}, "an error ratio of 1"),
        ({"error_ratio": 0}, "an error ratio of 0"),
        ({"window": "a month"}, "'a month' is not a duration"),
        ({"window": "30m30d"}, "'30m30d' is not a duration"),
        ({"window": "0d"}, "'0d' is not a duration"),
        ({"window": 30}, "30 is not a duration"),
        ({"minimum_rate": -1}, "a minimum rate of -1"),
        ({"minimum_rate": math.nan}, "a minimum rate of nan"),
        ({"backlog": "many"}, "a backlog of 'many'"),
        ({"waiting_requests": -1}, "a number of waiting requests of -1"),
        ({"first_token": {0.95: 0}}, "the first-token objective at P95 is 0"),
        ({"queries": {0.99: 0}}, "the query objective at P99 is 0"),
        ({"queries": {99: 1}}, "99 is not a percentile"),
        ({"job_age": -5}, "the age of a job's last success is -5"),
    ],
)
def test_what_nobody_can_promise_is_refused(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        Objectives(**wrong)
    assert problem in excinfo.value.problem
    assert excinfo.value.tip


@pytest.mark.parametrize("seconds", [0, -0.25, math.nan, "0.25"])
def test_an_apdex_threshold_that_is_no_number_of_seconds_is_refused(seconds: Any) -> None:
    with pytest.raises(DefinitionError, match=f"apdex threshold is {seconds!r}"):
        Objectives(apdex=seconds)


@pytest.mark.parametrize(
    ("availability", "budget"), [(0.999, 0.001), (0.99, 0.01), (0.9, 0.1), (0.99999, 0.00001)]
)
def test_the_error_budget_is_what_availability_leaves(availability: float, budget: float) -> None:
    """As people write it: 1 - 0.9 is 0.09999999999999998."""
    assert Objectives(availability=availability).error_budget == budget


def test_without_an_availability_there_is_no_error_budget() -> None:
    assert Objectives().error_budget is None


@given(fractions)
def test_every_fraction_between_0_and_1_is_a_percentile(fraction: float) -> None:
    assert validate_percentile(fraction) == fraction


@pytest.mark.parametrize(
    ("fraction", "name"),
    [
        (0.5, "P50"),
        (0.95, "P95"),
        (0.99, "P99"),
        (0.999, "P99.9"),
        (0.9999, "P99.99"),
        (0.07, "P7"),
    ],
)
def test_a_percentile_is_called_as_people_call_it(fraction: float, name: str) -> None:
    assert format_percentile(fraction) == name
