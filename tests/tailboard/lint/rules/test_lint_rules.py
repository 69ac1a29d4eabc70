"""Every lint rule finds what is bad, says nothing of what is good, and nothing of ours."""

import json
from typing import Any

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.rule_files.read import parse_rule_file
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.queries.subject import (
    Subject,
    build_document_subject,
    build_rules_subject,
    list_entries,
)
from tests.alerts.sample_services import build_rule_sets
from tests.dashboards.sample_dashboards import build_library_documents
from tests.dashboards.schema_v2.sample_documents import (
    build_auto_grid,
    build_grid,
    build_panel_element,
    build_spec,
    build_tabs,
)

Json = dict[str, Any]

RULES = {rule.name: rule for rule in LINT_RULES}


def build_panel(*expressions: str, **fields: Any) -> Json:
    """A panel with nothing wrong but what is asked for."""
    targets = [
        {"expr": expression, "legendFormat": "{{job}}", "refId": chr(ord("A") + index)}
        for index, expression in enumerate(expressions)
    ]
    panel_json = {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "description": "What it shows.",
        "fieldConfig": {"defaults": {"unit": "short"}, "overrides": []},
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "id": 1,
        "targets": targets,
        "title": "Panel",
        "type": "timeseries",
    }
    return {**panel_json, **fields}


def build_dashboard(*panels: Json, **fields: Any) -> Json:
    variable_list = [{"name": "datasource", "type": "datasource", "query": "prometheus"}]
    document = {
        "title": "D",
        "uid": "d",
        "panels": list(panels),
        "templating": {"list": variable_list},
    }
    return {**document, **fields}


def build_row(*titles: str, **fields: Any) -> Json:
    """A row that holds panels with these titles."""
    panels = [build_panel("a", id=10 + index, title=title) for index, title in enumerate(titles)]
    return {"type": "row", "title": "Row", "panels": panels, **fields}


def build_panel_dashboard(*expressions: str, **fields: Any) -> Json:
    return build_dashboard(build_panel(*expressions, **fields))


def build_variables(*names: str) -> Json:
    variable_list = [{"name": name, "type": "query"} for name in ("datasource", *names)]
    return {"list": variable_list}


def build_alert(expression: str = "up == 0", **fields: Any) -> Json:
    annotations = {"summary": "s", "description": "d", "runbook_url": "r"}
    rule = {
        "alert": "A",
        "expr": expression,
        "for": "1m",
        "labels": {"severity": "warning"},
        "annotations": annotations,
    }
    return {"groups": [{"name": "g", "rules": [{**rule, **fields}]}]}


