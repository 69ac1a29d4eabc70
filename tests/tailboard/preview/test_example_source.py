"""Example data: plausible values, made up from queries alone."""

import pytest
from grafanalib.core import Panel

from tailboard import Service
from tailboard.panels import errors, health
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.preview.data.example_source import EXAMPLE_NOW, ExampleSource
from tailboard.preview.data.panel_queries import DataRequest, Hint
from tailboard.preview.data.time_range import TimeRange

ORDERS = Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)
LAST_HOUR = TimeRange(EXAMPLE_NOW - 3600, EXAMPLE_NOW)


def list_values(panel: Panel, unit: str) -> list[float]:
    request = DataRequest(panel.targets[0].expr, LAST_HOUR, step=60, hint=Hint(unit=unit))
    result = ExampleSource().fetch([request])[request]
    return [value for series in result.series for _, value in series.points]


@pytest.mark.parametrize("panel", [errors.ratio(ORDERS), errors.client_ratio(ORDERS)])
def test_a_share_of_errors_is_small(panel: Panel) -> None:
    values = list_values(panel, "percentunit")
    assert values
    assert all(0 <= value < 0.05 for value in values)


def test_all_instances_are_up() -> None:
    assert set(list_values(health.instances(ORDERS), "percentunit")) == {1.0}


def test_no_share_is_more_than_all() -> None:
    request = DataRequest("a / b", LAST_HOUR, step=10, hint=Hint(unit="percentunit"))
    values = [value for _, value in ExampleSource().fetch([request])[request].series[0].points]
    assert max(values) <= 1
