"""`tailboard lint`: what it looks at, how it tells, what may be excluded."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.publish.workshop import GOOD, Run, Workshop

BAD: dict[str, Any] = {
    "title": "Bad",
    "uid": "bad",
    "panels": [
        {
            "description": "What it shows.",
            "fieldConfig": {"defaults": {"unit": "short"}},
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "id": 1,
            "targets": [
                {"expr": "sum(", "legendFormat": "a", "refId": "A"},
                {"expr": 'x{le="1"}', "legendFormat": "b", "refId": "B"},
            ],
            "title": "Panel | 1%",
            "type": "timeseries",
        }
    ],
}
RULE_FILE = """
groups:
  - name: g
    rules:
      - alert: Silent
        expr: up == 0
"""
EXCLUDED = """
[[lint_exclusions]]
rule = "exact-le"
dashboard = "bad"
panel = "Panel*"
reason = "this Prometheus is of version 2"
"""


NAMES = st.sampled_from(
    [
        *("panels", "templating", "list", "annotations", "links", "refresh", "uid", "title"),
        *("type", "targets", "expr", "refId", "gridPos", "x", "y", "w", "h", "id", "datasource"),
        *("fieldConfig", "defaults", "overrides", "properties", "legendFormat", "description"),
    ]
)
"""What lint rules look for, so that they find it in any shape."""


@pytest.fixture
def bad(workshop: Workshop) -> Workshop:
    """A folder with a document that has an error and a warning."""
    workshop.write("bad.json", json.dumps(BAD))
    return workshop


def rules(rows: list[dict[str, Any]]) -> list[str]:
    return [row["rule"] for row in rows]


def test_what_is_good_is_no_finding(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    run = workshop.tailboard("lint", "good.py")
    assert (run.code, run.out) == (0, "")
    assert run.err == "1 dashboard: 0 errors, 0 warnings\n"


def test_the_summary_says_how_much_was_judged(bad: Workshop) -> None:
    bad.write("good.py", GOOD)
    bad.write("a.rules.yaml", "groups: []")
    run = bad.tailboard("lint", "bad.json", "good.py", "a.rules.yaml")
    assert run.err == "2 dashboards, 1 rule set: 1 error, 1 warning\n"


def test_a_panels_findings_stand_together_and_a_tip_once(workshop: Workshop) -> None:
    asked = ["x[", 'a{le="1"}', 'b{le="1"}', 'c{le="5"}']
    targets = [
        {"expr": it, "legendFormat": "a", "refId": ref}
        for ref, it in zip("ABCD", asked, strict=True)
    ]
    document = {**BAD, "panels": [{**BAD["panels"][0], "targets": targets, "description": ""}]}
    workshop.write("bad.json", json.dumps(document))
    first, second, *rest = workshop.tailboard("lint", "bad.json").out.splitlines()
    assert first == "bad.json: bad: Panel | 1%"
    assert second.startswith("  error parse-error: it is not PromQL: ")
    assert second.endswith(" (A)")
    assert rest == [
        "    Tip: try the query in Grafana's Explore.",
        '  warning exact-le: le="1" is one of two spellings (B, C)',
        '    Tip: write le=~"1([.]0)?".',
        '  warning exact-le: le="5" is one of two spellings (D)',
        '    Tip: write le=~"5([.]0)?".',
        "  warning missing-description: it has no description",
        "    Tip: say what it shows, and what it cannot.",
    ]


def test_a_tip_for_several_problems_stands_below_the_last(workshop: Workshop) -> None:
    workshop.write("a.rules.yaml", RULE_FILE.replace("up == 0", "up == 0\n        for: 1m"))
    lines = workshop.tailboard("lint", "a.rules.yaml").out.splitlines()
    assert lines == [
        "a.rules.yaml: a.rules.yaml: Silent",
        "  warning silent-alert: it has no description",
        "  warning silent-alert: it has no runbook_url",
        "  warning silent-alert: it has no summary",
        "    Tip: say who is affected and what to look at first.",
        "  warning silent-alert: it has no severity",
        "    Tip: label it critical or warning.",
    ]


def test_panels_of_one_title_are_two_places(workshop: Workshop) -> None:
    one = BAD["panels"][0]
    other = {**one, "id": 2, "gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}}
    workshop.write("bad.json", json.dumps({**BAD, "panels": [one, other]}))
    lines = workshop.tailboard("lint", "bad.json").out.splitlines()
    places = [it for it in lines if not it.startswith(" ")]
    assert places == [
        "bad.json: bad: Panel | 1%",
        "bad.json: bad: Panel | 1% (id 1)",
        "bad.json: bad: Panel | 1% (id 2)",
    ]
    (run,) = workshop.tailboard("lint", "bad.json", "--sarif").json["runs"]
    within = [it["locations"][0]["logicalLocations"][0] for it in run["results"]]
    assert {"fullyQualifiedName": "bad: Panel | 1% (id 2): A"} in within


def test_findings_name_the_place_the_problem_and_the_way_out(bad: Workshop) -> None:
    run = bad.tailboard("lint", "bad.json")
    assert run.code == 1
    assert "bad.json: bad: Panel | 1%\n  error parse-error: it is not PromQL" in run.out
    assert '\n  warning exact-le: le="1" is one of two spellings (B)\n' in run.out
    assert '    Tip: write le=~"1([.]0)?".' in run.out
    assert "1 error, 1 warning" in run.err


def test_findings_as_json_are_sorted_by_place(bad: Workshop) -> None:
    run = bad.tailboard("lint", "bad.json", "--json")
    assert rules(run.json) == ["parse-error", "exact-le"]
    assert run.json[0]["place"] == {
        **{"source": "bad.json", "dashboard": "bad", "panel": "Panel | 1%", "query": "A"},
        "panel_id": 0,
    }


def test_findings_as_sarif_have_a_rule_and_a_file(bad: Workshop) -> None:
    report = bad.tailboard("lint", "bad.json", "--sarif").json
    (run,) = report["runs"]
    assert report["version"] == "2.1.0"
    known = {it["id"] for it in run["tool"]["driver"]["rules"]}
    assert [it["ruleId"] for it in run["results"]] == ["parse-error", "exact-le"]
    assert {it["ruleId"] for it in run["results"]} <= known
    assert {it["level"] for it in run["results"]} == {"error", "warning"}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "bad.json"


def test_sarif_explains_its_rules_and_writes_files_as_addresses(workshop: Workshop) -> None:
    workshop.write("my bad.json", json.dumps(BAD))
    workshop.write("tailboard.toml", EXCLUDED.replace("Panel*", "Other"))
    (run,) = workshop.tailboard("lint", "my bad.json", "--sarif").json["runs"]
    known = {it["id"]: it for it in run["tool"]["driver"]["rules"]}
    assert {it["ruleId"] for it in run["results"]} == {
        "unused-exclusion",
        "parse-error",
        "exact-le",
    }
    assert {it["ruleId"] for it in run["results"]} <= set(known)
    assert "Good: " in known["exact-le"]["help"]["text"]
    places = [it["locations"][0]["physicalLocation"] for it in run["results"]]
    assert places[-1]["artifactLocation"]["uri"] == "my%20bad.json"


def test_a_file_of_an_annotation_cannot_end_its_properties(workshop: Workshop) -> None:
    workshop.write("a,b:c.json", json.dumps(BAD))
    line = workshop.tailboard("lint", "a,b:c.json", "--github").out.splitlines()[0]
    assert line.startswith("::error file=a%2Cb%3Ac.json,line=1,title=parse-error::a,b:c.json")


def test_findings_as_annotations_are_one_line_each_and_escaped(bad: Workshop) -> None:
    lines = bad.tailboard("lint", "bad.json", "--github").out.splitlines()
    assert [line.partition("::")[2].partition(" ")[0] for line in lines] == ["error", "warning"]
    assert lines[0].startswith("::error file=bad.json,line=1,title=parse-error::")
    assert "Panel | 1%25" in lines[0]


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("nothing", 0)])
def test_the_exit_code_is_from_which_severity_on_it_matters(
    bad: Workshop, fail_on: str, code: int
) -> None:
    bad.write("tailboard.toml", '[[lint_exclusions]]\nrule = "parse-error"\nreason = "x"\n')
    assert bad.tailboard("lint", "bad.json", "--fail-on", fail_on).code == code


def test_what_is_excluded_with_a_reason_is_not_told(bad: Workshop) -> None:
    bad.write("tailboard.toml", EXCLUDED)
    assert rules(bad.tailboard("lint", "bad.json", "--json").json) == ["parse-error"]


def test_an_exclusion_that_excludes_nothing_is_a_finding(bad: Workshop) -> None:
    bad.write("tailboard.toml", EXCLUDED.replace('"Panel*"', '"Other"'))
    run = bad.tailboard("lint", "bad.json", "--json")
    assert rules(run.json) == ["unused-exclusion", "parse-error", "exact-le"]
    assert "nothing is found by exact-le at dashboard 'bad', panel 'Other'" in run.out


@pytest.mark.parametrize(
    ("given", "problem", "tip"),
    [
        ('rule = "exact-lee"\nreason = "x"', "'exact-lee', which there is not", "'exact-le'"),
        ('rule = "exact-le"', "without a reason", "reason ="),
        ('rule = "exact-le"\nreason = "x"\nuid = "d"', "uid = 'd'", "dashboard, panel"),
        ('rule = "exact-le"\nreason = 3', "reason = 3", "text"),
    ],
)
def test_a_wrong_exclusion_is_refused(bad: Workshop, given: str, problem: str, tip: str) -> None:
    bad.write("tailboard.toml", f"[[lint_exclusions]]\n{given}\n")
    run = bad.tailboard("lint", "bad.json")
    assert run.code == 2
    assert problem in run.err
    assert tip in run.err


@pytest.mark.parametrize("panel", ["[p99] bracket", "why? *", "Panel | 1%"])
def test_an_exclusion_of_an_exact_name_is_about_that_name(workshop: Workshop, panel: str) -> None:
    document = {**BAD, "panels": [{**BAD["panels"][0], "title": panel}]}
    workshop.write("bad.json", json.dumps(document))
    workshop.write("tailboard.toml", EXCLUDED.replace("Panel*", panel))
    assert rules(workshop.tailboard("lint", "bad.json", "--json").json) == ["parse-error"]


@pytest.mark.parametrize("second", ["--sarif", "--github"])
def test_one_report_at_a_time(bad: Workshop, second: str) -> None:
    run = bad.tailboard("lint", "bad.json", "--json", second)
    assert (run.code, run.out) == (2, "")
    assert f"--json and {second}" in run.err


def line_of(run: Run) -> list[int]:
    """The lines that SARIF names, which GitHub's annotations have to name too."""
    (found,) = run.json["runs"]
    places = [it["locations"][0]["physicalLocation"] for it in found["results"]]
    return [it["region"]["startLine"] for it in places]