RATE = "rate(requests_total[$__rate_interval])"
NEIGHBOUR_PANEL = {"gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}, "id": 2, "title": "Other"}
MEAN_LATENCY = (
    "sum(rate(http_request_duration_seconds_sum[$__rate_interval]))"
    " / (sum(rate(http_request_duration_seconds_count[$__rate_interval])) > 0)"
)
FIXED_DATA_SOURCE = {"type": "prometheus", "uid": "PBFA9"}
P99 = "histogram_quantile(0.99, sum by (le) (rate(took_bucket[$__rate_interval])))"
P99_OF_MEAN = P99.replace("took_bucket", "http_request_duration_seconds_bucket")
NATIVE_P99 = P99.replace("took_bucket", "http_response_size_bytes").replace(" by (le)", "")
P99_WITHOUT_LE = P99.replace("by (le)", "without (le)")
EXPRESSION_DATA_SOURCE = {"type": "__expr__", "uid": "__expr__"}


def build_mean(name: str) -> str:
    """The mean of a histogram, guarded."""
    rates = (f"sum(rate({name}_{suffix}[$__rate_interval]))" for suffix in ("sum", "count"))
    return "{} / ({} > 0)".format(*rates)


def build_variable_dashboard(query: Any, **fields: Any) -> Json:
    """A dashboard with a variable of this query."""
    variable_list = build_variables()["list"]
    source = {"type": "prometheus", "uid": "${datasource}"}
    query_variable = {"name": "v", "type": "query", "query": query, "datasource": source, **fields}
    return build_dashboard(templating={"list": [*variable_list, query_variable]})


def build_annotation_dashboard(expression: str, **fields: Any) -> Json:
    """A dashboard with an annotation of this query."""
    source = {"type": "prometheus", "uid": "${datasource}"}
    annotation = {"name": "deploys", "expr": expression, "datasource": source, **fields}
    return build_dashboard(annotations={"list": [annotation]})


def build_legend_dashboard(expression: str, legend: str, **fields: Any) -> Json:
    """A panel with this query and legend."""
    return build_panel_dashboard(
        targets=[{"expr": expression, "legendFormat": legend, "refId": "A", **fields}]
    )


def build_row_dashboard(*panels: Json) -> Json:
    """A dashboard with these panels in a closed row."""
    return build_dashboard({"type": "row", "collapsed": True, "panels": list(panels)})


BY_ENDPOINT = "sum by (endpoint) (rate(requests_total[1h]))"
SHOP_BY_ENDPOINT = BY_ENDPOINT.replace("requests_total", 'requests_total{namespace="shop"}')
SHOP_P99 = P99.replace("took_bucket", 'took_bucket{job="shop",instance=~"$instance"}')
SLOW_P99 = P99.replace("took_bucket", 'took_bucket{job="shop"}').replace("$__rate_interval", "5m")
RECORDING_RULE = {
    "record": "took_bucket:rate5m",
    "expr": 'sum by (le, route) (rate(took_bucket{job="shop"}[5m]))',
    "labels": {"service": "shop"},
}


def build_thresholds(*steps: float, style: str = "line") -> Json:
    """Field options with thresholds."""
    drawn = [
        {"color": "green", "value": None},
        *({"color": "red", "value": step} for step in steps),
    ]
    thresholds = {"mode": "absolute", "steps": drawn}
    custom = {"thresholdsStyle": {"mode": style}}
    return {"defaults": {"custom": custom, "thresholds": thresholds, "unit": "s"}, "overrides": []}


def build_recording(expression: str) -> Json:
    """An alert on what is recorded."""
    groups = build_alert(expression)
    groups["groups"][0]["rules"].insert(0, RECORDING_RULE)
    return groups


def build_record_alert(name: str, expression: str, summary: str = "s") -> Json:
    """An alert on the bare name of what another rule records, with a label of its own."""
    groups = build_alert(name, annotations={"summary": summary})
    rule = {"record": name, "expr": expression, "labels": {"severity": "page"}}
    groups["groups"][0]["rules"].insert(0, rule)
    return groups


def build_recorded(name: str, expression: str) -> Json:
    """A recording rule alone."""
    return {"groups": [{"name": "g", "rules": [{"record": name, "expr": expression}]}]}


def build_late_group(expression: str, **fields: Any) -> Json:
    """An alert on what the rule below it records."""
    rules = [{"alert": "A", "expr": f"{expression} > 1"}, {"record": "a:b", "expr": "x"}]
    return {"groups": [{"name": "g", "rules": rules, **fields}]}


LintInput = Json | str | list[Json]
"""A dashboard or rule groups, a rule file's text, or several of the first."""


def build_titled_tabs(*tabs: str) -> Json:
    """A dashboard of schema v2 with two panels of one title, each in a tab of such a title."""
    elements = {name: build_panel_element(int(name[6:]), "P") for name in ("panel-1", "panel-2")}
    grids = [(tab, build_grid(name)) for tab, name in zip(tabs, elements, strict=True)]
    return build_spec(build_tabs(*grids), elements)


def build_many_panels(count: int, *tabs: str) -> Json:
    """A dashboard of schema v2 with this number of panels in each of its tabs."""
    names = [f"panel-{number}" for number in range(1, count * len(tabs) + 1)]
    elements = {name: build_panel_element(int(name[6:]), name, "up") for name in names}
    grids = [
        (tab, build_auto_grid(*names[index * count : (index + 1) * count]))
        for index, tab in enumerate(tabs)
    ]
    return build_spec(build_tabs(*grids), elements)


OLD_CONDITION = {
    "evaluator": {"params": [5], "type": "gt"},
    "query": {"params": ["A", "5m", "now"]},
    "reducer": {"type": "avg"},
}
"""A condition in the alert of a panel of old Grafana."""

RULE_LINES = "rules: [{alert: A, expr: up == 0}]"
PAIRS: dict[str, list[tuple[LintInput, LintInput]]] = {
    "parse-error": [
        (build_panel_dashboard("sum(rate(x[5m])"), build_panel_dashboard(f"sum({RATE})")),
        (build_panel_dashboard("rate(x_total)"), build_panel_dashboard(RATE)),
        (build_alert("up =="), build_alert()),
        (
            build_panel_dashboard("topk(, x)"),
            build_panel_dashboard("topk($n, x{a='$b'})", title="[[c]]"),
        ),
        (
            build_panel_dashboard(f"{'(' * 201}x{')' * 201}"),
            build_panel_dashboard(f"{'(' * 100}x{')' * 100}"),
        ),
        (
            build_panel_dashboard(f"{'(' * 50_000}x{')' * 50_000}"),
            build_panel_dashboard("x" * 50_000),
        ),
        (
            build_panel_dashboard("+".join(["x"] * 50_000)),
            build_panel_dashboard("+".join(["x"] * 100)),
        ),
        (
            build_variable_dashboard("query_result(sum(x)"),
            build_variable_dashboard("query_result(sum(x))"),
        ),
        (
            build_variable_dashboard({"query": "label_values(x{, job)"}),
            build_variable_dashboard("label_values(x{a='$b'}, job)"),
        ),
        (
            build_variable_dashboard("query_result(x[)"),
            build_variable_dashboard("query_result(x[)", datasource={"type": "loki"}),
        ),
        (
            build_annotation_dashboard("changes(x[5m]"),
            build_annotation_dashboard("changes(x[$__rate_interval])"),
        ),
        (
            build_panel_dashboard('{a="b"} |= "c"', datasource="Prometheus"),
            build_panel_dashboard('{a="b"} |= "c"', datasource="Loki"),
        ),
        (
            build_panel_dashboard("SEARCH(", datasource={"uid": "P1"}),
            build_panel_dashboard("SEARCH(", datasource={"uid": "prod-cloudwatch"}),
        ),
        (
            build_panel_dashboard('{a="b"} |= "c"', datasource="$datasource"),
            build_panel_dashboard('{a="b"} |= "c"', datasource=None, type="logs"),
        ),
        (
            build_dashboard(
                build_panel("SEARCH(", datasource={"uid": "${DS}"}),
                templating={"list": [{"name": "DS", "type": "datasource", "query": "prometheus"}]},
            ),
            build_dashboard(
                build_panel("SEARCH(", datasource={"uid": "${DS}"}),
                templating={"list": [{"name": "DS", "type": "datasource", "query": "loki"}]},
            ),
        ),
        (
            build_panel_dashboard("SEARCH(", datasource="${DS}"),
            build_dashboard(
                build_panel("SEARCH(", datasource="${DS}"),
                __inputs=[{"name": "DS", "type": "datasource", "pluginId": "loki"}],
            ),
        ),
        (build_panel_dashboard("x $op"), build_panel_dashboard("x $op 5")),
        (build_panel_dashboard("rate(x[5m+)"), build_panel_dashboard("rate(x[5m+1m] anchored)")),
        (
            build_annotation_dashboard("", target={"expr": "sum("}),
            build_annotation_dashboard("sum(", datasource={"type": "loki"}),
        ),
    ],
    "refused-rule-file": [
        (build_alert(**{"for": "5 minutes"}), build_alert(**{"for": "1h30m"})),
        (build_alert(keep_firing_for="5"), build_alert(keep_firing_for="0")),
        (build_alert(alert=""), build_alert()),
        (build_alert(record="a:b"), build_alert(record="")),
        (build_alert(alert="", record="a:b", annotations={}), build_alert()),
        (
            build_alert(alert="", record="a{b}", annotations={}, **{"for": "0"}),
            build_alert(alert="", record="a:b", annotations={}, **{"for": "0"}),
        ),
        (build_alert(labels={"__name__": "a"}), build_alert(labels={"on-call": "a"})),
        (build_alert(annotations={"": "a"}), build_alert(annotations={})),
        (
            f"groups: [{{name: g, {RULE_LINES}}}, {{name: g, {RULE_LINES}}}]",
            f"groups: [{{name: g, {RULE_LINES}}}, {{name: h, {RULE_LINES}}}]",
        ),
        (f"groups: [{{{RULE_LINES}}}]", f"groups: [{{name: g, {RULE_LINES}}}]"),
        ("groups: [{name: g, interval: 1.5m}]", "groups: [{name: g, interval: 90s}]"),
        ("groups: [{name: g, labels: {'': a}}]", "groups: [{name: g, labels: {a: b}}]"),
        ("groups: [{name: g, limit: '5'}]", "groups: [{name: g, limit: 5}]"),
        (
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, expr: up == 1}]}]",
            "groups: [{name: g, rules: [{alert: A, expr: 'up == 0'}]}]",
        ),
        (
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, frr: 5m}]}]",
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 5m}]}]",
        ),
        ("groups: [{name: g, rules: {alert: A}}]", "groups: [{name: g, rules: null}]"),
        ("groups: [{name: g, rules: [[a]]}]", "groups: [{name: g, rules: [null]}]"),
        (
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {a: [b]}}]}]",
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {a: 5}}]}]",
        ),
        (
            "groups: [{name: g, rules: [{alert: A, expr: !!int ''}]}]",
            "groups: [{name: g, rules: [{alert: A, expr: !!str 5}]}]",
        ),
        (
            "groups: [{name: g, partial_response_strategy: abort}]",
            "kind: PrometheusRule\nspec: {groups: [{name: g, partial_response_strategy: abort}]}",
        ),
    ],
    "template-error": [
        (
            build_alert(annotations={"summary": "{{ $labels.a | upper }}"}),
            build_alert(annotations={"summary": "{{ $labels.a | toUpper }}"}),
        ),
        (build_alert(labels={"a": "{{ $labels.b"}), build_alert(labels={"a": "{{ $labels.b }}"})),
        (
            build_alert(annotations={"summary": "{{ if $value }}a"}),
            build_alert(alert="", record="a", annotations={"summary": "{{ if $value }}a"}),
        ),
    ],
    "always-firing": [
        (build_alert("sum(errors_total)"), build_alert("sum(errors_total) > 5")),
        (build_alert("errors > bool 5"), build_alert("(errors > 5) * 100")),
        (build_alert("vector(1)"), build_alert("vector(1)", alert="Watchdog")),
        (build_alert("(up or vector(0)) * 0"), build_alert("(up or vector(0)) == 0")),
        (build_alert("up == 0 or vector(1)"), build_alert("up == 0 or absent(up)")),
        (build_alert("rate(x_total[5m]) >= 0"), build_alert("rate(x_total[5m]) > 0")),
        (build_alert("time() - x"), build_alert("time() - x > 60")),
        (build_alert("count(up) > 0"), build_alert("count(up == 0) > 0")),
        (build_alert("topk(5, x)"), build_alert("x unless on (job) y")),
        (build_alert("scalar(up)"), build_alert("x and on (job) y")),
        (
            build_alert("max_over_time(x[5m])"),
            build_alert("max_over_time((x > 5)[5m:])"),
        ),
        (build_alert("x"), build_alert('ALERTS{alertstate="firing"}')),
        (build_alert('x{job=~"a|b"}'), build_alert('x{state=~"failed|lost"}')),
        (build_alert('sum(x{state=~"failed|lost"})'), build_alert('(x{state=~"failed"})')),
        (build_alert('a_info{job="a"}'), build_alert('a_info{job="a",state="down"}')),
        (build_record_alert("job:x:sum", "sum(x)"), build_record_alert("job:x:sum", "sum(x) > 1")),
        (build_record_alert("a:b", "x"), build_record_alert("a:b", "a:b")),
    ],
    "never-true": [
        (build_alert('count(up{job="a"}) == 0'), build_alert('absent(up{job="a"}) == 1')),
        (build_alert("count(up == 1) < 1"), build_alert("(count(up == 1) or vector(0)) < 1")),
        (build_alert("up > 1"), build_alert("up == 1")),
        (build_alert("1 < up"), build_alert("0 < up")),
        (build_alert("x > 5 and x < 3"), build_alert("x > 3 and x < 5")),
        (build_alert("(x > 5) < 3"), build_alert("(x > 3) < 5")),
        (build_alert("rate(x_total[5m]) < 0"), build_alert("deriv(x[5m]) < 0")),
        (build_alert("absent(x) == 0"), build_alert("absent(x > 5 and x < 3)")),
        (build_alert("x and on () hour() > 23"), build_alert("x and on () hour() > 22")),
        (build_alert("100 * avg(up) > 100"), build_alert("100 * avg(up) >= 100")),
        (build_alert("clamp_max(x, 5) > 10"), build_alert("clamp_min(x, 5) > 10")),
        (build_alert("clamp(x, 1, 5) < 1"), build_alert("clamp(x, 1, 5) <= 1")),
        (build_alert("x unless x"), build_alert('x unless x{a="b"}')),
        (build_alert("sum(up > 1) or count(x) == 0"), build_alert("sum(up > 1) or x > 1")),
        (build_alert("up[5m]"), build_alert("max_over_time(up[5m]) == 0")),
        (build_alert('"text"'), build_alert("1 - up == 1")),
        (build_alert("-x_total > 0"), build_alert("-x_total < 0")),
        (build_alert("up - up < -1"), build_alert("up - up < 0")),
        (build_alert("sum(x_total) / sum(y_total) < 0"), build_alert("sum(x) / sum(y) < 0")),
        (
            build_panel_dashboard("count(up) == 0"),
            build_panel_dashboard("count(up) > 1 or vector(0)"),
        ),
        (
            build_panel_dashboard("up[5m]"),
            build_panel_dashboard(targets=[{"expr": "up[5m]", "refId": "A", "instant": True}]),
        ),
    ],
    "empty-template": [
        (
            build_alert("sum by (job) (up) == 0", annotations={"a": "{{ $labels.pod }}"}),
            build_alert("sum by (job) (up) == 0", annotations={"a": "{{ $labels.job }}"}),
        ),
        (
            build_alert("sum(up) == 0", labels={"a": "{{ .Labels.job }}"}),
            build_alert("up == 0", labels={"a": "{{ .Labels.job }}"}),
        ),
        (
            build_alert("absent(up)", annotations={"a": "{{ $labels.job }}"}),
            build_alert('absent(up{job="a"})', annotations={"a": "{{ $labels.job }}"}),
        ),
        (
            build_alert("sum without (pod) (x) > 1", annotations={"a": "{{ $labels.pod }}"}),
            build_alert("sum without (pod) (x) > 1", annotations={"a": "{{ $labels.job }}"}),
        ),
        (
            build_alert("x > on (job) y", annotations={"a": "{{ $labels.pod }}"}),
            build_alert("x > on (job) group_left () y", annotations={"a": "{{ $labels.pod }}"}),
        ),
        (
            build_alert("vector(1) > 0 or sum(x) > 1", annotations={"a": "{{ $labels.pod }}"}),
            build_alert("vector(1) > 0 or x > 1", annotations={"a": "{{ $labels.pod }}"}),
        ),
        (
            build_alert('up{pod=""} == 0', annotations={"a": "{{ $labels.pod }}"}),
            build_alert('up{pod!=""} == 0', annotations={"a": "{{ $labels.pod }}"}),
        ),
        (
            build_alert("sum(up) == 0", annotations={"a": '{{ index $labels "pod" }}'}),
            build_alert("sum(up) == 0", annotations={"a": "{{ if $labels.pod }}a{{ end }}"}),
        ),
        (
            build_alert(annotations={"a": "{{ .CommonLabels.job }}"}),
            build_alert(annotations={"a": "{{ .ExternalLabels.job }}"}),
        ),
        (
            build_alert(annotations={"a": '{{ query "sum(" | first | value }}'}),
            build_alert(annotations={"a": '{{ query "sum(up)" | first | value }}'}),
        ),
        (
            build_record_alert("job:x:sum", "sum by (job) (x)", summary="{{ $labels.pod }}"),
            build_record_alert("job:x:sum", "sum by (job) (x)", summary="{{ $labels.severity }}"),
        ),
    ],
    "averaged-percentile": [
        (
            build_panel_dashboard('avg(pause_seconds{quantile="0.5"})'),
            build_panel_dashboard('avg(pause_seconds{quantile="1"})'),
        ),
        (build_panel_dashboard(f"avg({P99})"), build_panel_dashboard(f"max({P99})")),
        (
            build_panel_dashboard(f"sum by (pod) ({P99} * 1000)"),
            build_panel_dashboard(f"count({P99} > 1)"),
        ),
        (
            build_panel_dashboard('avg(rpc_seconds{quantile="0.99"})'),
            build_panel_dashboard('max(rpc_seconds{quantile="0.99"})'),
        ),
        (
            build_panel_dashboard('avg by (job) (rpc_seconds{quantile="0.99"})'),
            build_panel_dashboard('avg by (job, instance) (rpc_seconds{quantile="0.99"})'),
        ),
        (
            build_panel_dashboard('avg_over_time(rpc_seconds{quantile="0.99"}[1h])'),
            build_panel_dashboard('max_over_time(rpc_seconds{quantile="0.99"}[1h])'),
        ),
        (build_panel_dashboard("avg(latency_p99)"), build_panel_dashboard("avg(latency_p99x)")),
        (
            build_panel_dashboard('sum(a{quantile="0.5"} >= 0)'),
            build_panel_dashboard('sum(a{quantile=""})'),
        ),
        (build_alert(f"avg({P99}) > 1"), build_alert(f"avg(up) == 0 and {P99} > 1")),
        (
            [build_record_alert("job:took:p", P99), build_panel_dashboard("avg(job:took:p)")],
            [build_record_alert("job:took:p", P99), build_panel_dashboard("max(job:took:p)")],
        ),
    ],
    "since-start": [
        (
            build_panel_dashboard("histogram_quantile(0.9, sum by (le) (took_bucket))"),
            build_panel_dashboard(P99),
        ),
        (
            build_panel_dashboard("sum(took_seconds_sum) / sum(took_seconds_count)"),
            build_panel_dashboard(build_mean("took_seconds")),
        ),
        (
            build_alert("sum(errors_total) / sum(requests_total) > 0.1"),
            build_alert("disk_used_total / disk_capacity_total > 0.1"),
        ),
        (
            build_panel_dashboard('took_seconds_bucket{le="1"} / took_seconds_count'),
            build_panel_dashboard("x_total / x_total offset 1d"),
        ),
        (
            build_panel_dashboard("a_total / b_total"),
            build_panel_dashboard("increase(a_total[1d]) / b"),
        ),
    ],
    "raw-counter": [
        (build_panel_dashboard("sum(errors_total)"), build_panel_dashboard(RATE)),
        (build_panel_dashboard("a_total"), build_panel_dashboard("a_total", type="stat")),
        (
            build_panel_dashboard("took_seconds_count"),
            build_panel_dashboard("awx_running_jobs_total"),
        ),
        (
            build_panel_dashboard("rate(took_seconds_sum[1h]) / took_seconds_count"),
            build_panel_dashboard("started_total - handled_total"),
        ),
        (
            build_panel_dashboard("a_total * 5"),
            build_panel_dashboard("a_total - a_total offset 1d"),
        ),
        (
            build_panel_dashboard("topk(5, a_total)"),
            build_panel_dashboard("count(a_total) or absent(a_total)"),
        ),
        (build_alert("errors_total > 100"), build_alert("increase(errors_total[5m]) > 100")),
        (
            build_panel_dashboard('a_total{job="a"}', 'push_time_seconds{job="b"}'),
            build_panel_dashboard('a_total{job="a"}', 'push_time_seconds{job="a"}'),
        ),
        (build_alert("errors_total > 0"), build_alert("up == 0 and on () errors_total > 0")),
        (
            build_alert("took_seconds_count > 0 and on () up == 1"),
            build_alert(
                "took_seconds_count > 0 and rate(took_seconds_sum[5m]) > 1 and rate(x[5m]) > 1"
            ),
        ),
        (build_panel_dashboard("processed_total"), build_panel_dashboard("server_time_up_total")),
        (
            build_panel_dashboard("request_size_bytes_total"),
            build_panel_dashboard("indices_store_size_bytes_total"),
        ),
        (build_panel_dashboard("disk_io_total"), build_panel_dashboard("disk_storage_total")),
        (
            build_panel_dashboard("gc_collections_total"),
            build_panel_dashboard("db_collections_total"),
        ),
        (
            build_panel_dashboard("velero_backup_success_total"),
            build_panel_dashboard("velero_backup_total"),
        ),
        (
            build_panel_dashboard("sent_bytes_count"),
            build_panel_dashboard("stackdriver_sent_bytes_count"),
        ),
        (
            build_panel_dashboard("processed_total"),
            build_panel_dashboard("systemuptime_seconds_total"),
        ),
        (build_alert("a_total > 0"), build_alert("max_over_time(rate(a_total[5m])[1h:]) > 0")),
    ],
    "panel-without-query": [
        (build_panel_dashboard(targets=[]), build_panel_dashboard("a")),
        (build_panel_dashboard(targets=None), build_panel_dashboard(targets=[], type="text")),
        (
            build_panel_dashboard(targets=[], datasource={"type": "grafana-testdata-datasource"}),
            build_panel_dashboard(targets=None, datasource={"type": "grafana-testdata-datasource"}),
        ),
        (
            build_panel_dashboard(targets=[], type="stat"),
            build_panel_dashboard(targets=[], libraryPanel={"uid": "a"}),
        ),
    ],
    "uneditable-dashboard": [(build_dashboard(editable=False), build_dashboard(editable=True))],
    "stale-variable": [
        (
            build_variable_dashboard("label_values(up, job)", refresh=1),
            build_variable_dashboard("label_values(up, job)", refresh=2),
        ),
        (
            build_variable_dashboard({"query": "label_values(up, job)"}),
            build_variable_dashboard("a, b", type="custom"),
        ),
        (
            build_variable_dashboard("label_values(job)", refresh=0),
            build_variable_dashboard("label_values(job)", datasource={"type": "loki"}),
        ),
    ],
    "duplicate-rule": [
        ([build_alert(), build_alert()], [build_alert(), build_alert(labels={"severity": "page"})]),
        (
            [build_recorded("a:b", "sum(x)"), build_recorded("a:b", "sum(y)")],
            [build_recorded("a:b", "sum by (a) (x)"), build_recorded("a:b", "sum by (a) (y)")],
        ),
        (
            [build_recorded("a:b", "x"), build_recorded("a:b", "x")],
            [build_recorded("a:b", "x"), build_recorded("a:c", "x")],
        ),
        ([build_alert("up == 0"), build_alert("up  == 0")], [build_alert(), build_alert("x == 0")]),
    ],
    "short-for": [
        (build_alert(keep_firing_for="1h", **{"for": "0s"}), build_alert(keep_firing_for="1h")),
        (
            "groups: [{name: g, interval: 5m, rules: [{alert: A, expr: up == 0, for: 1m}]}]",
            "groups: [{name: g, interval: 1m, rules: [{alert: A, expr: up == 0, for: 1m}]}]",
        ),
        (
            "groups: [{name: g, rules: [{alert: A, expr: up == 0, keep_firing_for: 5m}]}]",
            "groups: [{name: g, interval: 5m, rules: [{alert: A, expr: up == 0}]}]",
        ),
        (
            build_alert("changes(x[5m]) > 4", keep_firing_for="10m", **{"for": "0s"}),
            build_alert("changes(x[10m]) > 4", keep_firing_for="5m", **{"for": "0s"}),
        ),
        (
            build_alert("x > 4", keep_firing_for="5m", **{"for": "0s"}),
            build_alert("max_over_time((x > 4)[10m:])", keep_firing_for="5m", **{"for": "0s"}),
        ),
    ],
    "late-recording": [
        (
            "groups: [{name: g, rules: [{alert: A, expr: a:b > 1}, {record: a:b, expr: x}]}]",
            "groups: [{name: g, rules: [{record: a:b, expr: x}, {alert: A, expr: a:b > 1}]}]",
        ),
        (
            "groups: [{name: g, rules: [{record: a:c, expr: a:b}, {record: a:b, expr: x}]}]",
            "groups: [{name: g, rules: [{record: a:b, expr: a:b + 1}]}]",
        ),
        (
            build_late_group("max_over_time(a:b[5m])"),
            build_late_group("max_over_time(a:b[10m])"),
        ),
        (
            build_late_group("max_over_time(a:b[10m])", interval="5m"),
            build_late_group("max_over_time(sum(a:b)[1h:])", interval="5m"),
        ),
    ],
    "external-label": [
        (build_alert('up{prometheus_replica="a"} == 0'), build_alert('up{replica="a"} == 0')),
        (build_alert('up{prometheus="a/k8s"} == 0'), build_alert('up{prometheus="k8s"} == 0')),
        (
            build_alert('up{__replica__=~"a.*"} == 0'),
            build_panel_dashboard('up{prometheus_replica="a"}'),
        ),
    ],
    "long-offset": [
        (build_alert("x < x offset 4w"), build_alert("x < x offset 1w")),
        (build_panel_dashboard("increase(x[1d] offset 16d)"), build_panel_dashboard("x[30d:1d]")),
    ],
    "recording-level": [
        (build_record_alert("job:x:sum", "sum(x)"), build_record_alert("job:x:sum", "x")),
        (
            build_record_alert("pod:x:sum", "sum by (job) (x)"),
            build_record_alert("pod:x:sum", "sum by (job, pod) (x)"),
        ),
        (
            build_record_alert("job:x:sum", "sum without (job) (x)"),
            build_record_alert("team:x:sum", "sum(x)"),
        ),
    ],
    "unmatched-labels": [
        (
            build_alert("sum(rate(errors_total[5m])) > 1 and is_leader == 0"),
            build_alert("sum(rate(errors_total[5m])) > 1 and on() is_leader == 0"),
        ),
        (
            build_panel_dashboard("sum by (job, pod) (a) / sum by (job) (b)"),
            build_panel_dashboard(
                "sum by (job, pod) (a) / on (job) group_left () sum by (job) (b)"
            ),
        ),
        (
            build_alert("sum(a) > 1 and sum by (job) (b) > 1"),
            build_alert("sum(a) > 1 and on () sum by (job) (b) > 1"),
        ),
        (
            build_panel_dashboard("a * on (pod) sum by (job) (b)"),
            build_panel_dashboard("a * on (job) sum by (job) (b)"),
        ),
        (
            build_panel_dashboard("sum by (a, b) (x) - ignoring (b) sum by (c) (y)"),
            build_panel_dashboard("sum by (a, b) (x) - ignoring (b) sum by (a) (y)"),
        ),
        (
            build_panel_dashboard("sum by (a) (x) - sum(y)"),
            build_panel_dashboard("sum by (a) (x) - scalar(sum(y)) or sum(y)"),
        ),
    ],
    "fragile-matching": [
        (
            build_panel_dashboard("sum without (a) (x) / sum without (a) (y)"),
            build_panel_dashboard("sum without (a) (x) / on (job) sum without (a) (y)"),
        ),
        (
            build_alert("rate(x[5m]) > sum without (a) (y)"),
            build_alert("sum without (a) (x) > 5 or sum without (a) (y) > 5"),
        ),
        (
            build_panel_dashboard("clamp_min(sum without (a) (x), 1) - y"),
            build_panel_dashboard("sum(sum without (a) (x)) - sum(y)"),
        ),
        (
            build_panel_dashboard("(sum without (a) (x) + 1) * y"),
            build_panel_dashboard('sum without (a) (x{b="c"}) / sum without (a) (x)'),
        ),
        (
            build_panel_dashboard("sum without (cpu) (go_load) / kube_cores"),
            build_panel_dashboard("sum without (cpu) (go_load) / go_cores"),
        ),
        (
            build_alert("sum without (a) (go_x) > go_y * on (job) group_right kube_z"),
            build_alert("sum without (a) (go_x) > go_y * on (job) group_left kube_z"),
        ),
        (
            build_panel_dashboard('sum without (cpu) (go_x{a="b"}) / sum without (cpu) (go_y)'),
            build_panel_dashboard('sum without (cpu) (go_x{cpu="0"}) / go_y'),
        ),
        (
            build_panel_dashboard("sum without (a) (go_x or kube_x) / go_y"),
            build_panel_dashboard("sum without (a) (go_x or kube_x) / (kube_y or go_y)"),
        ),
        (
            build_panel_dashboard('sum without (cpu) (go_load{a="b"}) / go_cores'),
            build_panel_dashboard('sum without (cpu) (go_load{a="b"}) / go_cores{a="b"}'),
        ),
    ],
    "value-in-label": [
        (build_alert(labels={"a": "{{ $value }}"}), build_alert(annotations={"a": "{{ $value }}"})),
        (
            build_alert(labels={"a": "{{ .Value | humanize }}"}),
            build_alert(labels={"a": "{{ if gt $value 1.0 }}b{{ end }}"}),
        ),
    ],
    "utf8-name": [
        (build_alert(labels={"on-call": "a"}), build_alert(labels={"on_call": "a"})),
        (build_alert(annotations={"a.b": "c"}), build_alert(annotations={"a_b": "c"})),
        (build_alert(alert="", record="a-b"), build_alert(alert="", record="a:b")),
        ("groups: [{name: g, labels: {a-b: c}}]", "groups: [{name: g, labels: {a_b: c}}]"),
    ],
    "ignored-document": [
        ("groups: []\n---\ngroups: []", "groups: []\n---\n"),
        (
            "groups: []\n---\ngroups: [",
            "\n---\n".join(["kind: PrometheusRule\nspec: {groups: []}"] * 2),
        ),
    ],
    "rate-of-gauge": [
        (
            build_panel_dashboard("rate(process_resident_memory_bytes[1h])"),
            build_panel_dashboard("deriv(memory_bytes[1h])"),
        ),
        (
            build_panel_dashboard("sum(increase(http_requests_in_flight[1h]))"),
            build_panel_dashboard(RATE),
        ),
        (build_alert("rate(up[5m]) > 1"), build_alert("changes(up[5m]) > 1")),
        (build_panel_dashboard("rate(queue_size[1h])"), build_panel_dashboard(NATIVE_P99)),
        (
            build_panel_dashboard("rate(active_connections[1h])"),
            build_panel_dashboard("rate(mysql_connections[1h])"),
        ),
        (
            build_panel_dashboard("rate(pg_stat_activity_count[1h])"),
            build_panel_dashboard("sum(rate(http_request_size_bytes[1h]))"),
        ),
        (
            build_panel_dashboard("rate(jvm_memory_used_bytes[1h])"),
            build_panel_dashboard("rate(mysql_global_status_wal_bytes[1h])"),
        ),
        (
            build_panel_dashboard("rate(worker_queue_depth[1h])"),
            build_panel_dashboard("rate(node_network_receive_bytes[1h])"),
        ),
        (
            build_panel_dashboard("rate(db_connections_idle[1h])"),
            build_panel_dashboard("rate(nginx_connections_accepted[1h])"),
        ),
    ],
    "missing-runbook": [
        (build_alert(annotations={"summary": "s"}), build_alert()),
        (
            build_alert(annotations={"runbook_url": " "}),
            "groups: [{name: g, rules: [{record: a, expr: up}]}]",
        ),
    ],
    "rate-of-pushed": [
        (
            build_panel_dashboard("increase(push_time_seconds[1h])"),
            build_panel_dashboard("changes(push_time_seconds[1h])"),
        ),
        (
            build_panel_dashboard('rate(a_total{job="pushgateway"}[1h])'),
            build_panel_dashboard('a_total{job="pushgateway"}'),
        ),
        (
            build_panel_dashboard('rate(pushed_total{job="pushgateway"}[1h])'),
            build_panel_dashboard('rate(process_cpu_seconds_total{job="pushgateway"}[1h])'),
        ),
        (
            build_panel_dashboard('irate(pushed_total{job="pushgateway"}[1h])'),
            build_panel_dashboard('rate(pushgateway_http_requests_total{job="pushgateway"}[1h])'),
        ),
        (
            build_panel_dashboard(
                'time() - push_time_seconds{job="a"}', 'increase(rows_total{job="a"}[1h])'
            ),
            build_panel_dashboard(
                'time() - push_time_seconds{job="a"}', 'increase(rows_total{job="b"}[1h])'
            ),
        ),
        (
            build_panel_dashboard(
                'push_time_seconds{exported_job="a"}', 'rate(rows_total{exported_job="a"}[1h])'
            ),
            build_panel_dashboard(
                'push_time_seconds{exported_job="a"}', 'rate(rows_total{job="a"}[1h])'
            ),
        ),
        (
            [
                build_panel_dashboard('increase(rows_total{job="a"}[1h])'),
                build_alert('push_time_seconds{job="a"} > 1'),
            ],
            [
                build_panel_dashboard('increase(rows_total{job="$job"}[1h])'),
                build_panel_dashboard('push_time_seconds{job="$job"}', uid="other"),
            ],
        ),
    ],
    "percentile-without-le": [
        (build_panel_dashboard(P99.replace("by (le)", "by (a)")), build_panel_dashboard(P99)),
        (
            build_panel_dashboard(P99.replace(" by (le)", "")),
            build_panel_dashboard(P99.replace("(le)", "(le, a)")),
        ),
        (
            build_panel_dashboard(P99_WITHOUT_LE),
            build_panel_dashboard(P99_WITHOUT_LE.replace("(le)", "(instance)")),
        ),
        (build_alert(f"{P99_WITHOUT_LE} > 1"), build_alert(f"{P99} > 1")),
        (
            build_panel_dashboard(P99.replace("(le)", "(a)")),
            build_panel_dashboard(P99.replace("(le)", "(vmrange)")),
        ),
        (
            build_panel_dashboard(
                "histogram_quantile(0.9, sum by (a) (sum by (a, le) (x_bucket)))"
            ),
            build_panel_dashboard("histogram_quantile(0.9, topk(9, sum by (a, le) (x_bucket)))"),
        ),
        (
            build_panel_dashboard("max(histogram_quantile(0.9, sum by (a) (x_bucket)))"),
            build_panel_dashboard("max(histogram_quantile(0.9, sum by (a, le) (x_bucket)))"),
        ),
        (
            build_panel_dashboard("histogram_quantile(0.9, sum by (a) (x_bucket))"),
            build_panel_dashboard(
                "histogram_quantile(0.9,"
                ' label_replace(sum by (a) (x_bucket), "le", "$1", "a", "(.*)"))'
            ),
        ),
    ],
    "grafana-variable-in-rule": [
        (build_alert("rate(x_total[$__rate_interval]) > 1"), build_alert("rate(x_total[5m]) > 1")),
        (
            build_alert('up{job="$job"} == 0'),
            build_alert('label_replace(up, "a", "$1", "b", "(.*)") == 0'),
        ),
        (
            build_variable_dashboard("query_result(rate(x_total[$__rate_interval]))"),
            build_variable_dashboard("query_result(rate(x_total[$__range]))"),
        ),
        (
            build_variable_dashboard({"query": "query_result(rate(x_total[${__rate_interval}]))"}),
            build_annotation_dashboard("rate(x_total[$__rate_interval])"),
        ),
    ],
    "fixed-data-source": [
        (
            build_dashboard(templating={"list": [{"name": "a", "datasource": FIXED_DATA_SOURCE}]}),
            build_dashboard(templating={"list": [{"name": "a", "datasource": {"uid": "$b"}}]}),
        ),
        (
            build_dashboard(
                build_panel("a"), annotations={"list": [{"name": "a", "datasource": "Prometheus"}]}
            ),
            build_dashboard(annotations={"list": [{"name": "a", "datasource": "-- Grafana --"}]}),
        ),
        (build_panel_dashboard(RATE, datasource="Prometheus"), build_panel_dashboard(RATE)),
        (
            build_panel_dashboard(RATE, datasource={"uid": "PBFA9"}),
            build_panel_dashboard(RATE, datasource=None),
        ),
        (
            build_panel_dashboard(RATE, datasource="Prom"),
            build_panel_dashboard(RATE, datasource={"uid": "-- Mixed --"}),
        ),
        (
            build_panel_dashboard(RATE, datasource="Prom"),
            build_panel_dashboard(RATE, datasource={"uid": "-- Dashboard --"}),
        ),
        (
            build_panel_dashboard(
                targets=[{"expr": "a", "datasource": {"type": "prometheus", "uid": "__exp"}}]
            ),
            build_panel_dashboard(
                targets=[
                    {"expression": "$A*2", "type": "math", "datasource": EXPRESSION_DATA_SOURCE}
                ]
            ),
        ),
        (
            build_panel_dashboard(RATE, datasource={"type": "prometheus", "uid": "-100"}),
            build_panel_dashboard(
                targets=[{"type": "math", "datasource": {"type": "__expr__", "uid": "-100"}}]
            ),
        ),
        (
            build_panel_dashboard(RATE, datasource={"uid": "P1"}),
            build_panel_dashboard(RATE, datasource={"type": "grafana", "uid": "grafana"}),
        ),
    ],
    "undeclared-variable": [
        (
            build_panel_dashboard('up{job="$job"}'),
            build_dashboard(build_panel('up{job="$job"}'), templating=build_variables("job")),
        ),
        (
            build_panel_dashboard('up{job=~"${job:regex}"}'),
            build_panel_dashboard('label_replace(up, "a", "$1", "b", "(.*)")', title="$__interval"),
        ),
        (
            build_variable_dashboard('label_values(up{job="$job"}, a)'),
            build_variable_dashboard('label_values(up{job="$v"}, a)'),
        ),
        (
            build_variable_dashboard({"query": "query_result(topk($n, up))"}),
            build_variable_dashboard(
                "query_result(topk($n, up))", datasource={"type": "loki", "uid": "$v"}
            ),
        ),
        (
            build_annotation_dashboard('changes(up{job="$job"}[5m])'),
            build_annotation_dashboard("changes(up[$__interval])"),
        ),
        (
            build_panel_dashboard("up > $VAR_X"),
            build_dashboard(
                build_panel("up > $VAR_X"), __inputs=[{"name": "VAR_X", "type": "constant"}]
            ),
        ),
    ],
    "deprecated-panel": [(build_panel_dashboard(RATE, type="graph"), build_panel_dashboard(RATE))],
    "refused-document": [
        (
            build_panel_dashboard("a", fieldConfig={"defaults": {"mappings": {"a": "b"}}}),
            build_panel_dashboard("a", fieldConfig={"defaults": {"mappings": []}}),
        ),
        (build_panel_dashboard("a", type=None), build_panel_dashboard("a", gridPos={"w": 40})),
        (
            build_panel_dashboard("a", options={"b": 2**70}),
            build_panel_dashboard("a", options={"b": 2**50}),
        ),
        (build_panel_dashboard("a", span="x", gridPos={}), build_panel_dashboard("a", span=4)),
        (build_dashboard(tags=[1]), build_alert()),
    ],
    "duplicate-id": [
        (
            build_dashboard(build_panel("a"), build_panel("b", **{**NEIGHBOUR_PANEL, "id": 1})),
            build_dashboard(build_panel("a")),
        )
    ],
    "duplicate-uid": [
        (
            [build_panel_dashboard("a"), build_panel_dashboard("b")],
            [build_panel_dashboard("a"), {**build_panel_dashboard("b"), "uid": "e"}],
        ),
        (
            [build_dashboard(uid=""), build_dashboard(uid=None)],
            [build_dashboard(uid=""), build_dashboard(uid="", title="E")],
        ),
        (
            [build_dashboard(uid="same-one"), build_dashboard(uid="", title="Same one")],
            [build_panel_dashboard("a"), build_alert()],
        ),
    ],
    "refused-uid": [
        (build_dashboard(uid="bad uid!"), build_dashboard(uid="good_uid-1")),
        (build_dashboard(uid="u" * 41), build_dashboard(uid="u" * 40)),
        (build_dashboard(uid=7), build_dashboard(uid=None)),
        (build_dashboard(uid=["a"]), build_dashboard(uid="")),
    ],
    "kubernetes-label": [
        (build_panel_dashboard(SHOP_BY_ENDPOINT), build_panel_dashboard(BY_ENDPOINT)),
        (
            build_panel_dashboard(BY_ENDPOINT, 'up{pod="a"}'),
            build_panel_dashboard(SHOP_BY_ENDPOINT.replace("endpoint", "exported_endpoint")),
        ),
        (
            build_panel_dashboard('rate(a_total{endpoint!~"/health",namespace="shop"}[1h])'),
            build_panel_dashboard('rate(a_total{endpoint="http",namespace="shop"}[1h])'),
        ),
        (build_alert(f"{SHOP_BY_ENDPOINT} > 1"), build_alert(f"{BY_ENDPOINT} > 1")),
        (
            build_panel_dashboard(BY_ENDPOINT, 'a{exported_service="b"}'),
            build_panel_dashboard(BY_ENDPOINT, 'a{exported_job="b"}'),
        ),
        (
            build_panel_dashboard(
                "sum by (service) (a_total)", "sum by (exported_service) (a_total)"
            ),
            build_panel_dashboard(
                "sum by (service) (a_total)", "sum by (exported_service) (b_total)"
            ),
        ),
        (
            build_panel_dashboard("sum by (pod) (a_total)", 'a_total{exported_pod="a"}'),
            build_panel_dashboard(
                'sum by (pod) (kube_pod_info{namespace="shop"})', 'up{endpoint="/a"}'
            ),
        ),
    ],
    "threshold-mismatch": [
        (
            [
                build_panel_dashboard(SHOP_P99, fieldConfig=build_thresholds(0.5)),
                build_alert(f"{SLOW_P99} > 1"),
            ],
            [
                build_panel_dashboard(SHOP_P99, fieldConfig=build_thresholds(0.5, 1)),
                build_alert(f"{SLOW_P99} > 1"),
            ],
        ),
        (
            [
                build_panel_dashboard(
                    f"topk(5, {SHOP_P99})",
                    type="stat",
                    fieldConfig=build_thresholds(2, style="off"),
                ),
                build_alert(f"({SLOW_P99} >= 0) > 1 and on () up == 1"),
            ],
            [
                build_panel_dashboard(SHOP_P99, fieldConfig=build_thresholds(2, style="off")),
                build_alert(f"{SLOW_P99} > 1"),
            ],
        ),
        (
            [
                build_panel_dashboard(SHOP_P99, fieldConfig=build_thresholds(2)),
                build_recording(
                    SLOW_P99.replace('rate(took_bucket{job="shop"}[5m])', "took_bucket:rate5m")
                    + " > 1"
                ),
            ],
            [
                build_panel_dashboard(
                    SHOP_P99.replace("0.99", "0.5"), fieldConfig=build_thresholds(2)
                ),
                build_alert(f"{SLOW_P99} > 1"),
            ],
        ),
        (
            [
                build_panel_dashboard(
                    P99.replace("took_bucket", 'took_bucket{job="$job"}'),
                    fieldConfig=build_thresholds(2),
                ),
                build_alert(f"1 < {SLOW_P99.replace('(le)', '(le, job)')}"),
            ],
            [
                build_panel_dashboard(
                    P99.replace("(le)", "(le, route)"), fieldConfig=build_thresholds(2)
                ),
                build_alert(f"{P99.replace('$__rate_interval', '5m')} > 1"),
            ],
        ),
        (
            [
                build_panel_dashboard("sum(queued)", fieldConfig=build_thresholds(5)),
                build_alert("sum(queued) > 50"),
            ],
            [
                build_panel_dashboard("sum(queued)", fieldConfig=build_thresholds(5)),
                build_alert("sum(queued) > 0"),
            ],
        ),
        (
            [
                build_panel_dashboard(SHOP_P99, fieldConfig=build_thresholds(2)),
                build_alert(f"{SLOW_P99} > 1"),
            ],
            [
                build_panel_dashboard(
                    SHOP_P99.replace("(le)", "(le, instance)"), fieldConfig=build_thresholds(2)
                ),
                build_alert(f"{SLOW_P99} > 1"),
            ],
        ),
        (
            [
                build_panel_dashboard("sum(queued)", fieldConfig=build_thresholds(5)),
                build_alert("sum(queued) >= 4 unless up"),
            ],
            [
                build_panel_dashboard('sum(queued{job="a"})', fieldConfig=build_thresholds(5)),
                build_alert('sum(queued{job="b"}) > 50'),
            ],
        ),
    ],
    "duplicate-refid": [
        (
            build_panel_dashboard(
                targets=[{"expr": "a", "refId": "A"}, {"expr": "b", "refId": "A"}]
            ),
            build_panel_dashboard("a", "b"),
        ),
    ],
    "outside-grid": [
        (
            build_panel_dashboard("a", gridPos={"h": 1, "w": float("inf"), "x": 0, "y": 0}),
            build_panel_dashboard("a", span=4),
        ),
        (
            build_panel_dashboard("a", gridPos={"h": 8, "w": 12, "x": 20, "y": 0}),
            build_panel_dashboard("a"),
        ),
        (build_panel_dashboard("a", gridPos=None), build_panel_dashboard("a")),
        (
            build_panel_dashboard("a", gridPos={"h": 0, "w": 12, "x": 0, "y": 0}),
            build_panel_dashboard("a"),
        ),
        (
            build_panel_dashboard("a", gridPos={"h": 8, "w": 0, "x": 0, "y": 0}),
            build_panel_dashboard("a"),
        ),
        (
            build_panel_dashboard("a", gridPos={"h": 8, "w": 12, "x": 0, "y": -1}),
            build_panel_dashboard("a"),
        ),
        (
            build_panel_dashboard("a", gridPos={"h": 8, "w": 12, "x": -1, "y": 0}),
            build_panel_dashboard("a"),
        ),
        (
            build_dashboard(build_panel("a"), build_panel("b", id=2, title="Other")),
            build_dashboard(build_panel("a"), build_panel("b", **NEIGHBOUR_PANEL)),
        ),
        (
            build_row_dashboard(build_panel("a"), build_panel("b", id=2, title="Other")),
            build_row_dashboard(build_panel("a"), build_panel("b", **NEIGHBOUR_PANEL)),
        ),
        (
            build_panel_dashboard("a", gridPos={"h": 8, "w": 4.8, "x": 0, "y": 0}),
            build_panel_dashboard("a", gridPos={"h": 8.0, "w": 4.0, "x": 0, "y": 0}),
        ),
    ],
    "panel-alert": [
        (
            build_panel_dashboard("a", alert={"name": "A", "conditions": [OLD_CONDITION]}),
            build_panel_dashboard("a", alert={}),
        ),
        (build_panel_dashboard("a", alert=True), build_panel_dashboard("a")),
    ],
    "missing-element": [
        (
            build_spec(build_tabs(("A", build_grid("panel-1"))), {}),
            build_spec(build_grid("panel-1"), {"panel-1": build_panel_element(1, "P")}),
        ),
        (build_spec(build_auto_grid("a"), {}), build_spec(build_auto_grid(), {})),
    ],
    "unplaced-panel": [
        (
            build_spec(build_grid(), {"panel-1": build_panel_element(1, "P")}),
            build_spec(build_auto_grid("p"), {"p": build_panel_element(1, "P")}),
        ),
    ],
    "panels-in-open-row": [
        (build_dashboard(build_row("a")), build_dashboard(build_row("a", collapsed=True))),
        (
            build_dashboard(build_row("a", "b", collapsed=False), build_row(collapsed=False)),
            build_dashboard(build_row(), build_panel("a")),
        ),
    ],
    "fixed-range": [
        (build_panel_dashboard("rate(x_total[1m])"), build_panel_dashboard(RATE)),
        (
            build_panel_dashboard("sum(irate(x_total[30s]))"),
            build_panel_dashboard("increase(x_total[1h])"),
        ),
        (build_panel_dashboard("rate(x_total[5m])"), build_alert("rate(x_total[5m]) > 1")),
        (
            build_panel_dashboard("rate(x_total[5m])"),
            build_panel_dashboard("sum(rate(x_total[5m])"),
        ),
        (
            build_panel_dashboard('rate(x{s=~"5[0-9]{2}"}[5m])'),
            build_panel_dashboard('rate(x{s=~"5[5m]"}[$__rate_interval])'),
        ),
        (
            build_panel_dashboard("rate(x{s='['}[5m])"),
            build_panel_dashboard("rate(max_over_time(x[5m])[1h:])"),
        ),
        (
            build_panel_dashboard("rate([[metric]][5m])"),
            build_panel_dashboard("sum(x{a='rate(b[5m])'})"),
        ),
        (
            build_panel_dashboard("rate(x_total[$__interval])"),
            build_panel_dashboard("avg_over_time(x[$__interval])"),
        ),
        (
            build_panel_dashboard("irate(x_total[${__interval}])"),
            build_alert("rate(x_total[5m]) > 1"),
        ),
        (
            build_panel_dashboard("rate(x_total[$__interval])"),
            build_panel_dashboard("rate(x_total[$__interval])", interval="1m"),
        ),
    ],
    "average-latency": [
        (build_panel_dashboard(MEAN_LATENCY), build_panel_dashboard(MEAN_LATENCY, P99_OF_MEAN)),
        (
            build_panel_dashboard(MEAN_LATENCY, P99),
            build_panel_dashboard(MEAN_LATENCY, title="Mean latency"),
        ),
        (
            build_panel_dashboard(build_mean("took_seconds")),
            build_panel_dashboard(build_mean("batch_rows")),
        ),
        (
            build_panel_dashboard(build_mean("db_query_duration_seconds")),
            build_panel_dashboard(
                build_mean("db_query_duration_seconds"), title="Average query time"
            ),
        ),
        (
            build_panel_dashboard(build_mean("http_server_duration_milliseconds")),
            build_legend_dashboard(build_mean("http_server_duration_milliseconds"), "{{job}} mean"),
        ),
        (
            build_panel_dashboard(build_mean("request_latency").replace("rate(", "increase(")),
            build_panel_dashboard(
                build_mean("request_latency"), 'request_latency{quantile="0.99"}'
            ),
        ),
        (
            build_panel_dashboard("rate(took_seconds_sum[1h]) / rate(took_seconds_count[1h])"),
            build_panel_dashboard("rate(took_seconds_sum[1h]) + rate(took_seconds_count[1h])"),
        ),
        (
            build_panel_dashboard("rate(took_ms_sum[1h]) / rate(took_ms_count[1h])"),
            build_panel_dashboard("rate(took_ms_sum[1h]) / rate(other_ms_count[1h])"),
        ),
        (
            build_panel_dashboard(build_mean("took_seconds")),
            build_panel_dashboard(
                build_mean("took_seconds"), "histogram_quantile(0.9, job:took_bucket:rate5m)"
            ),
        ),
    ],
    "exact-le": [
        (
            build_panel_dashboard('x_bucket{le="1"}'),
            build_panel_dashboard('x_bucket{le=~"1([.]0)?"}'),
        ),
        (build_panel_dashboard('x_bucket{le="1.0"}'), build_panel_dashboard('x_bucket{le="0.25"}')),
    ],
    "unguarded-ratio": [
        (
            build_panel_dashboard(f"sum({RATE}) / sum({RATE})"),
            build_panel_dashboard(f"sum({RATE}) / (sum({RATE}) > 0)"),
        ),
        (
            build_panel_dashboard(f"{RATE} / sum({RATE})"),
            build_panel_dashboard(f"sum({RATE}) / 60"),
        ),
        (
            build_panel_dashboard(f"sum({RATE}) / (sum({RATE}) + sum({RATE}))"),
            build_panel_dashboard(f"sum({RATE}) / (sum({RATE}) + 1)"),
        ),
        (
            build_panel_dashboard(f"sum({RATE}) / clamp_min(sum({RATE}), 0)"),
            build_panel_dashboard(f"sum({RATE}) / clamp_min(sum({RATE}), 1)"),
        ),
        (
            build_panel_dashboard(f"sum({RATE}) / clamp(sum({RATE}), 0, 9)"),
            build_panel_dashboard(f"sum({RATE}) / clamp(sum({RATE}), 1, 9)"),
        ),
        (
            build_alert(f"sum({RATE}) / sum({RATE}) != 0.01"),
            build_alert(f"sum({RATE}) / sum({RATE}) > 0.01 and sum({RATE}) > 1"),
        ),
        (
            build_alert(f"avg(sum by (a) ({RATE}) / sum by (a) ({RATE})) > 0.01"),
            build_alert(f"100 * (1 - sum({RATE}) / sum({RATE})) >= 5"),
        ),
        (
            build_panel_dashboard(f"sum({RATE}) / sum({RATE}) > bool 0.01"),
            build_alert(f"0.01 < abs(sum({RATE}) / sum({RATE}))"),
        ),
        (
            build_panel_dashboard(f'sum({RATE}) / sum(rate(x_total{{job=~"a"}}[1h]))'),
            build_panel_dashboard(f'sum({RATE}) / sum(rate(x_total{{job=~"("}}[1h]))'),
        ),
    ],
    "unbounded-legend": [
        (
            build_panel_dashboard(f"sum by (path) ({RATE})"),
            build_panel_dashboard(f"topk(10, sum by (path) ({RATE}))"),
        ),
        (
            build_panel_dashboard(f"sum by (endpoint, a) ({RATE})"),
            build_panel_dashboard(f"sum by (status) ({RATE})"),
        ),
        (
            build_panel_dashboard(f"sum by (user_id) ({RATE})"),
            build_panel_dashboard(f"sum by (broker_id) ({RATE})"),
        ),
        (
            build_panel_dashboard(f"sum by (email) ({RATE})"),
            build_panel_dashboard(f"sum(sum by (email) ({RATE}))"),
        ),
        (
            build_panel_dashboard(f"sum by (path_template) ({RATE})"),
            build_panel_dashboard(f"count by (path) ({RATE})"),
        ),
        (
            build_panel_dashboard(f"sum by (exported_endpoint) ({RATE})"),
            build_panel_dashboard(f"sum by (xpath) ({RATE})"),
        ),
        (build_legend_dashboard(RATE, "{{path}}"), build_legend_dashboard(RATE, "{{job}}")),
        (
            build_legend_dashboard(RATE, "{{ path }}"),
            build_legend_dashboard(f"topk(5, {RATE})", "{{path}}"),
        ),
        (
            build_legend_dashboard(f"sum without (instance) ({RATE})", "{{user_id}}"),
            build_legend_dashboard(f"sum without (instance, path) ({RATE})", "{{instance}}"),
        ),
        (
            build_legend_dashboard(f"sum by (path) ({RATE})", "a"),
            build_legend_dashboard(RATE.replace("total", 'total{path="/a"}'), "{{path}}"),
        ),
        (
            build_legend_dashboard(RATE, "{{path}}"),
            build_legend_dashboard(RATE, "{{path}}", instant=True),
        ),
        (
            build_legend_dashboard(RATE, "{{handler}}"),
            build_legend_dashboard("rate(mysql_handlers_total[1h])", "{{handler}}"),
        ),
        (
            build_legend_dashboard(RATE, "{{view}}"),
            build_legend_dashboard("rate(bind_queries_total[1h])", "{{view}}"),
        ),
        (
            build_legend_dashboard(RATE, "{{url}}"),
            build_legend_dashboard("probe_duration_seconds", "{{url}}"),
        ),
    ],
    "missing-unit": [(build_panel_dashboard("a", fieldConfig={}), build_panel_dashboard("a"))],
    "missing-description": [
        (build_panel_dashboard("a", description=" "), build_panel_dashboard("a"))
    ],
    "missing-legend": [
        (build_panel_dashboard(targets=[{"expr": "a", "refId": "A"}]), build_panel_dashboard("a")),
        (
            build_panel_dashboard(targets=[{"expr": "a", "legendFormat": "__auto"}]),
            build_panel_dashboard("a", type="table"),
        ),
    ],
    "unused-variable": [
        (
            build_dashboard(build_panel("a"), templating=build_variables("job")),
            build_dashboard(build_panel('a{b="$job"}'), templating=build_variables("job")),
        ),
        (
            build_dashboard(build_panel("a"), templating=build_variables("job")),
            build_dashboard(build_panel("a", repeat="job"), templating=build_variables("job")),
        ),
        (
            build_dashboard(build_panel('a{b="$jobs"}'), templating=build_variables("job")),
            build_dashboard(build_panel('a{b="[[job:regex]]"}'), templating=build_variables("job")),
        ),
        (
            build_dashboard(build_panel('a{b="$my"}'), templating=build_variables("my-job")),
            build_dashboard(build_panel('a{b="${my-job}"}'), templating=build_variables("my-job")),
        ),
        (
            build_dashboard(build_panel("a", repeat="my"), templating=build_variables("my-job")),
            build_dashboard(
                build_panel("a", repeat="my-job"), templating=build_variables("my-job")
            ),
        ),
        (
            build_dashboard(build_panel("a"), templating=build_variables("job")),
            build_dashboard(build_panel("a", title="of $jobé"), templating=build_variables("job")),
        ),
    ],
    "duplicate-title": [
        (build_titled_tabs("A", "A"), build_titled_tabs("A", "B")),
        (
            build_dashboard(
                build_panel("a"), build_panel("b", **{**NEIGHBOUR_PANEL, "title": "Panel"})
            ),
            build_dashboard(build_panel("a"), build_panel("b", **NEIGHBOUR_PANEL)),
        ),
    ],
    "too-many-panels": [
        (build_many_panels(41, "Only"), build_many_panels(40, "First", "Second")),
        (
            build_dashboard(rows=[{"panels": [build_panel("a")] * 50}]),
            build_dashboard(rows=[{"panels": []}]),
        ),
        (
            build_dashboard(*(build_panel("a", id=number) for number in range(50))),
            build_dashboard(
                {"type": "row", "panels": [build_panel("a", id=number) for number in range(50)]}
            ),
        ),
        (
            build_panel_dashboard(*(f"a{number}" for number in range(101))),
            build_panel_dashboard("a"),
        ),
    ],
    "short-refresh": [
        (build_dashboard(refresh="1s"), build_dashboard(refresh="30s")),
        (build_dashboard(refresh="500ms"), build_dashboard(refresh=False)),
    ],
    "silent-alert": [
        (build_alert(labels={}), build_alert()),
        (build_alert(annotations={"summary": "s"}), build_alert()),
        (build_alert(**{"for": ""}), build_alert(severity="critical")),
    ],
}


