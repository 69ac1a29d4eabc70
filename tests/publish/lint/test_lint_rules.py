"""Every lint rule finds what is bad, says nothing of what is good, and nothing of ours."""

from typing import Any

import pytest

from alerts.groups import Addresses, groups
from publish.lint import LINT_RULES
from publish.linting import findings
from publish.subject import of_document, of_groups
from tests.alerts.sample_services import rule_sets
from tests.dashboards.sample_dashboards import library_documents

Json = dict[str, Any]

RULES = {rule.name: rule for rule in LINT_RULES}


def panel(*expressions: str, **more: Any) -> Json:
    """A panel with nothing wrong but what is asked for."""
    targets = [
        {"expr": expression, "legendFormat": "{{job}}", "refId": chr(ord("A") + index)}
        for index, expression in enumerate(expressions)
    ]
    made = {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "description": "What it shows.",
        "fieldConfig": {"defaults": {"unit": "short"}, "overrides": []},
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "id": 1,
        "targets": targets,
        "title": "Panel",
        "type": "timeseries",
    }
    return {**made, **more}


def dashboard(*panels: Json, **more: Any) -> Json:
    declared = [{"name": "datasource", "type": "datasource"}]
    made = {"title": "D", "uid": "d", "panels": list(panels), "templating": {"list": declared}}
    return {**made, **more}


def asking(*expressions: str, **more: Any) -> Json:
    return dashboard(panel(*expressions, **more))


def variables(*names: str) -> Json:
    declared = [{"name": name, "type": "query"} for name in ("datasource", *names)]
    return {"list": declared}


def alert(expression: str = "up == 0", **more: Any) -> Json:
    said = {"summary": "s", "description": "d", "runbook_url": "r"}
    made = {
        "alert": "A",
        "expr": expression,
        "for": "1m",
        "labels": {"severity": "warning"},
        "annotations": said,
    }
    return {"groups": [{"name": "g", "rules": [{**made, **more}]}]}


