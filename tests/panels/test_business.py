"""What the business counts, whatever the counter is called."""

from __future__ import annotations

import pytest

from tailboard.panels import business, one_of
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.definition_error import DefinitionError
from tests.panels.panel_contents import build_service, list_expressions, list_threshold_steps

ORDERS = build_service(PROMETHEUS_CLIENT)


def test_success_is_green_from_its_objective_on_and_red_far_below() -> None:
    panel = business.success_ratio(ORDERS, "Orders", "orders_total", {"ok": "1"}, objective=0.95)
    (_, base), (warning, orange), (objective, green) = list_threshold_steps(panel)
    assert (base, orange, green) == ("red", "orange", "green")
    assert 0 < warning < objective == 0.95


@pytest.mark.parametrize("objective", [0, 1, 99, -0.5, float("nan")])
def test_an_objective_that_is_no_fraction_is_refused(objective: float) -> None:
    with pytest.raises(DefinitionError, match=r"is not a fraction\nTip: write 99 % as 0\.99"):
        business.success_ratio(ORDERS, "Orders", "orders_total", {}, objective=objective)


def test_a_success_may_have_several_names() -> None:
    ok = {"outcome": one_of("ok", "free (of charge)")}
    (expression,) = list_expressions(business.success_ratio(ORDERS, "Orders", "orders_total", ok))
    assert 'outcome=~"ok|free \\\\(of charge\\\\)"' in expression


def test_a_rate_by_labels_names_them_in_the_legend_and_is_limited() -> None:
    panel = business.rate(ORDERS, "Orders", "orders_total", by=("country", "plan"), limit=5)
    assert panel.targets[0].legendFormat == "orders {{country}} {{plan}}"
    assert list_expressions(panel)[0].startswith("topk(5, sum by (country, plan) (")


def test_the_steps_of_a_funnel_stay_in_order_and_keep_their_names() -> None:
    steps = {"Paid": ("paid_total", {}), "Cart": ("step_total", {"step": "cart"})}
    panel = business.funnel(ORDERS, "Checkout", steps)
    assert [target.legendFormat for target in panel.targets] == ["Paid", "Cart"]
    assert list_expressions(panel)[1] == (
        'sum(increase(step_total{job="orders",step="cart"}[$__range]))'
    )


def test_a_funnel_of_one_step_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"'Checkout' has 1 steps\nTip: .*at least two"):
        business.funnel(ORDERS, "Checkout", {"Cart": ("cart_total", {})})


def test_a_label_that_prometheus_would_not_accept_is_refused() -> None:
    with pytest.raises(DefinitionError, match="'' is not a label name"):
        business.success_ratio(ORDERS, "Orders", "orders_total", {"": "ok"})