def test_a_finding_points_at_the_line_of_its_panel(bad: Workshop) -> None:
    text = json.dumps(BAD, indent=1)
    bad.write("bad.json", text)
    (line,) = [no for no, it in enumerate(text.splitlines(), 1) if "Panel | 1%" in it]
    assert line_of(bad.tailboard("lint", "bad.json", "--sarif")) == [line, line]
    shown = bad.tailboard("lint", "bad.json", "--github").out
    assert shown.count(f"file=bad.json,line={line},title=") == 2


@pytest.mark.parametrize(
    "document",
    [
        {**BAD, "title": "Panel | 1%"},
        {**BAD, "panels": [{**BAD["panels"][0], "title": None}]},
        {**BAD, "links": [{"title": "Panel | 1%"}]},
    ],
)
def test_a_finding_without_a_sure_line_points_at_the_first(
    bad: Workshop, document: dict[str, Any]
) -> None:
    bad.write("bad.json", json.dumps(document, indent=1))
    assert {*line_of(bad.tailboard("lint", "bad.json", "--sarif"))} == {1}


def test_a_finding_of_a_variable_points_at_its_name(workshop: Workshop) -> None:
    asked = {"name": "job", "type": "query", "query": "query_result(sum(x)", "hide": 2}
    document = {"title": "D", "uid": "d", "panels": [], "templating": {"list": [asked]}}
    text = json.dumps(document, indent=1)
    workshop.write("bad.json", text)
    (line,) = [no for no, it in enumerate(text.splitlines(), 1) if '"name": "job"' in it]
    lines = line_of(workshop.tailboard("lint", "bad.json", "--sarif"))
    assert sorted(lines) == [1, line]


