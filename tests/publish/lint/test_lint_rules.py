"""Every lint rule finds what is bad, says nothing of what is good, and nothing of ours."""

import json
from typing import Any

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject
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
    declared = [{"name": "datasource", "type": "datasource", "query": "prometheus"}]
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
PBFA9 = {"type": "prometheus", "uid": "PBFA9"}
P99 = "histogram_quantile(0.99, sum by (le) (rate(took_bucket[$__rate_interval])))"
P99_OF_MEAN = P99.replace("took_bucket", "http_request_duration_seconds_bucket")
NATIVE = P99.replace("took_bucket", "http_response_size_bytes").replace(" by (le)", "")
WITHOUT = P99.replace("by (le)", "without (le)")
EXPRESSION = {"type": "__expr__", "uid": "__expr__"}


def mean(name: str) -> str:
    """The mean of a histogram, guarded."""
    rates = (f"sum(rate({name}_{it}[$__rate_interval]))" for it in ("sum", "count"))
    return "{} / ({} > 0)".format(*rates)


def choosing(query: Any, **more: Any) -> Json:
    """A dashboard with a variable of this query."""
    declared = variables()["list"]
    source = {"type": "prometheus", "uid": "${datasource}"}
    asked = {"name": "v", "type": "query", "query": query, "datasource": source, **more}
    return dashboard(templating={"list": [*declared, asked]})


def annotated(expression: str, **more: Any) -> Json:
    """A dashboard with an annotation of this query."""
    source = {"type": "prometheus", "uid": "${datasource}"}
    asked = {"name": "deploys", "expr": expression, "datasource": source, **more}
    return dashboard(annotations={"list": [asked]})


def drawn(expression: str, legend: str, **more: Any) -> Json:
    """A panel with this query and legend."""
    return asking(targets=[{"expr": expression, "legendFormat": legend, "refId": "A", **more}])


BY_ENDPOINT = "sum by (endpoint) (rate(requests_total[1h]))"
IN_SHOP = BY_ENDPOINT.replace("requests_total", 'requests_total{namespace="shop"}')
MINE = P99.replace("took_bucket", 'took_bucket{job="shop",instance=~"$instance"}')
SLOW = P99.replace("took_bucket", 'took_bucket{job="shop"}').replace("$__rate_interval", "5m")
RECORDED = {
    "record": "took_bucket:rate5m",
    "expr": 'sum by (le, route) (rate(took_bucket{job="shop"}[5m]))',
    "labels": {"service": "shop"},
}


def limits(*steps: float, style: str = "line") -> Json:
    """Field options with thresholds."""
    drawn = [{"color": "green", "value": None}, *({"color": "red", "value": it} for it in steps)]
    thresholds = {"mode": "absolute", "steps": drawn}
    custom = {"thresholdsStyle": {"mode": style}}
    return {"defaults": {"custom": custom, "thresholds": thresholds, "unit": "s"}, "overrides": []}


def recording(expression: str) -> Json:
    """An alert on what is recorded."""
    made = alert(expression)
    made["groups"][0]["rules"].insert(0, RECORDED)
    return made


