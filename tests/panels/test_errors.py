"""Errors: red where the budget ends, and limited where routes are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from panels import errors, latency, traffic
from panels.conventions import FASTAPI_INSTRUMENTATOR, FLASK_EXPORTER

from .reading import STRICT, expressions, service, steps

Builder = Callable[..., Any]


@pytest.mark.parametrize("builder", [errors.ratio, errors.current, errors.by_route])
def test_errors_turn_red_where_the_budget_ends(builder: Builder) -> None:
    assert steps(builder(service(FLASK_EXPORTER, objectives=STRICT)))[1:] == [(0.001, "red")]


@pytest.mark.parametrize("builder", [errors.ratio, errors.current, errors.by_route])
def test_without_an_availability_errors_turn_red_at_one_percent(builder: Builder) -> None:
    assert steps(builder(service(FLASK_EXPORTER)))[1:] == [(0.01, "red")]


def test_the_history_warns_before_the_budget_is_spent() -> None:
    panel = errors.route_history(service(FLASK_EXPORTER, objectives=STRICT))
    (_, base), (warning, orange), (budget, red) = steps(panel)
    assert (base, orange, red) == ("green", "orange", "red")
    assert 0 < warning < budget == 0.001


def test_status_classes_are_admitted() -> None:
    panel = errors.ratio(service(FASTAPI_INSTRUMENTATOR))
    assert "2xx to 5xx, not a code" in panel.description


@pytest.mark.parametrize(
    "builder", [latency.by_route, errors.by_route, errors.route_history, traffic.by_route]
)
def test_the_routes_shown_are_as_many_as_asked_for(builder: Builder) -> None:
    (expression,) = expressions(builder(service(FLASK_EXPORTER), limit=3))
    assert expression.startswith("topk(3, ")
