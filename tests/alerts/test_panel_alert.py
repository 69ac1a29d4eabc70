"""Alerts in panels of old Grafana as rules of Prometheus."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from grafanalib.core import (
    OP_AND,
    OP_OR,
    RTYPE_AVG,
    RTYPE_MAX,
    Alert,
    AlertCondition,
    Graph,
    GreaterThan,
    LowerThan,
    NoValue,
    OutsideRange,
    Target,
    TimeRange,
    WithinRange,
)
from grafanalib.core import Dashboard as GrafanalibDashboard
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.alerts.panel_alert import (
    DEFAULT_INTERVAL,
    PanelAlert,
    build_panel_alert_groups,
    convert_panel_alert,
)
from tailboard.dashboards import build_document
from tests.alerts.sample_services import run_promtool
from tests.example_counts import count_examples
from tests.required_programs import require_program

Json = dict[str, Any]


def build_condition(**fields: Any) -> Json:
    """One condition as Grafana 8 stores it: the mean of A in five minutes is above 5."""
    return {
        "evaluator": {"params": [5], "type": "gt"},
        "operator": {"type": "and"},
        "query": {"params": ["A", "5m", "now"]},
        "reducer": {"params": [], "type": "avg"},
        "type": "query",
        **fields,
    }


def build_panel(*conditions: Json, targets: Any = None, **fields: Any) -> Json:
    """A panel with an alert of these conditions."""
    alert = {
        "conditions": list(conditions) or [build_condition()],
        "executionErrorState": "keep_state",
        "for": "2m",
        "frequency": "30s",
        "name": "Too slow",
        "noDataState": "ok",
        **fields,
    }
    queries = [{"expr": "up", "refId": "A"}, {"expr": "sum(b) by (job)", "refId": "B"}]
    return {
        "type": "graph",
        "title": "Latency",
        "targets": queries if targets is None else targets,
        "alert": alert,
    }


def convert(panel: Json) -> PanelAlert:
    alert = convert_panel_alert(panel)
    assert alert is not None
    return alert


def build_rule(panel: Json) -> Json:
    """The rule of a panel's alert, which has one."""
    alert = convert(panel)
    assert alert.rule is not None, alert.notes
    return dict(alert.rule)


@pytest.mark.parametrize("alert", [None, {}, "", [], False])
def test_a_panel_without_an_alert_has_none(alert: object) -> None:
    assert convert_panel_alert({"type": "graph", "alert": alert}) is None
    assert convert_panel_alert({"type": "graph"}) is None


def test_an_alert_becomes_a_rule() -> None:
    alert = convert(build_panel(message="slow", alertRuleTags={"team": "shop"}))
    assert alert == PanelAlert(
        "Too slow",
        "Latency",
        {
            "alert": "Too slow",
            "expr": "avg_over_time((up)[5m:]) > 5",
            "for": "2m",
            "labels": {"team": "shop"},
            "annotations": {"summary": "Too slow", "description": "slow"},
        },
        (),
        "30s",
    )


@pytest.mark.parametrize(
    ("reducer", "expression"),
    [
        ("avg", "avg_over_time((up)[5m:]) > 5"),
        ("min", "min_over_time((up)[5m:]) > 5"),
        ("max", "max_over_time((up)[5m:]) > 5"),
        ("median", "quantile_over_time(0.5, (up)[5m:]) > 5"),
        ("diff", "delta((up)[5m:]) > 5"),
        ("last", "(up) > 5"),
    ],
)
def test_a_reducer_becomes_a_function_over_time(reducer: str, expression: str) -> None:
    assert build_rule(build_panel(build_condition(reducer={"type": reducer})))["expr"] == expression


@pytest.mark.parametrize(
    ("evaluator", "expression"),
    [
        ({"type": "gt", "params": [0.5]}, "(up) > 0.5"),
        ({"type": "lt", "params": [-1, 7]}, "(up) < -1"),
        ({"type": "within_range", "params": [1, 2]}, "((up) > 1) < 2"),
        ({"type": "within_range", "params": [2, 1]}, "((up) > 1) < 2"),
        ({"type": "outside_range", "params": [2, 1]}, "((up) < 1) or ((up) > 2)"),
        ({"type": "no_value", "params": []}, "absent(up)"),
    ],
)
def test_an_evaluator_becomes_a_comparison(evaluator: Json, expression: str) -> None:
    condition = build_condition(evaluator=evaluator, reducer={"type": "last"})
    assert build_rule(build_panel(condition))["expr"].replace("  ", " ") == expression