def read_subjects(document: Json | str) -> list[Subject]:
    if isinstance(document, str):
        return parse_rule_file(document.encode(), "g", "s")
    if "groups" in document:
        return [build_rules_subject(document["groups"], "g", "s")]
    return [build_document_subject(document, "s")]


def list_findings(lint_input: LintInput, name: str) -> list[Finding]:
    several = [
        subject
        for document in (lint_input if isinstance(lint_input, list) else [lint_input])
        for subject in read_subjects(document)
    ]
    alone = [
        finding for each_subject in several for finding in lint_subject(each_subject, [RULES[name]])
    ]
    return [*alone, *lint_run(several, [RULES[name]])]


def list_problems(lint_input: LintInput, name: str) -> list[str]:
    return [finding.problem for finding in list_findings(lint_input, name)]


def test_every_rule_has_a_pair() -> None:
    assert set(PAIRS) == set(RULES)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [(name, *pair) for name, pairs in PAIRS.items() for pair in pairs],
)
def test_a_rule_finds_what_is_bad_and_nothing_in_what_is_good(
    name: str, bad: LintInput, good: LintInput
) -> None:
    assert list_problems(bad, name)
    assert list_problems(good, name) == []


ONLY_IN_SCHEMA_V1 = {
    "duplicate-id": "an element is named after its id",
    "outside-grid": "positions are moved onto the grid",
    "panel-alert": "schema v2 has no place for an alert",
    "panels-in-open-row": "a row of schema v2 holds its panels",
    "refused-document": "each schema has shapes of its own",
}


