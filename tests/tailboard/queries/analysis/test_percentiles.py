"""Which percentiles queries ask for, with what they are compared."""

from typing import Any

import pytest

from tailboard.findings.finding import Place
from tailboard.queries.analysis.percentiles import MAX_FOLLOWED_RULES, Percentile, find_percentiles
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

P99_QUERY = "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))"
RED_THRESHOLDS = {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.3}]}


def build_subject(expression: str, kind: str = "stat", **defaults: Any) -> Subject:
    plain = {
        "title": "P",
        "type": kind,
        "fieldConfig": {"defaults": defaults},
        "targets": [{"expr": expression, "refId": "A"}],
    }
    return build_document_subject({"uid": "d", "panels": [plain]}, "d.json")


def build_rule_subject(*definitions: dict[str, Any]) -> Subject:
    return build_rules_subject([{"rules": list(definitions)}], "r", "r.yaml")


def _build_rate_rule(name: str) -> dict[str, Any]:
    expression = f"sum by (le) (rate({name}_seconds_bucket[5m]))"
    return {"record": "took:rate5m", "expr": expression, "labels": {"service": name}}


def list_percentiles(*subjects: Subject) -> list[tuple[str, float, tuple[float, ...]]]:
    return [
        (percentile.histogram, percentile.quantile, percentile.thresholds)
        for percentile in find_percentiles(subjects)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (P99_QUERY, [("took_seconds", 0.99)]),
        (f"topk(5, ({P99_QUERY}) >= 0)", [("took_seconds", 0.99)]),
        (f"max_over_time(({P99_QUERY})[1h:1m])", [("took_seconds", 0.99)]),
        (f"-{P99_QUERY} or vector(0)", [("took_seconds", 0.99)]),
        (
            f"histogram_quantile(0.5, rate(a_bucket[5m])) / {P99_QUERY}",
            [("a", 0.5), ("took_seconds", 0.99)],
        ),
        ("histogram_quantile($quantile, rate(a_bucket[5m]))", []),
        ("histogram_quantile(0.9, rate(native_seconds[5m]))", []),
        ("rate(took_seconds_bucket[5m])", []),
        ("sum(", []),
    ],
)
def test_percentiles_are_found_wherever_they_stand(
    expression: str, expected: list[tuple[str, float]]
) -> None:
    assert [finding[:2] for finding in list_percentiles(build_subject(expression))] == expected


def test_a_recorded_rate_is_traced_to_its_histogram() -> None:
    rate = {"record": "took:rate5m", "expr": "sum by (le) (rate(took_seconds_bucket[5m]))"}
    subject = build_subject("histogram_quantile(0.9, took:rate5m)")
    assert list_percentiles(subject, build_rule_subject(rate)) == [("took_seconds", 0.9, ())]
    assert list_percentiles(subject) == []


def test_a_recorded_percentile_is_the_panels_that_shows_it() -> None:
    (percentile,) = find_percentiles(
        [
            build_subject("took:p99", thresholds=RED_THRESHOLDS),
            build_rule_subject({"record": "took:p99", "expr": P99_QUERY}),
        ]
    )
    assert percentile == Percentile("took_seconds", 0.99, Place("d.json", "d", "P", "A"), (0.3,))


def test_a_rule_that_records_itself_has_an_end() -> None:
    assert (
        list_percentiles(
            build_subject("a:b"),
            build_rule_subject({"record": "a:b", "expr": f"a:b + {P99_QUERY}"}),
        )
        != []
    )


def test_rules_of_one_name_are_told_apart_by_the_labels_that_they_add() -> None:
    recorded = build_rule_subject(*(_build_rate_rule(of) for of in ("orders", "users")))
    quantile = "histogram_quantile(0.9, took:rate5m{service%s})"
    assert list_percentiles(build_subject(quantile % '="users"'), recorded) == [
        ("users_seconds", 0.9, ())
    ]
    assert list_percentiles(build_subject(quantile % '="tickets"'), recorded) == []
    both = [("orders_seconds", 0.9, ()), ("users_seconds", 0.9, ())]
    assert list_percentiles(build_subject(quantile % '=~"$service"'), recorded) == both
    assert list_percentiles(build_subject(quantile % '=~"orders|users"'), recorded) == both


def test_rules_upon_rules_upon_rules_have_an_end() -> None:
    doubled = [
        {"record": f"a:{number + 1}", "expr": f"a:{number} + a:{number}"} for number in range(60)
    ]
    recorded = build_rule_subject({"record": "a:0", "expr": P99_QUERY}, *doubled)
    assert list_percentiles(build_subject("a:60"), recorded) == [("took_seconds", 0.99, ())]
    read = [
        {"record": f"b:{number + 1}", "expr": f"b:{number} + b:{number}"} for number in range(60)
    ]
    rates = build_rule_subject({"record": "b:0", "expr": "rate(took_seconds_bucket[5m])"}, *read)
    assert list_percentiles(build_subject("histogram_quantile(0.9, b:60)"), rates) == [
        ("took_seconds", 0.9, ())
    ]


@pytest.mark.parametrize(
    ("subject", "thresholds"),
    [
        (build_subject(P99_QUERY, thresholds=RED_THRESHOLDS), (0.3,)),
        (build_subject(f"{P99_QUERY} * 1000", thresholds={"steps": [{"value": 300}]}), (0.3,)),
        (build_subject(f"({P99_QUERY}) / 60 >= 0", thresholds={"steps": [{"value": 1}]}), (60,)),
        (
            build_subject(
                P99_QUERY,
                "timeseries",
                thresholds=RED_THRESHOLDS,
                custom={"thresholdsStyle": {"mode": "line"}},
            ),
            (0.3,),
        ),
        (build_subject(P99_QUERY, "timeseries", thresholds=RED_THRESHOLDS), ()),
        (build_subject(P99_QUERY, thresholds={"mode": "percentage", **RED_THRESHOLDS}), ()),
        (build_subject(P99_QUERY, thresholds={"steps": [{"value": None}, {"value": 80}]}), ()),
        (build_subject(P99_QUERY, thresholds={"steps": "?"}), ()),
        (build_subject(f"{P99_QUERY} > 2 * 3", thresholds=RED_THRESHOLDS), (0.3,)),
        (build_subject(f"{P99_QUERY} / rate(b[5m])", thresholds=RED_THRESHOLDS), ()),
        (build_rule_subject({"alert": "Slow", "expr": f"{P99_QUERY} > 0.7"}), (0.7,)),
        (build_rule_subject({"alert": "Slow", "expr": f"1000 * ({P99_QUERY}) > 0.7"}), ()),
        (
            build_rule_subject({"alert": "Slow", "expr": f"{P99_QUERY} / 2 > 0.7 and up > 1"}),
            (1.4,),
        ),
    ],
)
def test_thresholds_are_those_that_are_shown_in_the_histograms_unit(
    subject: Subject, thresholds: tuple[float, ...]
) -> None:
    ((_, _, found_thresholds),) = list_percentiles(subject)
    assert found_thresholds == pytest.approx(thresholds)


@pytest.mark.parametrize("count", [30, 1000])
def test_rules_with_limits_upon_rules_with_limits_have_an_end(count: int) -> None:
    compared = [
        {
            "record": f"a:{number + 1}",
            "expr": f"(a:{number} > {number + 1}) or (a:{number} > {number}.5)",
        }
        for number in range(count)
    ]
    recorded = build_rule_subject({"record": "a:0", "expr": P99_QUERY}, *compared)
    found_percentiles = list_percentiles(build_subject(f"a:{count}"), recorded)
    assert len(found_percentiles) <= MAX_FOLLOWED_RULES