def test_conditions_are_combined_from_left_to_right() -> None:
    last = {"type": "last"}
    other = {"query": {"params": ["B", "5m", "now"]}, "reducer": last}
    panel = build_panel(
        build_condition(reducer=last),
        build_condition(**other, operator={"type": "and"}),
        build_condition(**other, operator={"type": "or"}),
    )
    assert build_rule(panel)["expr"] == (
        "(((up) > 5) and on () ((sum(b) by (job)) > 5)) or ((sum(b) by (job)) > 5)"
    )


def test_an_alert_without_data_fires_where_the_panel_s_did() -> None:
    panel = build_panel(build_condition(reducer={"type": "last"}), noDataState="alerting")
    assert build_rule(panel)["expr"] == "((up) > 5) or absent(up)"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(a[$__rate_interval])", "rate(a[5m])"),
        ("rate(a[${__interval}])", "rate(a[5m])"),
        ("up # all of them", "up"),
        (
            'label_replace(up, "a", "$1", "b", "(.*)#$")',
            'label_replace(up, "a", "$1", "b", "(.*)#$")',
        ),
    ],
)
def test_an_expression_of_a_rule_has_no_variables_and_no_comments(
    expression: str, expected: str
) -> None:
    alert = convert(
        build_panel(
            build_condition(reducer={"type": "last"}),
            targets=[{"expr": expression, "refId": "A"}],
        )
    )
    assert alert.rule
    assert alert.rule["expr"] == f"({expected}) > 5"
    assert any("5m" in note for note in alert.notes) is ("interval" in expression)


@pytest.mark.parametrize(
    ("panel", "reason"),
    [
        (build_panel(build_condition(reducer={"type": "count"})), "'count'"),
        (build_panel(build_condition(reducer={"type": "sum"})), "'sum'"),
        (build_panel(build_condition(reducer=None)), "reducer ''"),
        (build_panel(build_condition(evaluator={"type": "eq", "params": [1]})), "'eq'"),
        (build_panel(build_condition(evaluator=None)), "evaluator ''"),
        (build_panel(build_condition(evaluator={"type": "gt", "params": []})), "limits"),
        (build_panel(build_condition(evaluator={"type": "gt", "params": [10**400]})), "limits"),
        (build_panel(build_condition(evaluator={"type": "gt", "params": ["5"]})), "limits"),
        (build_panel(build_condition(evaluator={"type": "within_range", "params": [1]})), "limits"),
        (build_panel(build_condition(query={"params": ["C", "5m", "now"]})), "no query 'C'"),
        (build_panel(build_condition(query={"params": ["A", "5m", "now-1m"]})), "'now-1m'"),
        (build_panel(build_condition(query={"params": ["A", "5 minutes"]})), "'5 minutes'"),
        (build_panel(build_condition(query={"params": ["A", "9" * 5000 + "m"]})), "not up to now"),
        (build_panel(build_condition(query=None)), "no query"),
        (build_panel(conditions=[]), "no conditions"),
        (build_panel(conditions="up"), "no conditions"),
        (build_panel(conditions=["up"]), "no query"),
        (build_panel(targets=[{"expr": "up{job='$job'}", "refId": "A"}]), "variable $job"),
        (build_panel(targets=[{"expr": "up{job='[[job]]'}", "refId": "A"}]), "variable [[job]]"),
        (build_panel(targets=[{"expr": "a * $__interval_ms", "refId": "A"}]), "$__interval_ms"),
        (build_panel(targets=[{"target": "a.b", "refId": "A"}]), "not PromQL"),
        (
            build_panel(targets=[{"expr": "{}", "refId": "A", "datasource": {"type": "loki"}}]),
            "not PromQL",
        ),
        ({"type": "graph", "title": "Latency", "alert": True}, "not an object"),
    ],
)
def test_an_alert_that_no_rule_can_be_says_why(panel: Json, reason: str) -> None:
    alert = convert(panel)
    assert alert.rule is None
    (note,) = alert.notes
    assert reason in note
    assert build_panel_alert_groups("orders", [alert]) == []


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"noDataState": "no_data"}, "Without data"),
        ({"noDataState": None}, "Without data"),
        ({"noDataState": "keep_state"}, "kept its state"),
        ({"executionErrorState": "alerting"}, "prometheus_rule_evaluation_failures_total"),
        ({"notifications": [{"uid": "a"}]}, "Alertmanager"),
        ({"alertRuleTags": {"my-team": "a"}}, "'my-team'"),
        ({"alertRuleTags": {"__name__": "a"}}, "'__name__'"),
        ({"conditions": [build_condition(reducer={"type": "diff"})]}, "extrapolates"),
    ],
)
def test_what_a_rule_does_not_do_is_noted(fields: Json, note: str) -> None:
    alert = convert(build_panel(**fields))
    assert alert.rule
    assert [note in text for text in alert.notes] == [True]
    assert "labels" not in alert.rule