@pytest.mark.parametrize(
    ("name", "document"),
    [
        (name, bad)
        for name, pairs in PAIRS.items()
        for bad, _ in pairs
        if isinstance(bad, dict) and "groups" not in bad and name not in ONLY_IN_SCHEMA_V1
    ],
)
def test_a_rule_finds_the_same_in_a_dashboard_of_schema_v2(name: str, document: Json) -> None:
    if is_v2_document(document) or not is_current(document):
        return
    assert set(list_problems(convert_document(document), name)) == set(
        list_problems(document, name)
    )


def is_current(document: Json) -> bool:
    """Whether a dashboard is written as schema v1 is today, which schema v2 can say too."""
    variables = list_entries(document, "templating")
    if {"rows", "__inputs"} & set(document) or any("type" not in entry for entry in variables):
        return False
    return all(
        isinstance(panel.get("datasource"), dict | None)
        and "type" in panel
        and all("refId" in target for target in panel.get("targets") or [])
        for panel in document["panels"]
    )


@pytest.mark.parametrize("name", RULES)
def test_a_finding_says_what_to_do(name: str) -> None:
    for bad, _ in PAIRS[name]:
        for finding in list_findings(bad, name):
            assert finding.tip.endswith((".", ")", "`", "?"))
            assert not finding.problem.endswith(".")
            assert finding.place.source == "s"


