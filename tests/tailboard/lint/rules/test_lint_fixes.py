"""What `lint --fix` makes of a document: the finding is gone, and nothing else is touched."""

from copy import deepcopy
from typing import Any

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.findings.exclusion import Exclusion
from tailboard.lint.engine import lint_subject
from tailboard.lint.fix import fix_document
from tailboard.lint.rules import LINT_RULES
from tailboard.queries.subject import build_document_subject
from tests.tailboard.lint.rules.test_lint_rules import (
    NEIGHBOUR_PANEL,
    PAIRS,
    Json,
    build_dashboard,
    build_panel,
    build_panel_dashboard,
    build_row,
    build_variables,
    is_current,
)

RULES = {rule.name: rule for rule in LINT_RULES if rule.fix}
DATA_SOURCE_VARIABLE = {"type": "prometheus", "uid": "${datasource}"}
FIXED_DATA_SOURCE = {"type": "prometheus", "uid": "P1"}


def apply_fix(document: Json, name: str) -> Json:
    fix = RULES[name].fix
    assert fix is not None
    before = deepcopy(document)
    result_document = fix(document)
    assert document == before, "a fix does not change its argument"
    assert fix(result_document) == result_document, "a second fix changes nothing"
    return result_document


def list_remaining_problems(document: Json, name: str) -> list[str]:
    return [
        finding.problem
        for finding in lint_subject(build_document_subject(document, "s"), [RULES[name]])
    ]


def list_expressions(document: Json) -> list[str]:
    return [target["expr"] for panel in document["panels"] for target in panel["targets"]]


NOT_MENDED_IN_SCHEMA_V2 = {"duplicate-id", "outside-grid", "panels-in-open-row"}
"""Rules that find nothing in the dashboard of schema v2 that an example becomes."""


BAD_EXAMPLES = [
    (name, bad)
    for name in RULES
    for bad, _ in PAIRS[name]
    if isinstance(bad, dict) and "groups" not in bad
]


@pytest.mark.parametrize(("name", "bad"), BAD_EXAMPLES)
def test_what_a_rule_mends_it_no_longer_finds(name: str, bad: Json) -> None:
    assert list_remaining_problems(apply_fix(bad, name), name) == []


@pytest.mark.parametrize(("name", "bad"), BAD_EXAMPLES)
def test_the_same_is_mended_in_schema_v2(name: str, bad: Json) -> None:
    if is_v2_document(bad) or not is_current(bad) or name in NOT_MENDED_IN_SCHEMA_V2:
        return
    document = convert_document(bad)
    before = deepcopy(document)
    fixed_document, findings = fix_document(document, "s", [])
    assert document == before
    assert list_remaining_problems(fixed_document, name) == []
    assert name in {finding.rule for finding in findings}
    assert set(fixed_document) == set(document)
    assert fix_document(fixed_document, "s", []) == (fixed_document, [])


@pytest.mark.parametrize("name", RULES)
def test_what_is_good_is_left_as_it_is(name: str) -> None:
    for _, good in PAIRS[name]:
        if isinstance(good, dict) and "groups" not in good:
            assert fix_document(good, "s", ())[0] == good


@pytest.mark.parametrize(
    ("name", "expression", "expected"),
    [
        ("fixed-range", "rate(x_total[1m])", "rate(x_total[$__rate_interval])"),
        ("fixed-range", "rate(x[30s]) + irate(y[1h])", "rate(x[$__rate_interval]) + irate(y[1h])"),
        ("fixed-range", "increase(x_total[5m])", "increase(x_total[5m])"),
        ("fixed-range", "increase(x[$__interval])", "increase(x[$__interval])"),
        ("fixed-range", "rate(x[${__interval}])", "rate(x[$__rate_interval])"),
        ("fixed-range", "rate(x{a='[1m]'}[1m])", "rate(x{a='[1m]'}[$__rate_interval])"),
        (
            "fixed-range",
            "rate(max_over_time(x[5m])[1h:]) + rate(y[5m])",
            "rate(max_over_time(x[5m])[1h:]) + rate(y[$__rate_interval])",
        ),
        ("fixed-range", "sum(rate(x_total[5m])", "sum(rate(x_total[5m])"),
        ("exact-le", 'x{a="b", le="1.0"}', 'x{a="b", le=~"1([.]0)?"}'),
        ("exact-le", "x{le='5',b='c'}", "x{le=~'5([.]0)?',b='c'}"),
        ("exact-le", 'x{style="1"}', 'x{style="1"}'),
    ],
)
def test_an_expression_is_mended_where_it_means_the_same(
    name: str, expression: str, expected: str
) -> None:
    assert list_expressions(apply_fix(build_panel_dashboard(expression), name)) == [expected]