@pytest.mark.parametrize("name", ["Silent", "'Silent'", '"Silent" # so it is'])
def test_a_finding_of_an_alert_points_at_its_name(workshop: Workshop, name: str) -> None:
    workshop.write("a.yaml", RULE_FILE.replace("alert: Silent", f"alert: {name}"))
    assert {*line_of(workshop.tailboard("lint", "a.yaml", "--sarif"))} == {4}


def test_two_alerts_of_one_name_have_no_sure_line(workshop: Workshop) -> None:
    again = "      - alert: Silent\n        expr: up == 1\n"
    workshop.write("a.yaml", RULE_FILE + again)
    assert {*line_of(workshop.tailboard("lint", "a.yaml", "--sarif"))} == {1}


def test_a_finding_of_a_definition_points_at_its_file(workshop: Workshop) -> None:
    workshop.write("own.py", f"\ndashboard = {BAD!r}")
    assert {*line_of(workshop.tailboard("lint", "own.py", "--sarif"))} == {1}


def test_settings_of_another_shape_are_refused(bad: Workshop) -> None:
    bad.write("tailboard.toml", 'lint_exclusions = "exact-le"')
    run = bad.tailboard("lint", "bad.json")
    assert run.code == 2
    assert "[[tool.tailboard.lint_exclusions]]" in run.err