@pytest.mark.parametrize(
    ("copied", "own", "count"), [(1, 0, 0), (2, 2, 0), (2, 3, 2), (1, 9, 1), (3, 9, 0), (0, 3, 0)]
)
def test_rules_of_a_copied_file_are_no_duplicates(copied: int, own: int, count: int) -> None:
    def build_rules(source: str, names: list[str]) -> Subject:
        groups = [group for name in names for group in build_alert(alert=name)["groups"]]
        return build_rules_subject(groups, "g", source)

    first = build_rules("here/rules.yaml", [f"A{number}" for number in range(6)])
    names = [f"A{number}" for number in range(copied)] + [f"B{number}" for number in range(own)]
    second = build_rules("there/alerts.yaml", names)
    assert len([*lint_run([first, second], [RULES["duplicate-rule"]])]) == count


def test_files_that_record_different_values_of_one_series_are_no_copies() -> None:
    subjects = [
        build_rules_subject(build_recorded("a:b", f"sum({name})")["groups"], "g", f"{name}.yaml")
        for name in "xy"
    ]
    assert [*lint_run(subjects, [RULES["duplicate-rule"]])]


@pytest.mark.parametrize(
    ("expression", "consequence"),
    [
        ("a_total > 5", "and fires until a restart"),
        ("5 < sum(a_total)", "and fires until a restart"),
        ("a_total == 0", "which starts at 0 with each restart"),
        ("a_total < 5 and up == 1", "which starts at 0 with each restart"),
    ],
)
def test_a_compared_counter_says_what_its_alert_does(expression: str, consequence: str) -> None:
    (problem,) = list_problems(build_alert(expression), "raw-counter")
    assert problem == f"it compares the counter a_total itself, {consequence}"


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("a_seconds_sum / a_seconds_count", "a mean of a_seconds_sum by a_seconds_count"),
        ('a_total{b="c"} / a_total', "a share of a_total by a_total"),
        ("a_total / b_total", "a share of a_total by b_total"),
    ],
)
def test_a_quotient_since_the_start_is_called_a_mean_or_a_share(expression: str, what: str) -> None:
    problem = f"{what} since the process started"
    assert list_problems(build_panel_dashboard(expression), "since-start") == [problem]