def test_a_range_of_one_step_is_left_where_the_panel_says_how_long_a_step_is() -> None:
    meant = build_panel("rate(x[$__interval])", interval="1m")
    mistaken = build_panel("rate(x[$__interval])", **NEIGHBOUR_PANEL)
    document = apply_fix(build_dashboard(meant, mistaken), "fixed-range")
    assert list_expressions(document) == ["rate(x[$__interval])", "rate(x[$__rate_interval])"]


def test_what_is_excluded_is_left_in_rows_of_every_age() -> None:
    graphs = [
        build_panel("a", id=number, title=f"Graph {number}", type="graph") for number in range(1, 5)
    ]
    closed_row = {"type": "row", "collapsed": True, "panels": graphs[1:3]}
    document = build_dashboard(graphs[0], closed_row, rows=[{"panels": graphs[3:]}])
    for ids in range(1, 5):
        lived_with = Exclusion("deprecated-panel", "x", panel=f"Graph {ids}")
        result_document, fixed_findings = fix_document(document, "s", [lived_with])
        first, row = result_document["panels"]
        types = [
            panel["type"]
            for panel in (first, *row["panels"], *result_document["rows"][0]["panels"])
        ]
        assert [number for number, kind in enumerate(types, 1) if kind == "graph"] == [ids]
        assert len(fixed_findings) == 3
        assert fix_document(result_document, "s", [lived_with]) == (result_document, [])


def test_what_is_excluded_of_the_whole_dashboard_keeps_its_rule_from_mending() -> None:
    document = build_dashboard(build_panel("a"), build_panel("b", **{**NEIGHBOUR_PANEL, "id": 1}))
    assert fix_document(document, "s", [Exclusion("duplicate-id", "x")]) == (document, [])


def test_expressions_of_other_languages_are_left_alone() -> None:
    logs = build_panel_dashboard("rate(x[1m])", datasource={"type": "loki", "uid": "$logs"})
    assert apply_fix(logs, "fixed-range") == logs


@pytest.mark.parametrize(
    ("name", "good", "broken"),
    [
        ("fixed-range", "rate(x[1m])", "sum(rate(x[1m])"),
        ("exact-le", 'x{le="1"}', 'sum(x{le="1"}'),
    ],
)
def test_what_does_not_parse_is_left_beside_what_is_mended(
    name: str, good: str, broken: str
) -> None:
    changed, unchanged = list_expressions(apply_fix(build_panel_dashboard(good, broken), name))
    assert (changed != good, unchanged) == (True, broken)


def test_the_refresh_that_fix_writes_is_the_one_of_the_tip() -> None:
    bad = build_dashboard(refresh="1s")
    (tip,) = [
        finding.tip
        for finding in lint_subject(build_document_subject(bad, "s"), [RULES["short-refresh"]])
    ]
    assert f"write {apply_fix(bad, 'short-refresh')['refresh']}:" in tip


@pytest.mark.parametrize("odd", [3, [1], {"list": 3}, {"list": [1]}])
def test_variables_of_another_shape_are_no_place_for_one_more(odd: Any) -> None:
    document = build_dashboard(build_panel("a", datasource=FIXED_DATA_SOURCE), templating=odd)
    assert apply_fix(document, "fixed-data-source") == document


def test_panels_in_rows_of_every_age_are_mended() -> None:
    bad = build_panel("rate(x[1m])")
    document = apply_fix(
        build_dashboard({"type": "row", "panels": [bad]}, rows=[{"panels": [bad]}]), "fixed-range"
    )
    for inner in (document["panels"][0]["panels"][0], document["rows"][0]["panels"][0]):
        assert inner["targets"][0]["expr"] == "rate(x[$__rate_interval])"


def test_the_first_panel_of_an_id_keeps_it() -> None:
    row = {"type": "row", "id": 1, "panels": [build_panel("a", id=7), build_panel("a", id=2)]}
    document = apply_fix(
        build_dashboard(build_panel("a", id=7), build_panel("a", id=7), row), "duplicate-id"
    )
    first, second, rows = document["panels"]
    ids = [first["id"], second["id"], *(panel["id"] for panel in rows["panels"])]
    assert ids[0] == 7
    assert len({*ids, rows["id"]}) == 5


def test_the_panels_of_an_open_row_follow_it_in_their_order() -> None:
    document = apply_fix(
        build_dashboard(
            build_row("a", "b"),
            build_panel("a", id=2, title="c"),
            build_row("d", collapsed=True),
            build_row("e"),
        ),
        "panels-in-open-row",
    )
    assert [panel["title"] for panel in document["panels"]] == [
        *("Row", "a", "b", "c", "Row", "Row", "e")
    ]
    assert [len(panel.get("panels", [])) for panel in document["panels"]] == [0, 0, 0, 0, 1, 0, 0]


