"""Errors: red where they are an alert, and limited where routes are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tailboard.panels import Objectives, errors, latency, traffic
from tailboard.panels.concept import EXCEPTIONS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    DJANGO_PROMETHEUS,
    FASTAPI_INSTRUMENTATOR,
    FLASK_EXPORTER,
    PROMETHEUS_CLIENT,
)
from tailboard.panels.metric import Counter
from tests.panels.panel_contents import (
    STRICT_OBJECTIVES,
    build_service,
    list_expressions,
    list_threshold_steps,
)

Builder = Callable[..., Any]


@pytest.mark.parametrize("builder", [errors.ratio, errors.current, errors.by_route])
def test_errors_turn_orange_beyond_the_budget_and_red_where_they_are_an_alert(
    builder: Builder,
) -> None:
    lines = [(0.001, "orange"), (0.01, "red"), (0.05, "dark-red")]
    assert (
        list_threshold_steps(builder(build_service(FLASK_EXPORTER, objectives=STRICT_OBJECTIVES)))[
            1:
        ]
        == lines
    )


@pytest.mark.parametrize(
    ("objectives", "limits"),
    [
        (Objectives(error_ratio=0.02), [(0.02, "red"), (0.1, "dark-red")]),
        (Objectives(availability=0.9), [(0.1, "red"), (0.5, "dark-red")]),
        (
            Objectives(availability=0.9, error_ratio=0.2),
            [(0.1, "orange"), (0.2, "red"), (1.0, "dark-red")],
        ),
    ],
)
def test_the_lines_follow_what_was_promised(
    objectives: Objectives, limits: list[tuple[float, str]]
) -> None:
    assert (
        list_threshold_steps(errors.ratio(build_service(FLASK_EXPORTER, objectives=objectives)))[1:]
        == limits
    )


@pytest.mark.parametrize("builder", [errors.ratio, errors.current, errors.by_route])
def test_without_an_availability_errors_turn_red_at_one_percent(builder: Builder) -> None:
    assert list_threshold_steps(builder(build_service(FLASK_EXPORTER)))[1:] == [
        (0.01, "red"),
        (0.05, "dark-red"),
    ]


def test_the_history_warns_before_the_budget_is_spent() -> None:
    panel = errors.route_history(build_service(FLASK_EXPORTER, objectives=STRICT_OBJECTIVES))
    assert list_threshold_steps(panel)[:3] == [
        (None, "green"),
        (0.0001, "orange"),
        (0.001, "orange"),
    ]


def test_status_classes_are_admitted() -> None:
    panel = errors.ratio(build_service(FASTAPI_INSTRUMENTATOR))
    assert "2xx to 5xx, not a code" in panel.description


@pytest.mark.parametrize(
    "builder", [latency.by_route, errors.by_route, errors.route_history, traffic.by_route]
)
def test_the_routes_shown_are_as_many_as_asked_for(builder: Builder) -> None:
    (expression,) = list_expressions(builder(build_service(FLASK_EXPORTER), limit=3))
    assert expression.startswith("topk(3, ")


@pytest.mark.parametrize(
    ("convention", "title"),
    [(DJANGO_PROMETHEUS, "Exceptions by type"), (FLASK_EXPORTER, "Exceptions by method")],
)
def test_exceptions_are_split_by_what_the_library_says_of_them(
    convention: Convention, title: str
) -> None:
    panel = errors.exceptions(build_service(convention))
    assert panel.title == title
    assert list_expressions(panel)[0].startswith("topk(10, sum by (")


def test_exceptions_without_a_label_are_one_line() -> None:
    convention = PROMETHEUS_CLIENT.evolve(metrics={EXCEPTIONS: Counter("crashes_total")})
    (expression,) = list_expressions(errors.exceptions(build_service(convention)))
    assert expression.startswith("sum(rate(crashes_total")