def test_the_legends_that_a_panel_lacks_are_told_at_once() -> None:
    targets = [{"expr": "a", "refId": character} for character in "ABC"]
    targets[1]["legendFormat"] = "{{job}}"
    assert list_problems(build_panel_dashboard(targets=targets), "missing-legend") == [
        "the queries A, C have no legend"
    ]


@pytest.mark.parametrize("name", ["fixed-data-source", "undeclared-variable", "unused-variable"])
@pytest.mark.parametrize("odd", [3, "list", [1], {"list": 3}, {"list": {"a": 1}}, {"list": [1]}])
def test_variables_and_annotations_of_another_shape_are_passed_over(name: str, odd: Any) -> None:
    odd_one = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE), templating=odd, annotations=odd
    )
    plain = build_dashboard(build_panel("a", datasource=FIXED_DATA_SOURCE), templating={"list": []})
    assert list_problems(odd_one, name) == list_problems(plain, name)


def find_fix_hint(document: Json) -> str:
    (tip,) = {
        finding.tip.partition(" --fix ")[2]
        for finding in list_findings(document, "fixed-data-source")
    }
    return tip


def test_a_fixed_data_source_that_fix_leaves_says_why() -> None:
    two = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE),
        build_panel("b", **NEIGHBOUR_PANEL, datasource="P2"),
    )
    assert "it cannot know which of 'P2', 'PBFA9' the variable is for" in find_fix_hint(two)
    assert "nothing says that 'Db' is a Prometheus" in find_fix_hint(
        build_panel_dashboard(targets=[{"rawSql": "select 1"}], datasource="Db")
    )
    loki = build_panel_dashboard("a", datasource={"type": "loki", "uid": "L1"})
    assert "it knows Prometheus only, and this is a loki" in find_fix_hint(loki)
    variable = {
        "name": "ds",
        "type": "datasource",
        "query": "prometheus",
        "current": {"value": "P"},
    }
    document = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE), templating={"list": [variable]}
    )
    assert "the variable ds chooses 'P' already" in find_fix_hint(document)
    dashboard = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE),
        templating={"list": [{"name": "datasource", "type": "textbox"}]},
    )
    assert "the variable datasource is something else" in find_fix_hint(dashboard)
    assert find_fix_hint(build_panel_dashboard("a", datasource=FIXED_DATA_SOURCE)) == ""