def test_a_rule_file_is_judged_too(workshop: Workshop) -> None:
    workshop.write("a.rules.yaml", RULE_FILE)
    run = workshop.tailboard("lint", "a.rules.yaml", "--json")
    assert set(rules(run.json)) == {"silent-alert"}
    assert run.json[0]["place"]["panel"] == "Silent"


@pytest.mark.parametrize(
    ("content", "problem"),
    [("a: [", "cannot be read as YAML"), ("a: 1", "no rule groups"), ("- 1", "no rule groups")],
)
def test_yaml_without_rules_is_refused(workshop: Workshop, content: str, problem: str) -> None:
    workshop.write("a.yaml", content)
    run = workshop.tailboard("lint", "a.yaml")
    assert run.code == 2
    assert problem in run.err


def test_json_is_judged_as_it_stands_in_its_file(bad: Workshop) -> None:
    old = {**BAD, "panels": [{**BAD["panels"][0], "type": "graph"}]}
    bad.write("bad.json", json.dumps(old))
    assert "deprecated-panel" in rules(bad.tailboard("lint", "bad.json", "--json").json)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_json_is_a_traceback(workshop: Workshop, document: dict[str, Any]) -> None:
    workshop.write("wild.json", json.dumps({"title": "Wild", **document}))
    run = workshop.tailboard("lint", "wild.json")
    assert run.code in {0, 1, 2}
    assert "Traceback" not in run.said


def test_a_broken_definition_is_a_mistake_and_no_finding(workshop: Workshop) -> None:
    workshop.write("broken.py", "services = [1]")
    run = workshop.tailboard("lint", "broken.py")
    assert run.code == 2
    assert "broken.py" in run.err


def test_all_broken_definitions_of_a_folder_are_told(workshop: Workshop) -> None:
    for name, source in {
        "a.py": "raise ValueError",
        "b.py": "dashboards = [5, 6]",
        "c.json": "{",
        "d.json": '{"title": ""}',
    }.items():
        workshop.write(f"broken/{name}", source)
    workshop.write("broken/good.py", GOOD)
    workshop.write("rules.yaml", "groups: 5")
    run = workshop.tailboard("lint", "broken", "rules.yaml")
    assert (run.code, run.out) == (2, "")
    for name, mistakes in {"a.py": 1, "b.py": 2, "c.json": 1, "d.json": 1, "good": 0}.items():
        assert run.err.count(f"broken/{name}: ") == mistakes, run.err
    assert "rules.yaml: it has no rule groups" in run.err
    assert "6 mistakes; nothing was judged" in run.err


def test_nothing_to_lint_says_what_to_name(workshop: Workshop) -> None:
    run = workshop.tailboard("lint")
    assert run.code == 2
    assert "Name a definition" in run.err


def test_the_definitions_of_the_settings_are_linted(workshop: Workshop) -> None:
    workshop.write("mine/good.py", GOOD)
    workshop.write("tailboard.toml", 'definitions = ["mine"]')
    assert workshop.tailboard("lint").code == 0


def test_a_lint_rule_is_explained_with_a_good_example(workshop: Workshop) -> None:
    shown = workshop.tailboard("explain", "unguarded-ratio").out
    assert "unguarded-ratio (lint rule)" in shown
    assert "Bad: " in shown
    assert "Good: " in shown


OWN = f"""
dashboard = {BAD!r}
lint_exclusions = [
    {{"rule": "exact-le", "panel": "Panel*", "query": "B", "reason": "Prometheus 2 here"}},
]
"""


def test_a_definition_excludes_what_it_lives_with(workshop: Workshop) -> None:
    workshop.write("own.py", OWN)
    assert rules(workshop.tailboard("lint", "own.py", "--json").json) == ["parse-error"]


def test_what_a_definition_excludes_is_told_of_others(workshop: Workshop) -> None:
    workshop.write("own.py", OWN)
    workshop.write("other.py", f"dashboard = {dict(BAD, uid='other')!r}")
    found = workshop.tailboard("lint", "own.py", "other.py", "--json").json
    assert [(it["place"]["source"], it["rule"]) for it in found] == [
        *(("other.py", "parse-error"), ("other.py", "exact-le"), ("own.py", "parse-error")),
    ]