def test_labels_in_a_message_become_a_template_and_braces_stay() -> None:
    rule = build_rule(build_panel(message="${instance} is {{slow}}", name="{{a}}"))
    assert rule["annotations"] == {
        "summary": '{{ "{{" }}a}}',
        "description": '{{ $labels.instance }} is {{ "{{" }}slow}}',
    }


@pytest.mark.parametrize(
    ("value", "is_kept"), [("1m", True), ("0", False), (None, False), (60, False)]
)
def test_a_duration_that_prometheus_does_not_know_is_left_out(value: Any, is_kept: bool) -> None:
    panel = build_panel(**{"for": value, "frequency": value})
    assert ("for" in build_rule(panel)) is is_kept
    assert convert(panel).interval == (value if is_kept else DEFAULT_INTERVAL)


def test_rules_of_one_interval_are_one_group() -> None:
    alerts = [
        convert(build_panel(name=name, frequency=frequency))
        for name, frequency in (("A", "1m"), ("B", "30s"), ("C", "1m"))
    ]
    groups = build_panel_alert_groups("orders", alerts)
    assert [(group["name"], group["interval"]) for group in groups] == [
        ("orders: every 1m", "1m"),
        ("orders: every 30s", "30s"),
    ]
    assert [[rule["alert"] for rule in group["rules"]] for group in groups] == [["A", "C"], ["B"]]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "params", "query", "model", "refId", "expr", "a-b"]),
            children,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=count_examples(300))
def test_an_alert_of_any_shape_is_a_rule_or_has_a_reason(data: st.DataObject) -> None:
    panel = build_panel(alertRuleTags={"team": "a"}, message="slow")
    places = [panel, panel["alert"], panel["alert"]["conditions"][0], panel["targets"][0]]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(json_values)
    alert = convert_panel_alert(panel)
    assert alert is None or alert.rule or alert.notes


def build_alerting_graph() -> Graph:
    """A graph of grafanalib with an alert of one condition of each evaluator."""
    target = Target(expr="up", refId="A")
    evaluators = [
        GreaterThan(5),
        LowerThan(-5),
        WithinRange(2, 1),
        OutsideRange(-9, 9),
        NoValue(),
    ]
    conditions = [
        AlertCondition(
            target,
            evaluator,
            TimeRange("5m", "now"),
            OP_AND if index % 2 else OP_OR,
            RTYPE_AVG if index % 2 else RTYPE_MAX,
        )
        for index, evaluator in enumerate(evaluators)
    ]
    return Graph(
        title="Latency",
        targets=[target],
        alert=Alert(name="Too {{slow}}", message="${job} is slow", alertConditions=conditions),
    )


def test_promtool_accepts_the_rules_of_a_grafanalib_dashboard(tmp_path: Path) -> None:
    panels: list[Json] = []
    dashboard = GrafanalibDashboard(title="Orders", panels=[build_alerting_graph()])
    document = build_document(dashboard, alert_panels=panels)
    (panel,) = panels
    assert "alert" not in document["panels"][0]
    path = tmp_path / "rules.yaml"
    groups = build_panel_alert_groups("orders", [convert(panel)])
    assert len(groups[0]["rules"]) == 1
    path.write_text(yaml.safe_dump({"groups": groups}))
    promtool = require_program("promtool", "prometheus")
    assert run_promtool(promtool, "check", "rules", path) == ""


def test_the_rule_fires_when_the_mean_is_above_the_limit(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        yaml.safe_dump(
            {"groups": build_panel_alert_groups("orders", [convert(build_panel(message="${job}"))])}
        )
    )
    alert = {
        "exp_labels": {"job": "slow"},
        "exp_annotations": {"summary": "Too slow", "description": "slow"},
    }
    test = {
        "interval": "30s",
        "input_series": [
            {"series": 'up{job="slow"}', "values": "0x10 100x30"},
            {"series": 'up{job="fast"}', "values": "5x40"},
        ],
        "alert_rule_test": [
            {"eval_time": "5m", "alertname": "Too slow", "exp_alerts": []},
            {"eval_time": "15m", "alertname": "Too slow", "exp_alerts": [alert]},
        ],
    }
    path = tmp_path / "test.yaml"
    path.write_text(
        yaml.safe_dump(
            {"rule_files": ["rules.yaml"], "evaluation_interval": "30s", "tests": [test]}
        )
    )
    promtool = require_program("promtool", "prometheus")
    assert run_promtool(promtool, "test", "rules", path) == ""
