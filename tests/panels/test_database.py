"""Databases: no percentile where only a bucket's edge would show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tailboard.panels import database
from tailboard.panels.concept import DB_DURATION
from tailboard.panels.conventions import DJANGO_PROMETHEUS, OTEL_HTTP_STABLE, PROMETHEUS_CLIENT
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.metric import Histogram, Role
from tests.panels.panel_contents import build_service, list_expressions, render_panel

Builder = Callable[..., Any]


@pytest.mark.parametrize("builder", [database.percentiles, database.by_table, database.slowest])
def test_percentiles_of_buckets_that_are_too_coarse_are_refused(builder: Builder) -> None:
    with pytest.raises(MissingMetricError) as excinfo:
        builder(build_service(OTEL_HTTP_STABLE))
    assert f"the panel 'database.{builder.__name__}'" in excinfo.value.problem
    assert "too coarse" in excinfo.value.problem
    assert "4.95 s" in excinfo.value.tip


def test_the_mean_stands_in_and_admits_what_it_hides() -> None:
    panel = database.mean(build_service(OTEL_HTTP_STABLE))
    assert "hides the slow queries" in panel.description
    assert "Only the mean is true" in panel.description


def test_a_view_with_finer_buckets_brings_the_percentiles_back() -> None:
    finer = Histogram(
        "db_client_operation_duration_seconds",
        {Role.OPERATION: "db_operation_name"},
        buckets=(0.001, 0.01, 0.1, 1.0),
    )
    varied = OTEL_HTTP_STABLE.evolve(metrics={DB_DURATION: finer})
    assert len(list_expressions(database.percentiles(build_service(varied)))) == 3


def test_queries_are_told_apart_by_operation_and_table() -> None:
    panel = database.by_table(build_service(PROMETHEUS_CLIENT))
    assert panel.title == "P99 query time by operation and table"
    assert panel.targets[0].legendFormat == "orders {{operation}} {{table}}"
    assert "sum by (le, operation, table)" in list_expressions(panel)[0]


def test_queries_are_told_apart_by_what_a_library_knows() -> None:
    panel = database.by_table(build_service(DJANGO_PROMETHEUS))
    assert panel.title == "P99 query time by database"
    assert "Says neither which operation nor which table" in panel.description


def test_the_slowest_queries_have_a_column_for_each_label() -> None:
    document = render_panel(database.slowest(build_service(PROMETHEUS_CLIENT)))
    titles = document["transformations"][1]["options"]["renameByName"]
    assert titles["operation"] == "Operation"
    assert titles["table"] == "Table"
    assert list(titles.values())[2:] == ["Queries", "Mean", "P99", "Busy"]