def test_the_first_query_of_a_name_keeps_it_and_the_nameless_get_free_letters() -> None:
    targets = [{"expr": "a", "refId": name} for name in ("B", "B", "A", "", "")]
    document = apply_fix(build_panel_dashboard(targets=targets), "duplicate-refid")
    assert [target["refId"] for target in document["panels"][0]["targets"]] == [
        "B",
        "C",
        "A",
        "D",
        "E",
    ]


def list_data_sources(document: Json) -> list[Any]:
    return [panel["datasource"] for panel in document["panels"]]


def test_the_one_fixed_prometheus_becomes_the_choice_of_a_variable() -> None:
    bad = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE),
        build_panel(
            "a", datasource={"uid": "P1"}, targets=[{"expr": "a", "datasource": FIXED_DATA_SOURCE}]
        ),
        build_panel("a", datasource={"type": "loki", "uid": "L1"}),
        templating={"list": [{"name": "job", "type": "query", "datasource": FIXED_DATA_SOURCE}]},
        annotations={"list": [{"name": "deploys", "expr": "a", "datasource": FIXED_DATA_SOURCE}]},
    )
    document = apply_fix(bad, "fixed-data-source")
    assert list_data_sources(document) == [
        DATA_SOURCE_VARIABLE,
        DATA_SOURCE_VARIABLE,
        {"type": "loki", "uid": "L1"},
    ]
    assert document["panels"][1]["targets"][0]["datasource"] == DATA_SOURCE_VARIABLE
    assert document["annotations"]["list"][0]["datasource"] == DATA_SOURCE_VARIABLE
    data_source_variable, job = document["templating"]["list"]
    assert (
        data_source_variable["name"],
        data_source_variable["type"],
        data_source_variable["query"],
    ) == (*("datasource", "datasource", "prometheus"),)
    assert data_source_variable["current"] == {"text": "P1", "value": "P1"}
    assert job["datasource"] == DATA_SOURCE_VARIABLE


def test_a_variable_that_chooses_a_prometheus_is_used_again() -> None:
    variable = {"name": "ds", "type": "datasource", "query": "prometheus"}
    bad = build_dashboard(
        build_panel("a", datasource=FIXED_DATA_SOURCE), templating={"list": [variable]}
    )
    document = apply_fix(bad, "fixed-data-source")
    assert list_data_sources(document) == [{"type": "prometheus", "uid": "${ds}"}]
    assert len(document["templating"]["list"]) == 1
    assert document["templating"]["list"][0]["current"]["value"] == "P1"


@pytest.mark.parametrize(
    "document",
    [
        build_dashboard(
            build_panel("a", datasource=FIXED_DATA_SOURCE), build_panel("a", datasource="P2")
        ),
        build_panel_dashboard("rate({a='b'} |= `c` [5m])", datasource="Loki"),
        build_panel_dashboard(targets=[{"rawSql": "select 1"}], datasource="Orders"),
        build_panel_dashboard("a", datasource={"type": "loki", "uid": "L1"}),
        build_dashboard(
            build_panel("a", datasource=FIXED_DATA_SOURCE), templating=build_variables()
        ),
        build_dashboard(
            build_panel("a", datasource=FIXED_DATA_SOURCE),
            templating={
                "list": [
                    {
                        **{"name": "datasource", "type": "datasource", "query": "prometheus"},
                        "current": {"text": "Other", "value": "P2"},
                    }
                ]
            },
        ),
    ],
)
def test_a_data_source_is_left_where_only_a_person_knows_what_is_meant(document: Json) -> None:
    assert apply_fix(document, "fixed-data-source") == document
    assert list_remaining_problems(document, "fixed-data-source")


def test_an_old_graph_becomes_a_time_series_and_what_has_no_successor_stays() -> None:
    old = {
        **build_panel("a", type="graph"),
        "thresholds": [{"op": "gt", "value": 3, "colorMode": "critical", "line": True}],
        "yaxes": [{"format": "s"}, {}],
    }
    document = apply_fix(
        build_dashboard(old, build_panel("a", type="heatmap-old")), "deprecated-panel"
    )
    graph, heatmap = document["panels"]
    assert graph["type"] == "timeseries"
    assert graph["fieldConfig"]["defaults"]["unit"] == "s"
    assert graph["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == 3
    assert graph["targets"] == old["targets"]
    assert heatmap["type"] == "heatmap-old"
    assert "yaxes" not in graph


@pytest.mark.parametrize(("step", "window"), [("5m", "5m"), ("1m", "$__rate_interval")])
def test_a_min_step_that_would_lengthen_the_range_keeps_it(step: str, window: str) -> None:
    targets = [{"expr": "rate(x[5m])", "interval": step}]
    fixed = apply_fix(build_panel_dashboard(targets=targets), "fixed-range")
    assert list_expressions(fixed) == [f"rate(x[{window}])"]
