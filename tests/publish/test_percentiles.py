"""Which percentiles queries ask for, with what they are compared."""

from typing import Any

import pytest

from tailboard.findings.finding import Place
from tailboard.queries.percentiles import Percentile, find_percentiles
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

P99 = "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))"
RED = {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.3}]}


def panel(expression: str, kind: str = "stat", **defaults: Any) -> Subject:
    plain = {
        "title": "P",
        "type": kind,
        "fieldConfig": {"defaults": defaults},
        "targets": [{"expr": expression, "refId": "A"}],
    }
    return build_document_subject({"uid": "d", "panels": [plain]}, "d.json")


def rules(*given: dict[str, Any]) -> Subject:
    return build_rules_subject([{"rules": list(given)}], "r", "r.yaml")


def _rate(of: str) -> dict[str, Any]:
    expression = f"sum by (le) (rate({of}_seconds_bucket[5m]))"
    return {"record": "took:rate5m", "expr": expression, "labels": {"service": of}}


def found(*subjects: Subject) -> list[tuple[str, float, tuple[float, ...]]]:
    return [(it.histogram, it.quantile, it.thresholds) for it in find_percentiles(subjects)]


@pytest.mark.parametrize(
    ("expression", "asked"),
    [
        (P99, [("took_seconds", 0.99)]),
        (f"topk(5, ({P99}) >= 0)", [("took_seconds", 0.99)]),
        (f"max_over_time(({P99})[1h:1m])", [("took_seconds", 0.99)]),
        (f"-{P99} or vector(0)", [("took_seconds", 0.99)]),
        (
            f"histogram_quantile(0.5, rate(a_bucket[5m])) / {P99}",
            [("a", 0.5), ("took_seconds", 0.99)],
        ),
        ("histogram_quantile($quantile, rate(a_bucket[5m]))", []),
        ("histogram_quantile(0.9, rate(native_seconds[5m]))", []),
        ("rate(took_seconds_bucket[5m])", []),
        ("sum(", []),
    ],
)
def test_percentiles_are_found_wherever_they_stand(
    expression: str, asked: list[tuple[str, float]]
) -> None:
    assert [it[:2] for it in found(panel(expression))] == asked


def test_a_recorded_rate_is_traced_to_its_histogram() -> None:
    rate = {"record": "took:rate5m", "expr": "sum by (le) (rate(took_seconds_bucket[5m]))"}
    asked = panel("histogram_quantile(0.9, took:rate5m)")
    assert found(asked, rules(rate)) == [("took_seconds", 0.9, ())]
    assert found(asked) == []


def test_a_recorded_percentile_is_the_panels_that_shows_it() -> None:
    (it,) = find_percentiles(
        [panel("took:p99", thresholds=RED), rules({"record": "took:p99", "expr": P99})]
    )
    assert it == Percentile("took_seconds", 0.99, Place("d.json", "d", "P", "A"), (0.3,))


def test_a_rule_that_records_itself_has_an_end() -> None:
    assert found(panel("a:b"), rules({"record": "a:b", "expr": f"a:b + {P99}"})) != []


def test_rules_of_one_name_are_told_apart_by_the_labels_that_they_add() -> None:
    recorded = rules(*(_rate(of) for of in ("orders", "users")))
    quantile = "histogram_quantile(0.9, took:rate5m{service%s})"
    assert found(panel(quantile % '="users"'), recorded) == [("users_seconds", 0.9, ())]
    assert found(panel(quantile % '="tickets"'), recorded) == []
    both = [("orders_seconds", 0.9, ()), ("users_seconds", 0.9, ())]
    assert found(panel(quantile % '=~"$service"'), recorded) == both
    assert found(panel(quantile % '=~"orders|users"'), recorded) == both


def test_rules_upon_rules_upon_rules_have_an_end() -> None:
    doubled = [{"record": f"a:{it + 1}", "expr": f"a:{it} + a:{it}"} for it in range(60)]
    recorded = rules({"record": "a:0", "expr": P99}, *doubled)
    assert found(panel("a:60"), recorded) == [("took_seconds", 0.99, ())]
    read = [{"record": f"b:{it + 1}", "expr": f"b:{it} + b:{it}"} for it in range(60)]
    rates = rules({"record": "b:0", "expr": "rate(took_seconds_bucket[5m])"}, *read)
    assert found(panel("histogram_quantile(0.9, b:60)"), rates) == [("took_seconds", 0.9, ())]


@pytest.mark.parametrize(
    ("subject", "thresholds"),
    [
        (panel(P99, thresholds=RED), (0.3,)),
        (panel(f"{P99} * 1000", thresholds={"steps": [{"value": 300}]}), (0.3,)),
        (panel(f"({P99}) / 60 >= 0", thresholds={"steps": [{"value": 1}]}), (60,)),
        (
            panel(P99, "timeseries", thresholds=RED, custom={"thresholdsStyle": {"mode": "line"}}),
            (0.3,),
        ),
        (panel(P99, "timeseries", thresholds=RED), ()),
        (panel(P99, thresholds={"mode": "percentage", **RED}), ()),
        (panel(P99, thresholds={"steps": [{"value": None}, {"value": 80}]}), ()),
        (panel(P99, thresholds={"steps": "?"}), ()),
        (panel(f"{P99} > 2 * 3", thresholds=RED), (0.3,)),
        (panel(f"{P99} / rate(b[5m])", thresholds=RED), ()),
        (rules({"alert": "Slow", "expr": f"{P99} > 0.7"}), (0.7,)),
        (rules({"alert": "Slow", "expr": f"1000 * ({P99}) > 0.7"}), ()),
        (rules({"alert": "Slow", "expr": f"{P99} / 2 > 0.7 and up > 1"}), (1.4,)),
    ],
)
def test_thresholds_are_those_that_are_shown_in_the_histograms_unit(
    subject: Subject, thresholds: tuple[float, ...]
) -> None:
    ((_, _, seen),) = found(subject)
    assert seen == pytest.approx(thresholds)