RATE = "rate(requests_total[$__rate_interval])"
BESIDE = {"gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}, "id": 2, "title": "Other"}
MEAN = (
    "sum(rate(http_request_duration_seconds_sum[$__rate_interval]))"
    " / (sum(rate(http_request_duration_seconds_count[$__rate_interval])) > 0)"
)
P99 = "histogram_quantile(0.99, sum by (le) (rate(took_bucket[$__rate_interval])))"

PAIRS: dict[str, list[tuple[Json, Json]]] = {
    "parse-error": [
        (asking("sum(rate(x[5m])"), asking(f"sum({RATE})")),
        (asking("rate(x_total)"), asking(RATE)),
        (alert("up =="), alert()),
        (asking("topk(, x)"), asking("topk($n, x{a='$b'})", title="[[c]]")),
    ],
    "rate-of-gauge": [
        (asking("rate(process_resident_memory_bytes[1h])"), asking("deriv(memory_bytes[1h])")),
        (asking("sum(increase(http_requests_in_flight[1h]))"), asking(RATE)),
        (alert("rate(up[5m]) > 1"), alert("changes(up[5m]) > 1")),
    ],
    "rate-of-pushed": [
        (asking("increase(push_time_seconds[1h])"), asking("changes(push_time_seconds[1h])")),
        (asking('rate(a_total{job="pushgateway"}[1h])'), asking('a_total{job="pushgateway"}')),
    ],
    "percentile-without-le": [
        (asking(P99.replace("by (le)", "by (a)")), asking(P99)),
        (asking(P99.replace(" by (le)", "")), asking(P99.replace("(le)", "(le, a)"))),
    ],
    "grafana-variable-in-rule": [
        (alert("rate(x_total[$__rate_interval]) > 1"), alert("rate(x_total[5m]) > 1")),
        (alert('up{job="$job"} == 0'), alert('label_replace(up, "a", "$1", "b", "(.*)") == 0')),
    ],
    "fixed-data-source": [
        (asking(RATE, datasource="Prometheus"), asking(RATE)),
        (asking(RATE, datasource={"uid": "PBFA9"}), asking(RATE, datasource=None)),
        (asking(RATE, datasource="Prom"), asking(RATE, datasource={"uid": "-- Mixed --"})),
    ],
    "undeclared-variable": [
        (
            asking('up{job="$job"}'),
            dashboard(panel('up{job="$job"}'), templating=variables("job")),
        ),
        (
            asking('up{job=~"${job:regex}"}'),
            asking('label_replace(up, "a", "$1", "b", "(.*)")', title="$__interval"),
        ),
    ],
    "deprecated-panel": [(asking(RATE, type="graph"), asking(RATE))],
    "duplicate-id": [
        (dashboard(panel("a"), panel("b", **{**BESIDE, "id": 1})), dashboard(panel("a")))
    ],
    "duplicate-refid": [
        (
            asking(targets=[{"expr": "a", "refId": "A"}, {"expr": "b", "refId": "A"}]),
            asking("a", "b"),
        ),
    ],
    "outside-grid": [
        (asking("a", gridPos={"h": 8, "w": 12, "x": 20, "y": 0}), asking("a")),
        (asking("a", gridPos=None), asking("a")),
        (
            dashboard(panel("a"), panel("b", id=2, title="Other")),
            dashboard(panel("a"), panel("b", **BESIDE)),
        ),
    ],
    "fixed-range": [
        (asking("rate(x_total[1m])"), asking(RATE)),
        (asking("sum(irate(x_total[30s]))"), asking("increase(x_total[1h])")),
        (asking("rate(x_total[5m])"), alert("rate(x_total[5m]) > 1")),
    ],
    "average-latency": [(asking(MEAN), asking(MEAN, P99))],
    "exact-le": [
        (asking('x_bucket{le="1"}'), asking('x_bucket{le=~"1([.]0)?"}')),
        (asking('x_bucket{le="1.0"}'), asking('x_bucket{le="0.25"}')),
    ],
    "unguarded-ratio": [
        (asking(f"sum({RATE}) / sum({RATE})"), asking(f"sum({RATE}) / (sum({RATE}) > 0)")),
        (asking(f"{RATE} / sum({RATE})"), asking(f"sum({RATE}) / 60")),
    ],
    "unbounded-legend": [
        (asking(f"sum by (path) ({RATE})"), asking(f"topk(10, sum by (path) ({RATE}))")),
        (asking(f"sum by (endpoint, a) ({RATE})"), asking(f"sum by (status) ({RATE})")),
    ],
    "missing-unit": [(asking("a", fieldConfig={}), asking("a"))],
    "missing-description": [(asking("a", description=" "), asking("a"))],
    "missing-legend": [
        (asking(targets=[{"expr": "a", "refId": "A"}]), asking("a")),
        (asking(targets=[{"expr": "a", "legendFormat": "__auto"}]), asking("a", type="table")),
    ],
    "unused-variable": [
        (
            dashboard(panel("a"), templating=variables("job")),
            dashboard(panel('a{b="$job"}'), templating=variables("job")),
        ),
        (
            dashboard(panel("a"), templating=variables("job")),
            dashboard(panel("a", repeat="job"), templating=variables("job")),
        ),
    ],
    "duplicate-title": [
        (
            dashboard(panel("a"), panel("b", **{**BESIDE, "title": "Panel"})),
            dashboard(panel("a"), panel("b", **BESIDE)),
        )
    ],
    "too-many-panels": [
        (
            dashboard(*(panel("a", id=it) for it in range(50))),
            dashboard({"type": "row", "panels": [panel("a", id=it) for it in range(50)]}),
        ),
        (asking(*(f"a{it}" for it in range(101))), asking("a")),
    ],
    "short-refresh": [
        (dashboard(refresh="1s"), dashboard(refresh="30s")),
        (dashboard(refresh="500ms"), dashboard(refresh=False)),
    ],
    "silent-alert": [
        (alert(labels={}), alert()),
        (alert(annotations={"summary": "s"}), alert()),
        (alert(**{"for": ""}), alert(severity="critical")),
    ],
}


def found(judged: Json, name: str) -> list[str]:
    subject = of_groups(judged["groups"], "g", "s") if "groups" in judged else None
    chosen = subject or of_document(judged, "s")
    return [it.problem for it in findings(chosen, [RULES[name]])]


def test_every_rule_has_a_pair() -> None:
    assert set(PAIRS) == set(RULES)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [(name, *pair) for name, pairs in PAIRS.items() for pair in pairs],
)
def test_a_rule_finds_what_is_bad_and_nothing_in_what_is_good(
    name: str, bad: Json, good: Json
) -> None:
    assert found(bad, name)
    assert found(good, name) == []


@pytest.mark.parametrize("name", RULES)
def test_a_finding_says_what_to_do(name: str) -> None:
    for bad, _ in PAIRS[name]:
        subject = of_groups(bad["groups"], "g", "s") if "groups" in bad else of_document(bad, "s")
        for it in findings(subject, [RULES[name]]):
            assert it.tip.endswith((".", ")", "`"))
            assert not it.problem.endswith(".")
            assert it.place.source == "s"


def test_the_library_is_clean() -> None:
    complaints = [
        it
        for name, made in library_documents().items()
        for it in findings(of_document(made, name), LINT_RULES)
    ]
    assert complaints == []


def test_the_rules_of_every_convention_are_clean() -> None:
    complaints = [
        it
        for name, rules in rule_sets().items()
        for it in findings(of_groups(groups(rules, Addresses()), name, name), LINT_RULES)
    ]
    assert complaints == []