def test_the_tip_for_another_kind_of_data_source_names_that_kind() -> None:
    (finding,) = list_findings(
        build_panel_dashboard("a", datasource={"type": "loki", "uid": "L1"}), "fixed-data-source"
    )
    assert '{"type": "loki", "uid": "${...}"}' in finding.tip


@pytest.mark.parametrize(
    "name",
    [
        "elasticsearch_indices_search_query_time_seconds",
        "ceph_pool_rd_bytes",
        "minio_node_io_rchar_bytes",
        "node_disk_io_time_seconds",
        "container_cpu_usage_seconds",
        "cache_hit_bytes",
    ],
)
def test_counters_without_total_are_not_called_gauges(name: str) -> None:
    assert list_problems(build_alert(f"rate({name}[5m]) > 1"), "rate-of-gauge") == []


def build_neighbour(number: int, **fields: Any) -> Json:
    """One of several panels below each other."""
    grid = {"h": 8, "w": 12, "x": 0, "y": 8 * number}
    return build_panel("a", id=number, title=f"Panel {number}", gridPos=grid, **fields)


@pytest.mark.parametrize(
    ("name", "fields", "common"),
    [
        ("missing-description", {"description": ""}, "none of 3 panels has a description"),
        ("missing-unit", {"fieldConfig": {}}, "the numbers of all 3 panels have no unit"),
    ],
)
def test_what_all_panels_lack_is_reported_once(name: str, fields: Json, common: str) -> None:
    bare = [build_neighbour(number, **fields) for number in (1, 2, 3)]
    (finding,) = list_findings(build_dashboard(*bare), name)
    assert (finding.problem, finding.place.panel) == (common, "")
    places = [
        finding.place.panel
        for finding in list_findings(build_dashboard(*bare, build_neighbour(4)), name)
    ]
    assert places == ["Panel 1", "Panel 2", "Panel 3"]


