"""Every lint rule finds what is bad, says nothing of what is good, and nothing of ours."""

import json
from typing import Any

import pytest

from alerts import rules_of
from alerts.groups import Addresses, groups
from dashboards import document
from dashboards.library import of_service
from panels import Objectives, Service
from panels.conventions import PROMETHEUS_CLIENT
from publish.finding import Finding
from publish.lint import LINT_RULES
from publish.linting import findings, findings_of_run
from publish.subject import Subject, of_document, of_groups
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
        return of_groups(judged["groups"], "g", "s")
    return of_document(judged, "s")


def all_findings(judged: Judged, name: str) -> list[Finding]:
    several = [subject(it) for it in (judged if isinstance(judged, list) else [judged])]
    alone = [it for one in several for it in findings(one, [RULES[name]])]
    return [*alone, *findings_of_run(several, [RULES[name]])]


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


@pytest.mark.parametrize("recorded", [False, True])
def test_the_panels_of_a_service_agree_with_its_alerts_until_one_is_changed(
    recorded: bool,
) -> None:
    promised = Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999)
    service = Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT, promised)
    shown = service.as_recorded() if recorded else service
    made = [document(it) for it in of_service(shown)]
    rules = of_groups(groups(rules_of(service), Addresses()), "orders", "s")

    def told(documents: list[Json]) -> set[str]:
        several = [*(of_document(it, "s") for it in documents), rules]
        return {it.place.panel for it in findings_of_run(several, [RULES["threshold-mismatch"]])}

    assert told(made) == set()
    changed = json.loads(json.dumps(made).replace('"value": 1}', '"value": 1.5}'))
    assert "P99 latency" in told(changed)