Judged = Json | list[Json]
PAIRS: dict[str, list[tuple[Judged, Judged]]] = {
    "parse-error": [
        (asking("sum(rate(x[5m])"), asking(f"sum({RATE})")),
        (asking("rate(x_total)"), asking(RATE)),
        (alert("up =="), alert()),
        (asking("topk(, x)"), asking("topk($n, x{a='$b'})", title="[[c]]")),
        (asking(f"{'(' * 201}x{')' * 201}"), asking(f"{'(' * 100}x{')' * 100}")),
        (asking(f"{'(' * 50_000}x{')' * 50_000}"), asking("x" * 50_000)),
        (asking("+".join(["x"] * 50_000)), asking("+".join(["x"] * 100))),
        (choosing("query_result(sum(x)"), choosing("query_result(sum(x))")),
        (choosing({"query": "label_values(x{, job)"}), choosing("label_values(x{a='$b'}, job)")),
        (choosing("query_result(x[)"), choosing("query_result(x[)", datasource={"type": "loki"})),
        (annotated("changes(x[5m]"), annotated("changes(x[$__rate_interval])")),
        (annotated("", target={"expr": "sum("}), annotated("sum(", datasource={"type": "loki"})),
    ],
    "rate-of-gauge": [
        (asking("rate(process_resident_memory_bytes[1h])"), asking("deriv(memory_bytes[1h])")),
        (asking("sum(increase(http_requests_in_flight[1h]))"), asking(RATE)),
        (alert("rate(up[5m]) > 1"), alert("changes(up[5m]) > 1")),
        (asking("rate(queue_size[1h])"), asking(NATIVE)),
        (asking("rate(active_connections[1h])"), asking("rate(mysql_connections[1h])")),
        (
            asking("rate(pg_stat_activity_count[1h])"),
            asking("sum(rate(http_request_size_bytes[1h]))"),
        ),
        (asking("rate(wal_bytes[1h])"), asking("rate(mysql_global_status_wal_bytes[1h])")),
        (asking("rate(worker_queue_depth[1h])"), asking("rate(node_network_receive_bytes[1h])")),
        (asking("rate(db_connections_idle[1h])"), asking("rate(nginx_connections_accepted[1h])")),
    ],
    "rate-of-pushed": [
        (asking("increase(push_time_seconds[1h])"), asking("changes(push_time_seconds[1h])")),
        (asking('rate(a_total{job="pushgateway"}[1h])'), asking('a_total{job="pushgateway"}')),
        (
            asking('rate(pushed_total{job="pushgateway"}[1h])'),
            asking('rate(process_cpu_seconds_total{job="pushgateway"}[1h])'),
        ),
        (
            asking('irate(pushed_total{job="pushgateway"}[1h])'),
            asking('rate(pushgateway_http_requests_total{job="pushgateway"}[1h])'),
        ),
        (
            asking('time() - push_time_seconds{job="a"}', 'increase(rows_total{job="a"}[1h])'),
            asking('time() - push_time_seconds{job="a"}', 'increase(rows_total{job="b"}[1h])'),
        ),
        (
            asking('push_time_seconds{exported_job="a"}', 'rate(rows_total{exported_job="a"}[1h])'),
            asking('push_time_seconds{exported_job="a"}', 'rate(rows_total{job="a"}[1h])'),
        ),
        (
            [asking('increase(rows_total{job="a"}[1h])'), alert('push_time_seconds{job="a"} > 1')],
            [
                asking('increase(rows_total{job="$job"}[1h])'),
                asking('push_time_seconds{job="$job"}', uid="other"),
            ],
        ),
    ],
    "percentile-without-le": [
        (asking(P99.replace("by (le)", "by (a)")), asking(P99)),
        (asking(P99.replace(" by (le)", "")), asking(P99.replace("(le)", "(le, a)"))),
        (asking(WITHOUT), asking(WITHOUT.replace("(le)", "(instance)"))),
        (alert(f"{WITHOUT} > 1"), alert(f"{P99} > 1")),
        (asking(P99.replace("(le)", "(a)")), asking(P99.replace("(le)", "(vmrange)"))),
        (
            asking("histogram_quantile(0.9, sum by (a) (sum by (a, le) (x_bucket)))"),
            asking("histogram_quantile(0.9, topk(9, sum by (a, le) (x_bucket)))"),
        ),
        (
            asking("max(histogram_quantile(0.9, sum by (a) (x_bucket)))"),
            asking("max(histogram_quantile(0.9, sum by (a, le) (x_bucket)))"),
        ),
        (
            asking("histogram_quantile(0.9, sum by (a) (x_bucket))"),
            asking(
                "histogram_quantile(0.9,"
                ' label_replace(sum by (a) (x_bucket), "le", "$1", "a", "(.*)"))'
            ),
        ),
    ],
    "grafana-variable-in-rule": [
        (alert("rate(x_total[$__rate_interval]) > 1"), alert("rate(x_total[5m]) > 1")),
        (alert('up{job="$job"} == 0'), alert('label_replace(up, "a", "$1", "b", "(.*)") == 0')),
        (
            choosing("query_result(rate(x_total[$__rate_interval]))"),
            choosing("query_result(rate(x_total[$__range]))"),
        ),
        (
            choosing({"query": "query_result(rate(x_total[${__rate_interval}]))"}),
            annotated("rate(x_total[$__rate_interval])"),
        ),
    ],
    "fixed-data-source": [
        (
            dashboard(templating={"list": [{"name": "a", "datasource": PBFA9}]}),
            dashboard(templating={"list": [{"name": "a", "datasource": {"uid": "$b"}}]}),
        ),
        (
            dashboard(
                panel("a"), annotations={"list": [{"name": "a", "datasource": "Prometheus"}]}
            ),
            dashboard(annotations={"list": [{"name": "a", "datasource": "-- Grafana --"}]}),
        ),
        (asking(RATE, datasource="Prometheus"), asking(RATE)),
        (asking(RATE, datasource={"uid": "PBFA9"}), asking(RATE, datasource=None)),
        (asking(RATE, datasource="Prom"), asking(RATE, datasource={"uid": "-- Mixed --"})),
        (asking(RATE, datasource="Prom"), asking(RATE, datasource={"uid": "-- Dashboard --"})),
        (
            asking(targets=[{"expr": "a", "datasource": {"type": "prometheus", "uid": "__exp"}}]),
            asking(targets=[{"expression": "$A*2", "type": "math", "datasource": EXPRESSION}]),
        ),
        (
            asking(RATE, datasource={"type": "prometheus", "uid": "-100"}),
            asking(targets=[{"type": "math", "datasource": {"type": "__expr__", "uid": "-100"}}]),
        ),
        (
            asking(RATE, datasource={"uid": "P1"}),
            asking(RATE, datasource={"type": "grafana", "uid": "grafana"}),
        ),
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
        (choosing('label_values(up{job="$job"}, a)'), choosing('label_values(up{job="$v"}, a)')),
        (
            choosing({"query": "query_result(topk($n, up))"}),
            choosing("query_result(topk($n, up))", datasource={"type": "loki", "uid": "$v"}),
        ),
        (annotated('changes(up{job="$job"}[5m])'), annotated("changes(up[$__interval])")),
    ],
    "deprecated-panel": [(asking(RATE, type="graph"), asking(RATE))],
    "duplicate-id": [
        (dashboard(panel("a"), panel("b", **{**BESIDE, "id": 1})), dashboard(panel("a")))
    ],
    "duplicate-uid": [
        ([asking("a"), asking("b")], [asking("a"), {**asking("b"), "uid": "e"}]),
        (
            [dashboard(uid=""), dashboard(uid=None)],
            [dashboard(uid=""), dashboard(uid="", title="E")],
        ),
        ([dashboard(uid="same-one"), dashboard(uid="", title="Same one")], [asking("a"), alert()]),
    ],
    "refused-uid": [
        (dashboard(uid="bad uid!"), dashboard(uid="good_uid-1")),
        (dashboard(uid="u" * 41), dashboard(uid="u" * 40)),
        (dashboard(uid=7), dashboard(uid=None)),
        (dashboard(uid=["a"]), dashboard(uid="")),
    ],
    "kubernetes-label": [
        (asking(IN_SHOP), asking(BY_ENDPOINT)),
        (
            asking(BY_ENDPOINT, 'up{pod="a"}'),
            asking(IN_SHOP.replace("endpoint", "exported_endpoint")),
        ),
        (
            asking('rate(a_total{endpoint!~"/health",namespace="shop"}[1h])'),
            asking('rate(a_total{endpoint="http",namespace="shop"}[1h])'),
        ),
        (alert(f"{IN_SHOP} > 1"), alert(f"{BY_ENDPOINT} > 1")),
        (
            asking(BY_ENDPOINT, 'a{exported_service="b"}'),
            asking(BY_ENDPOINT, 'a{exported_job="b"}'),
        ),
        (
            asking("sum by (service) (a_total)", "sum by (exported_service) (a_total)"),
            asking("sum by (service) (a_total)", "sum by (exported_service) (b_total)"),
        ),
        (
            asking("sum by (pod) (a_total)", 'a_total{exported_pod="a"}'),
            asking('sum by (pod) (kube_pod_info{namespace="shop"})', 'up{endpoint="/a"}'),
        ),
    ],
    "threshold-mismatch": [
        (
            [asking(MINE, fieldConfig=limits(0.5)), alert(f"{SLOW} > 1")],
            [asking(MINE, fieldConfig=limits(0.5, 1)), alert(f"{SLOW} > 1")],
        ),
        (
            [
                asking(f"topk(5, {MINE})", type="stat", fieldConfig=limits(2, style="off")),
                alert(f"({SLOW} >= 0) > 1 and on () up == 1"),
            ],
            [asking(MINE, fieldConfig=limits(2, style="off")), alert(f"{SLOW} > 1")],
        ),
        (
            [
                asking(MINE, fieldConfig=limits(2)),
                recording(
                    SLOW.replace('rate(took_bucket{job="shop"}[5m])', "took_bucket:rate5m") + " > 1"
                ),
            ],
            [asking(MINE.replace("0.99", "0.5"), fieldConfig=limits(2)), alert(f"{SLOW} > 1")],
        ),
        (
            [
                asking(
                    P99.replace("took_bucket", 'took_bucket{job="$job"}'), fieldConfig=limits(2)
                ),
                alert(f"1 < {SLOW.replace('(le)', '(le, job)')}"),
            ],
            [
                asking(P99.replace("(le)", "(le, route)"), fieldConfig=limits(2)),
                alert(f"{P99.replace('$__rate_interval', '5m')} > 1"),
            ],
        ),
        (
            [asking("sum(queued)", fieldConfig=limits(5)), alert("sum(queued) > 50")],
            [asking("sum(queued)", fieldConfig=limits(5)), alert("sum(queued) > 0")],
        ),
        (
            [asking(MINE, fieldConfig=limits(2)), alert(f"{SLOW} > 1")],
            [
                asking(MINE.replace("(le)", "(le, instance)"), fieldConfig=limits(2)),
                alert(f"{SLOW} > 1"),
            ],
        ),
        (
            [asking("sum(queued)", fieldConfig=limits(5)), alert("sum(queued) >= 4 unless up")],
            [
                asking('sum(queued{job="a"})', fieldConfig=limits(5)),
                alert('sum(queued{job="b"}) > 50'),
            ],
        ),
    ],
    "duplicate-refid": [
        (
            asking(targets=[{"expr": "a", "refId": "A"}, {"expr": "b", "refId": "A"}]),
            asking("a", "b"),
        ),
    ],
    "outside-grid": [
        (asking("a", gridPos={"h": 1, "w": float("inf"), "x": 0, "y": 0}), asking("a", span=4)),
        (asking("a", gridPos={"h": 8, "w": 12, "x": 20, "y": 0}), asking("a")),
        (asking("a", gridPos=None), asking("a")),
        (asking("a", gridPos={"h": 0, "w": 12, "x": 0, "y": 0}), asking("a")),
        (asking("a", gridPos={"h": 8, "w": 0, "x": 0, "y": 0}), asking("a")),
        (asking("a", gridPos={"h": 8, "w": 12, "x": 0, "y": -1}), asking("a")),
        (asking("a", gridPos={"h": 8, "w": 12, "x": -1, "y": 0}), asking("a")),
        (
            dashboard(panel("a"), panel("b", id=2, title="Other")),
            dashboard(panel("a"), panel("b", **BESIDE)),
        ),
    ],
    "fixed-range": [
        (asking("rate(x_total[1m])"), asking(RATE)),
        (asking("sum(irate(x_total[30s]))"), asking("increase(x_total[1h])")),
        (asking("rate(x_total[5m])"), alert("rate(x_total[5m]) > 1")),
        (asking("rate(x_total[5m])"), asking("sum(rate(x_total[5m])")),
        (asking('rate(x{s=~"5[0-9]{2}"}[5m])'), asking('rate(x{s=~"5[5m]"}[$__rate_interval])')),
        (asking("rate(x{s='['}[5m])"), asking("rate(max_over_time(x[5m])[1h:])")),
        (asking("rate([[metric]][5m])"), asking("sum(x{a='rate(b[5m])'})")),
        (asking("rate(x_total[$__interval])"), asking("avg_over_time(x[$__interval])")),
        (asking("irate(x_total[${__interval}])"), alert("rate(x_total[5m]) > 1")),
        (
            asking("rate(x_total[$__interval])"),
            asking("rate(x_total[$__interval])", interval="1m"),
        ),
    ],
    "average-latency": [
        (asking(MEAN), asking(MEAN, P99_OF_MEAN)),
        (asking(MEAN, P99), asking(MEAN, title="Mean latency")),
        (asking(mean("took_seconds")), asking(mean("batch_rows"))),
        (
            asking(mean("db_query_duration_seconds")),
            asking(mean("db_query_duration_seconds"), title="Average query time"),
        ),
        (
            asking(mean("http_server_duration_milliseconds")),
            drawn(mean("http_server_duration_milliseconds"), "{{job}} mean"),
        ),
        (
            asking(mean("request_latency").replace("rate(", "increase(")),
            asking(mean("request_latency"), 'request_latency{quantile="0.99"}'),
        ),
        (
            asking("rate(took_seconds_sum[1h]) / rate(took_seconds_count[1h])"),
            asking("rate(took_seconds_sum[1h]) + rate(took_seconds_count[1h])"),
        ),
        (
            asking("rate(took_ms_sum[1h]) / rate(took_ms_count[1h])"),
            asking("rate(took_ms_sum[1h]) / rate(other_ms_count[1h])"),
        ),
        (
            asking(mean("took_seconds")),
            asking(mean("took_seconds"), "histogram_quantile(0.9, job:took_bucket:rate5m)"),
        ),
    ],
    "exact-le": [
        (asking('x_bucket{le="1"}'), asking('x_bucket{le=~"1([.]0)?"}')),
        (asking('x_bucket{le="1.0"}'), asking('x_bucket{le="0.25"}')),
    ],
    "unguarded-ratio": [
        (asking(f"sum({RATE}) / sum({RATE})"), asking(f"sum({RATE}) / (sum({RATE}) > 0)")),
        (asking(f"{RATE} / sum({RATE})"), asking(f"sum({RATE}) / 60")),
        (
            asking(f"sum({RATE}) / (sum({RATE}) + sum({RATE}))"),
            asking(f"sum({RATE}) / (sum({RATE}) + 1)"),
        ),
        (
            asking(f"sum({RATE}) / clamp_min(sum({RATE}), 0)"),
            asking(f"sum({RATE}) / clamp_min(sum({RATE}), 1)"),
        ),
        (
            asking(f"sum({RATE}) / clamp(sum({RATE}), 0, 9)"),
            asking(f"sum({RATE}) / clamp(sum({RATE}), 1, 9)"),
        ),
        (
            alert(f"sum({RATE}) / sum({RATE}) != 0.01"),
            alert(f"sum({RATE}) / sum({RATE}) > 0.01 and sum({RATE}) > 1"),
        ),
        (
            alert(f"avg(sum by (a) ({RATE}) / sum by (a) ({RATE})) > 0.01"),
            alert(f"100 * (1 - sum({RATE}) / sum({RATE})) >= 5"),
        ),
        (
            asking(f"sum({RATE}) / sum({RATE}) > bool 0.01"),
            alert(f"0.01 < abs(sum({RATE}) / sum({RATE}))"),
        ),
    ],
    "unbounded-legend": [
        (asking(f"sum by (path) ({RATE})"), asking(f"topk(10, sum by (path) ({RATE}))")),
        (asking(f"sum by (endpoint, a) ({RATE})"), asking(f"sum by (status) ({RATE})")),
        (asking(f"sum by (user_id) ({RATE})"), asking(f"sum by (broker_id) ({RATE})")),
        (asking(f"sum by (email) ({RATE})"), asking(f"sum(sum by (email) ({RATE}))")),
        (asking(f"sum by (path_template) ({RATE})"), asking(f"count by (path) ({RATE})")),
        (asking(f"sum by (exported_endpoint) ({RATE})"), asking(f"sum by (xpath) ({RATE})")),
        (drawn(RATE, "{{path}}"), drawn(RATE, "{{job}}")),
        (drawn(RATE, "{{ path }}"), drawn(f"topk(5, {RATE})", "{{path}}")),
        (
            drawn(f"sum without (instance) ({RATE})", "{{user_id}}"),
            drawn(f"sum without (instance, path) ({RATE})", "{{instance}}"),
        ),
        (
            drawn(f"sum by (path) ({RATE})", "a"),
            drawn(RATE.replace("total", 'total{path="/a"}'), "{{path}}"),
        ),
        (drawn(RATE, "{{path}}"), drawn(RATE, "{{path}}", instant=True)),
        (drawn(RATE, "{{handler}}"), drawn("rate(mysql_handlers_total[1h])", "{{handler}}")),
        (drawn(RATE, "{{view}}"), drawn("rate(bind_queries_total[1h])", "{{view}}")),
        (drawn(RATE, "{{url}}"), drawn("probe_duration_seconds", "{{url}}")),
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
        (dashboard(rows=[{"panels": [panel("a")] * 50}]), dashboard(rows=[{"panels": []}])),
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


def subject(judged: Json) -> Subject:
    if "groups" in judged:
        return build_rules_subject(judged["groups"], "g", "s")
    return build_document_subject(judged, "s")


def all_findings(judged: Judged, name: str) -> list[Finding]:
    several = [subject(it) for it in (judged if isinstance(judged, list) else [judged])]
    alone = [it for one in several for it in lint_subject(one, [RULES[name]])]
    return [*alone, *lint_run(several, [RULES[name]])]


def found(judged: Judged, name: str) -> list[str]:
    return [it.problem for it in all_findings(judged, name)]


def test_every_rule_has_a_pair() -> None:
    assert set(PAIRS) == set(RULES)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [(name, *pair) for name, pairs in PAIRS.items() for pair in pairs],
)
def test_a_rule_finds_what_is_bad_and_nothing_in_what_is_good(
    name: str, bad: Judged, good: Judged
) -> None:
    assert found(bad, name)
    assert found(good, name) == []


@pytest.mark.parametrize("name", RULES)
def test_a_finding_says_what_to_do(name: str) -> None:
    for bad, _ in PAIRS[name]:
        for it in all_findings(bad, name):
            assert it.tip.endswith((".", ")", "`"))
            assert not it.problem.endswith(".")
            assert it.place.source == "s"


def test_the_legends_that_a_panel_lacks_are_told_at_once() -> None:
    targets = [{"expr": "a", "refId": it} for it in "ABC"]
    targets[1]["legendFormat"] = "{{job}}"
    assert found(asking(targets=targets), "missing-legend") == ["the queries A, C have no legend"]


@pytest.mark.parametrize("name", ["fixed-data-source", "undeclared-variable", "unused-variable"])
@pytest.mark.parametrize("odd", [3, "list", [1], {"list": 3}, {"list": {"a": 1}}, {"list": [1]}])
def test_variables_and_annotations_of_another_shape_are_passed_over(name: str, odd: Any) -> None:
    odd_one = dashboard(panel("a", datasource=PBFA9), templating=odd, annotations=odd)
    plain = dashboard(panel("a", datasource=PBFA9), templating={"list": []})
    assert found(odd_one, name) == found(plain, name)


def why_left(document: Json) -> str:
    (tip,) = {it.tip.partition(" --fix ")[2] for it in all_findings(document, "fixed-data-source")}
    return tip


def test_a_fixed_data_source_that_fix_leaves_says_why() -> None:
    two = dashboard(panel("a", datasource=PBFA9), panel("b", **BESIDE, datasource="P2"))
    assert "it cannot know which of 'P2', 'PBFA9' the variable is for" in why_left(two)
    assert "nothing says that 'Db' is a Prometheus" in why_left(
        asking(targets=[{"rawSql": "select 1"}], datasource="Db")
    )
    loki = asking("a", datasource={"type": "loki", "uid": "L1"})
    assert "it knows Prometheus only, and this is a loki" in why_left(loki)
    chosen = {"name": "ds", "type": "datasource", "query": "prometheus", "current": {"value": "P"}}
    other = dashboard(panel("a", datasource=PBFA9), templating={"list": [chosen]})
    assert "the variable ds chooses 'P' already" in why_left(other)
    taken = dashboard(
        panel("a", datasource=PBFA9),
        templating={"list": [{"name": "datasource", "type": "textbox"}]},
    )
    assert "the variable datasource is something else" in why_left(taken)
    assert why_left(asking("a", datasource=PBFA9)) == ""


def test_the_tip_for_another_kind_of_data_source_names_that_kind() -> None:
    (it,) = all_findings(asking("a", datasource={"type": "loki", "uid": "L1"}), "fixed-data-source")
    assert '{"type": "loki", "uid": "${...}"}' in it.tip


def test_panels_of_one_title_are_told_apart_by_their_ids() -> None:
    bare = {"description": ""}
    twins = dashboard(panel("a", **bare), panel("b", **{**BESIDE, **bare, "title": "Panel"}))
    places = [str(it.place) for it in all_findings(twins, "missing-description")]
    assert places == ["s: d: Panel (id 1)", "s: d: Panel (id 2)"]
    (place,) = [it.place for it in all_findings(asking("a", **bare), "missing-description")]
    assert str(place) == "s: d: Panel"


def test_a_finding_of_a_variable_or_an_annotation_names_it() -> None:
    asked = {
        "parse-error": [choosing("query_result(sum(x)"), annotated("sum(x")],
        "undeclared-variable": [choosing("query_result(x{a='$b'})"), annotated("x{a='$b'}")],
    }
    for name, documents in asked.items():
        places = [it.place.panel for one in documents for it in all_findings(one, name)]
        assert places == ["variable v", "annotation deploys"]


@pytest.mark.parametrize(
    ("grouped", "kept"),
    [
        ("sum by (a)", "sum by (le, a)"),
        ("sum", "sum by (le)"),
        ("max without (le)", "max by (le)"),
        ("sum without (a, le)", "sum without (a)"),
    ],
)
def test_a_percentile_without_le_is_told_how_to_keep_it(grouped: str, kept: str) -> None:
    expression = f"histogram_quantile(0.9, {grouped} (rate(x_bucket[1h])))"
    (it,) = all_findings(asking(expression), "percentile-without-le")
    assert it.tip == f"keep it: {kept} (...)."


def test_a_range_of_one_step_is_told_apart_from_a_fixed_one() -> None:
    (problem,) = found(asking("rate(x[$__interval])"), "fixed-range")
    assert "$__interval" in problem
    assert "fewer than two scrapes" in problem
    (problem,) = found(asking("increase(x[$__interval])"), "fixed-range")
    assert "increase()" in problem


@pytest.mark.parametrize(
    ("grid", "problem"),
    [
        ({"h": 0, "w": 12, "x": 0, "y": 0}, "it is 12 wide and 0 high"),
        ({"h": 8, "w": 0, "x": 0, "y": 0}, "it is 0 wide and 8 high"),
        ({"h": 8, "w": 12, "x": 0, "y": -5}, "it begins above the dashboard, at y = -5"),
        ({"h": 8, "w": 12, "x": 20, "y": 0}, "it reaches from column 20 to 32 of 24"),
    ],
)
def test_a_panel_outside_of_the_grid_is_told_in_which_way(grid: Json, problem: str) -> None:
    assert found(asking("a", gridPos=grid), "outside-grid") == [problem]


def test_the_library_is_clean() -> None:
    complaints = [
        it
        for name, made in library_documents().items()
        for it in lint_subject(build_document_subject(made, name), LINT_RULES)
    ]
    assert complaints == []


def test_the_rules_of_every_convention_are_clean() -> None:
    complaints = [
        it
        for name, rules in rule_sets().items()
        for it in lint_subject(
            build_rules_subject(build_groups(rules, Addresses()), name, name), LINT_RULES
        )
    ]
    assert complaints == []


@pytest.mark.parametrize("recorded", [False, True])
def test_the_panels_of_a_service_agree_with_its_alerts_until_one_is_changed(
    recorded: bool,
) -> None:
    promised = Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999)
    service = Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT, promised)
    shown = service.as_recorded() if recorded else service
    made = [build_document(it) for it in build_service_dashboards(shown)]
    rules = build_rules_subject(build_groups(rules_of(service), Addresses()), "orders", "s")

    def told(documents: list[Json]) -> set[str]:
        several = [*(build_document_subject(it, "s") for it in documents), rules]
        return {it.place.panel for it in lint_run(several, [RULES["threshold-mismatch"]])}

    assert told(made) == set()
    changed = json.loads(json.dumps(made).replace('"value": 1}', '"value": 1.5}'))
    assert "P99 latency" in told(changed)