def test_what_all_alerts_lack_is_reported_once() -> None:
    rules = [build_alert(annotations={}, alert=f"A{number}") for number in range(4)]
    groups = {"groups": [group for rule in rules for group in rule["groups"]]}
    assert list_problems(groups, "missing-runbook") == ["none of 4 alerts has a runbook_url"]
    assert list_problems(groups, "silent-alert") == [
        "none of 4 alerts has a summary",
        "none of 4 alerts has a description",
    ]


def test_the_tip_for_a_data_source_that_is_called_loki_is_not_about_prometheus() -> None:
    (finding,) = list_findings(
        build_panel_dashboard('{a="b"} |= "c"', datasource="Loki"), "fixed-data-source"
    )
    assert '{"type": "loki", "uid": "${...}"}' in finding.tip


def test_a_variable_that_is_a_number_or_an_operator_makes_nothing_impossible() -> None:
    for expression in ("up $op 5", "topk($n, up) > 5", "up > $limit"):
        assert list_problems(build_panel_dashboard(expression), "never-true") == []


@pytest.mark.parametrize(
    ("step", "is_left"), [("5m", True), ("$step", True), (">2m", True), ("15s", False), ("", False)]
)
def test_a_range_that_the_min_step_would_lengthen_says_that_fix_leaves_it(
    step: str, is_left: bool
) -> None:
    targets = [{"expr": "rate(x[5m])", "interval": step}]
    (finding,) = list_findings(build_panel_dashboard(targets=targets), "fixed-range")
    assert ("--fix leaves it" in finding.tip) == is_left


def test_panels_of_one_title_are_told_apart_by_their_ids() -> None:
    bare = {"description": ""}
    document = build_dashboard(
        build_panel("a", **bare), build_panel("b", **{**NEIGHBOUR_PANEL, **bare, "title": "Panel"})
    )
    places = [str(finding.place) for finding in list_findings(document, "missing-description")]
    assert places == ["s: d: Panel (id 1)", "s: d: Panel (id 2)"]
    (place,) = [
        finding.place
        for finding in list_findings(build_panel_dashboard("a", **bare), "missing-description")
    ]
    assert str(place) == "s: d: Panel"


def test_a_finding_of_a_variable_or_an_annotation_names_it() -> None:
    documents_by_rule = {
        "parse-error": [
            build_variable_dashboard("query_result(sum(x)"),
            build_annotation_dashboard("sum(x"),
        ],
        "undeclared-variable": [
            build_variable_dashboard("query_result(x{a='$b'})"),
            build_annotation_dashboard("x{a='$b'}"),
        ],
    }
    for name, documents in documents_by_rule.items():
        places = [
            finding.place.panel
            for document in documents
            for finding in list_findings(document, name)
        ]
        assert places == ["variable v", "annotation deploys"]


@pytest.mark.parametrize(
    ("grouped", "expected"),
    [
        ("sum by (a)", "sum by (le, a)"),
        ("sum", "sum by (le)"),
        ("max without (le)", "max by (le)"),
        ("sum without (a, le)", "sum without (a)"),
    ],
)
def test_a_percentile_without_le_is_told_how_to_keep_it(grouped: str, expected: str) -> None:
    expression = f"histogram_quantile(0.9, {grouped} (rate(x_bucket[1h])))"
    (finding,) = list_findings(build_panel_dashboard(expression), "percentile-without-le")
    assert finding.tip == f"keep it: {expected} (...)."


def test_a_range_of_one_step_is_told_apart_from_a_fixed_one() -> None:
    (problem,) = list_problems(build_panel_dashboard("rate(x[$__interval])"), "fixed-range")
    assert "$__interval" in problem
    assert "fewer than two scrapes" in problem
    (problem,) = list_problems(build_panel_dashboard("increase(x[$__interval])"), "fixed-range")
    assert "increase()" in problem


@pytest.mark.parametrize(
    ("grid", "problem"),
    [
        ({"h": 0, "w": 12, "x": 0, "y": 0}, "it is 12 wide and 0 high"),
        ({"h": 8, "w": 0, "x": 0, "y": 0}, "it is 0 wide and 8 high"),
        ({"h": 8, "w": 12, "x": 0, "y": -5}, "it begins above the dashboard, at y = -5"),
        ({"h": 8, "w": 12, "x": 20, "y": 0}, "it reaches from column 20 to 32 of 24"),
        ({"h": 8.5, "w": 4.8, "x": 0, "y": 0}, "its place has w = 4.8, h = 8.5"),
    ],
)
def test_a_panel_outside_of_the_grid_is_told_in_which_way(grid: Json, problem: str) -> None:
    assert list_problems(build_panel_dashboard("a", gridPos=grid), "outside-grid") == [problem]


def test_the_library_is_clean() -> None:
    complaints = [
        finding
        for name, document in build_library_documents().items()
        for finding in lint_subject(build_document_subject(document, name), LINT_RULES)
    ]
    assert complaints == []


LINKED = Addresses("https://grafana.example.org", "https://wiki.example.org/{service}#{anchor}")


def test_the_rules_of_every_convention_are_clean() -> None:
    complaints = [
        finding
        for name, rules in build_rule_sets().items()
        for finding in lint_subject(
            build_rules_subject(build_groups(rules, LINKED), name, name), LINT_RULES
        )
    ]
    assert complaints == []


@pytest.mark.parametrize("recorded", [False, True])
def test_the_panels_of_a_service_agree_with_its_alerts_until_one_is_changed(
    recorded: bool,
) -> None:
    promised = Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999)
    service = Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT, promised)
    panel_service = service.as_recorded() if recorded else service
    service_documents = [
        build_document(dashboard) for dashboard in build_service_dashboards(panel_service)
    ]
    rules = build_rules_subject(build_groups(rules_of(service), Addresses()), "orders", "s")

    def list_changed_panels(documents: list[Json]) -> set[str]:
        several = [*(build_document_subject(document, "s") for document in documents), rules]
        return {finding.place.panel for finding in lint_run(several, [RULES["threshold-mismatch"]])}

    assert list_changed_panels(service_documents) == set()
    changed = json.loads(json.dumps(service_documents).replace('"value": 1}', '"value": 1.5}'))
    assert "P99 latency" in list_changed_panels(changed)


@pytest.mark.parametrize(
    ("condition", "tip"),
    [
        (
            OLD_CONDITION,
            "load the rule that `tailboard build` writes: `avg_over_time((a)[5m:]) > 5`",
        ),
        ({**OLD_CONDITION, "reducer": {"type": "count"}}, "write an alert rule of your own"),
    ],
)
def test_the_alert_of_a_panel_leads_to_a_rule(condition: Json, tip: str) -> None:
    document = build_panel_dashboard("a", alert={"name": "Slow", "conditions": [condition]})
    (finding,) = lint_subject(
        build_document_subject(document, "s"),
        [rule for rule in LINT_RULES if rule.name == "panel-alert"],
    )
    assert "'Slow'" in finding.problem
    assert finding.tip.startswith(tip)
    assert finding.severity == "warning"


def build_placed_panel(title: str, y: int) -> Json:
    return build_panel("a", title=title, gridPos={"h": 8, "w": 12, "x": 0, "y": y})


def build_placed_row(title: str, y: int, *panels: Json, collapsed: bool = True) -> Json:
    grid = {"h": 1, "w": 24, "x": 0, "y": y}
    return {
        "type": "row",
        "title": title,
        "gridPos": grid,
        "collapsed": collapsed,
        "panels": list(panels),
    }


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (
            build_dashboard(
                build_placed_row("R", 0, build_placed_panel("A", 1), build_placed_panel("B", 8))
            ),
            ["it lies over the panel 'A'"],
        ),
        (
            build_dashboard(
                build_placed_row("R", 0, build_placed_panel("A", 1)),
                build_placed_row("S", 1, build_placed_panel("B", 2)),
                build_placed_panel("C", 2),
            ),
            [],
        ),
        (
            build_dashboard(
                build_placed_row("R", 0, build_placed_panel("A", 1), collapsed=False),
                build_placed_panel("B", 4),
            ),
            ["it lies over the panel 'A'"],
        ),
        (
            build_dashboard(build_placed_panel("A", 0), build_placed_row("R", 4)),
            ["it lies over the row 'R'"],
        ),
        (
            build_dashboard(
                rows=[
                    {"panels": [build_placed_panel("A", 0), build_placed_panel("B", 0)]},
                    {"panels": [build_placed_panel("C", 0)]},
                ]
            ),
            ["it lies over the panel 'A'"],
        ),
        (build_panel_dashboard("a", gridPos={"h": 8.0, "w": 12.0, "x": 0.0, "y": 0}), []),
    ],
)
def test_panels_of_one_grid_do_not_overlap(document: Json, problems: list[str]) -> None:
    assert list_problems(document, "outside-grid") == problems