def test_an_idle_exclusion_of_a_definition_is_a_finding_there(workshop: Workshop) -> None:
    workshop.write("own.py", OWN.replace('"query": "B"', '"query": "A"'))
    found = workshop.tailboard("lint", "own.py", "--json").json
    assert rules(found) == ["unused-exclusion", "parse-error", "exact-le"]
    assert found[0]["place"]["source"] == "own.py"
    assert "panel 'Panel*', query 'A'" in found[0]["problem"]


def test_a_definition_with_exclusions_is_built(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD + '\nlint_exclusions = [{"rule": "x", "reason": "y"}]\n')
    workshop.build("good.py")
    assert workshop.uids() == {"good"}


def test_exclusions_alone_define_nothing(workshop: Workshop) -> None:
    workshop.write("own.py", "lint_exclusions = []")
    run = workshop.tailboard("lint", "own.py")
    assert run.code == 2
    assert "it defines nothing" in run.err


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ('[{"rule": "exact-lee", "reason": "x"}]', "'exact-lee', which there is not"),
        ('[{"rule": "exact-le"}]', "own.py excludes exact-le without a reason"),
        ('[{"rule": ["exact-le"], "reason": "x"}]', "own.py has an exclusion with rule = ['exact"),
        ('["exact-le"]', "own.py: `lint_exclusions` holds a str, which is not an exclusion"),
        ('{"rule": "exact-le", "reason": "x"}', "`lint_exclusions` is a dict, not a list"),
        ("3", "`lint_exclusions` is a int, not a list"),
        ("(1 / it for it in [0])", "ZeroDivisionError"),
    ],
)
def test_a_wrong_exclusion_of_a_definition_is_refused(
    workshop: Workshop, given: str, problem: str
) -> None:
    workshop.write("own.py", f"dashboard = {BAD!r}\nlint_exclusions = {given}\n")
    run = workshop.tailboard("lint", "own.py")
    assert run.code == 2
    assert problem in run.err


def test_two_dashboards_of_one_uid_are_found_wherever_they_are(bad: Workshop) -> None:
    bad.write("own.json", json.dumps({"title": "Own", "uid": "bad", "panels": []}))
    found = bad.tailboard("lint", "bad.json", "own.json", "--json").json
    assert [it["place"]["source"] for it in found if it["rule"] == "duplicate-uid"] == ["own.json"]


@pytest.mark.parametrize(
    "content",
    [
        "groups: [{rules: 3}]",
        "groups: [{rules: [1]}]",
        "groups: [{rules: [{alert: a, expr: a > 1, labels: 3}]}]",
        "groups: [{rules: [{record: a, expr: b, labels: [1]}, {alert: a, expr: sum(a) > 1}]}]",
    ],
)
def test_rules_of_another_shape_are_no_traceback(workshop: Workshop, content: str) -> None:
    workshop.write("a.yaml", content)
    workshop.write("bad.json", json.dumps(BAD))
    run = workshop.tailboard("lint", "a.yaml", "bad.json")
    assert run.code in {1, 2}
    assert "Traceback" not in run.said


@pytest.mark.parametrize(
    "envelope",
    [
        {"dashboard": BAD, "meta": {"slug": "bad"}},
        {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": "bad", "annotations": {"grafana.app/folder": "shop"}},
            "spec": {name: it for name, it in BAD.items() if name != "uid"},
        },
    ],
    ids=["api", "resource"],
)
def test_a_dashboard_is_judged_in_the_envelope_of_grafanas_api(
    bad: Workshop, envelope: dict[str, Any]
) -> None:
    bad.write("enveloped.json", json.dumps(envelope))
    expected = bad.tailboard("lint", "bad.json", "--json")
    run = bad.tailboard("lint", "enveloped.json", "--json")
    assert run.code == expected.code == 1
    assert [
        {**it, "place": {**it["place"], "source": "bad.json"}} for it in run.json
    ] == expected.json
    assert {it["place"]["source"] for it in run.json} == {"enveloped.json"}


def test_a_dashboard_of_the_second_schema_is_refused_and_not_called_clean(
    workshop: Workshop,
) -> None:
    workshop.write("v2.json", json.dumps({"title": "Orders", "elements": {}, "layout": {}}))
    run = workshop.tailboard("lint", "v2.json")
    assert (run.code, "schema v2" in run.err) == (2, True)
